"""What changed here is made so on Etsy, and what is not clear yet is looked at again."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from etsy import shelf, words
from etsy.adapters import inventory, listings
from etsy.adapters.transport import Priority
from etsy.models import Listing
from etsy.tests.conftest import MakeSticker, changes, fault, live, operations
from pricing.models import Offer, Override, PriceChange
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import meters
from stickertrendz.ops.models import Alert
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.server import Sandbox

Time = time_machine.Traveller


def want(price: str) -> Offer:
    """The smaller size should cost this much."""
    offer = Offer.objects.filter(size="3in").latest("pk")
    Offer.objects.filter(pk=offer.pk).update(wanted_price=Decimal(price))
    PriceChange.objects.create(
        offer=offer, old_price=offer.wanted_price, new_price=Decimal(price), tier="trending", reason="older",
        shipping_cost=0, floor_price=offer.floor_price,
    )  # fmt: skip
    return offer


def shown(world: Any, sku: str) -> Decimal:
    [product] = [one for listing in world.listings.values() for one in listing["products"] if one["sku"] == sku]
    return Decimal(product["offerings"][0]["price"]) / 100


def test_a_new_price_is_pushed_by_one_request_and_read_back(sandbox: Sandbox, shop: Any, on_sale: Listing) -> None:
    offer = want("4.49")
    sandbox.forget_calls()
    run = changes()
    assert run.counts["prices_pushed"] == 1
    assert operations(sandbox) == [
        "getListingsInventoryByListingIds", "updateListingInventory", "getListingsInventoryByListingIds",
    ]  # fmt: skip
    assert shown(shop, str(offer)) == Decimal("4.49")
    offer.refresh_from_db()
    assert offer.pushed_price == Decimal("4.49")
    assert PriceChange.objects.get(reason="older").status == "pushed"
    sandbox.forget_calls()
    changes()
    assert operations(sandbox) == []


@pytest.mark.parametrize("kind", ["500_after", "timeout_after", "malformed", "500", "timeout", "429"])
@pytest.mark.parametrize("operation", ["updateListingInventory", "getListingsInventoryByListingIds"])
def test_a_price_whose_answer_is_lost_is_right_in_the_end(
    sandbox: Sandbox, shop: Any, on_sale: Listing, virtual_time: Time, operation: str, kind: str
) -> None:
    offer = want("4.49")
    fault(sandbox, operation, kind, times=5, seconds=0.01, retry_after=None)
    for _ in range(4):
        changes()
        virtual_time.shift(timedelta(minutes=31))
    assert shown(shop, str(offer)) == Decimal("4.49")
    offer.refresh_from_db()
    assert offer.pushed_price == Decimal("4.49")
    assert not Override.objects.exists(), "a price we pushed ourselves is nobody else's"


def test_a_stock_that_runs_low_is_refilled(shop: Any, on_sale: Listing) -> None:
    [theirs] = live(shop)
    theirs["products"][0]["offerings"][0]["quantity"] = 19
    run_job("sync_stats")
    assert [one["offerings"][0]["quantity"] for one in theirs["products"]] == [100, 100]


def test_an_archived_design_goes_off_sale(shop: Any, on_sale: Listing) -> None:
    Sticker.objects.update(shelf="archived")
    assert changes().counts["delisted"] == 1
    assert not live(shop)
    on_sale.refresh_from_db()
    assert (on_sale.status, on_sale.state_asked, on_sale.state_seen) == ("inactive", "inactive", "inactive")


def test_a_parked_listing_that_is_wanted_no_more_goes_off_sale_all_the_same(shop: Any, on_sale: Listing) -> None:
    Listing.objects.update(needs_attention="Etsy refused this: a title")
    changes()
    assert live(shop), "what is wanted waits for the person"
    Sticker.objects.update(shelf="withdrawn", shelf_since=clock.now())
    changes()
    assert not live(shop)
    assert Listing.objects.get().needs_attention == ""


def test_a_parked_listing_that_etsy_does_not_let_go_is_tried_once_an_hour(
    sandbox: Sandbox, shop: Any, on_sale: Listing, virtual_time: Time
) -> None:
    fault(sandbox, "updateListing", "400", times=2)
    Sticker.objects.update(shelf="withdrawn", shelf_since=clock.now())
    sandbox.forget_calls()
    for _ in range(13):
        changes()
        virtual_time.shift(timedelta(minutes=5))
    assert operations(sandbox).count("updateListing") == 2
    assert "updateListing 400" in Listing.objects.get().needs_attention
    virtual_time.shift(timedelta(hours=1))
    changes()
    assert not live(shop)


def test_a_listing_that_reads_as_a_draft_for_a_moment_after_it_went_on_sale_is_looked_at_later(
    shop: Any, on_sale: Listing, virtual_time: Time
) -> None:
    [theirs] = live(shop)
    theirs["state"] = "draft"
    run_job("sync_stats")
    on_sale.refresh_from_db()
    assert (on_sale.status, on_sale.needs_attention, bool(on_sale.not_before)) == ("active", "", True)
    theirs["state"] = "active"
    virtual_time.shift(timedelta(minutes=3))
    run_job("sync_stats")
    assert Sticker.objects.get().shelf == "wanted"


def test_dying_between_seeing_it_on_sale_and_booking_its_fee_leaves_both_to_the_next_run(
    shop: Any, make_sticker: MakeSticker, virtual_time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    sticker = make_sticker()
    with monkeypatch.context() as patch:
        patch.setattr(shelf, "_first_on_sale", killed)
        with pytest.raises(KeyboardInterrupt):
            run_job("publisher")
    listing = Listing.objects.get()
    assert (listing.status, listing.fee_booked_at, len(live(shop))) == ("draft", None, 1)
    virtual_time.shift(timedelta(minutes=11))
    run_job("publisher")
    listing.refresh_from_db()
    sticker.refresh_from_db()
    assert (listing.status, bool(listing.fee_booked_at)) == ("active", True)
    assert (meters.level("listings").used, sticker.published_at is not None) == (1, True)


def killed(*args: Any) -> None:
    raise KeyboardInterrupt


def test_a_shelf_that_changes_while_activating_has_the_last_word(
    sandbox: Sandbox, shop: Any, make_sticker: MakeSticker, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_sticker()
    real = listings.update

    def archive_meanwhile(*args: Any, **named: Any) -> Any:
        answer = real(*args, **named)
        if named.get("operation") == "activateListing":
            Sticker.objects.update(shelf="archived")
        return answer

    monkeypatch.setattr(listings, "update", archive_meanwhile)
    run_job("publisher")
    assert not live(shop)
    assert Listing.objects.get().status == "inactive"


def test_an_activation_that_etsy_accepts_but_does_not_make_is_told_and_spares_the_days_listings(
    shop: Any, make_sticker: MakeSticker, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_sticker()
    real = listings.update

    def shown_as_draft(*args: Any, **named: Any) -> Any:
        answer = real(*args, **named)
        shop.listings[answer.listing_id]["state"] = "draft"
        return answer

    monkeypatch.setattr(listings, "update", shown_as_draft)
    run_job("publisher")
    listing = Listing.objects.get()
    assert listing.status == "draft"
    assert listing.not_before
    assert listing.not_before > clock.now()
    assert meters.level("listings").used == 1


def test_a_new_draft_that_etsy_cannot_read_yet_is_not_taken_for_deleted(
    shop: Any, make_sticker: MakeSticker, virtual_time: Time
) -> None:
    shop.settings["read_lag"] = 60
    sticker = make_sticker()
    run_job("publisher")
    listing = Listing.objects.get()
    assert (listing.status, bool(listing.missing_since)) == ("draft", True)
    virtual_time.shift(timedelta(minutes=3))
    run_job("publisher")
    listing.refresh_from_db()
    sticker.refresh_from_db()
    assert (listing.status, listing.missing_since, sticker.shelf) == ("active", None, "wanted")
    assert len(shop.listings) == 1


def test_an_expired_listing_is_never_renewed_by_itself(shop: Any, on_sale: Listing, virtual_time: Time) -> None:
    live(shop)[0]["ending"] = int(clock.now().timestamp())
    virtual_time.shift(timedelta(minutes=1))
    run_job("sync_stats")
    on_sale.refresh_from_db()
    assert on_sale.status == "expired"
    run_job("publisher")
    changes()
    assert not live(shop)
    assert Alert.objects.filter(key=f"listing-ended:{on_sale.pk}").exists()


def test_pictures_too_many_in_a_draft_are_deleted_before_it_goes_on_sale(
    sandbox: Sandbox, shop: Any, make_sticker: MakeSticker, virtual_time: Time
) -> None:
    make_sticker()
    fault(sandbox, "updateListingInventory", "500", times=4)
    run_job("publisher")
    [theirs] = shop.listings.values()
    theirs["images"].append({**theirs["images"][0], "listing_image_id": 999})
    Listing.objects.update(images_asked=[], images_seen=[])
    virtual_time.shift(timedelta(minutes=61))
    run_job("publisher")
    assert theirs["state"] == "active"
    assert len(theirs["images"]) == 3


def test_one_unknown_listing_does_not_spoil_the_batch(shop: Any, on_sale: Listing) -> None:
    found = inventory.get_many([on_sale.etsy_id or 0, 5], priority=Priority.PRICES)
    assert [(key, len(products)) for key, products in found.items()] == [(on_sale.etsy_id, 2)]


def test_the_words_hash_is_the_same_for_tags_in_another_order(priced_sticker: Sticker) -> None:
    asked = words.wanted(priced_sticker)
    assert words.Words(asked.title, asked.description, tuple(reversed(asked.tags))).digest == asked.digest


def test_prices_are_known_before_the_draft_is_sent(sandbox: Sandbox, shop: Any, make_sticker: MakeSticker) -> None:
    make_sticker()
    fault(sandbox, "createDraftListing", "400")
    run_job("publisher")
    assert not shop.listings
    assert Offer.objects.count() == 2
