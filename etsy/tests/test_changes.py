"""What changed here is made so on Etsy; what others changed there is adopted and told, never fought over."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from etsy import words
from etsy.adapters import inventory, listings
from etsy.adapters.transport import Priority
from etsy.make_so import make_so
from etsy.models import Listing
from etsy.tests.conftest import MakeSticker, changes, fault, live, operations
from pricing import plan
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


def test_a_hundred_prices_take_a_hundred_and_two_calls(sandbox: Sandbox, shop: Any, make_sticker: MakeSticker) -> None:
    count = 12
    for _ in range(count):
        make_sticker()
    run_job("publisher")
    sandbox.forget_calls()
    for offer in Offer.objects.filter(size="3in"):
        Offer.objects.filter(pk=offer.pk).update(wanted_price=offer.wanted_price - 1)
    changes()
    assert len(operations(sandbox)) == count + 2


def test_a_price_set_by_hand_on_etsy_becomes_a_fixed_price(shop: Any, on_sale: Listing) -> None:
    [theirs] = live(shop)
    offer = Offer.objects.get(size="3in")
    [product] = [one for one in theirs["products"] if one["sku"] == str(offer)]
    product["offerings"][0]["price"] = 777
    want("4.49")
    changes()
    override = Override.objects.get()
    assert (override.kind, override.offer_id, override.price) == ("fixed", offer.pk, Decimal("7.77"))
    assert shown(shop, str(offer)) == Decimal("7.77")
    assert Alert.objects.filter(title="A price was changed on Etsy").exists()


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


def test_a_listing_taken_off_by_hand_on_etsy_stays_off_and_is_told(shop: Any, on_sale: Listing) -> None:
    live(shop)[0]["state"] = "inactive"
    run_job("sync_stats")
    on_sale.refresh_from_db()
    assert on_sale.status == "inactive"
    sticker = Sticker.objects.get()
    assert (sticker.shelf, sticker.shelf_why) == ("archived", "changed on Etsy by someone else")
    run_job("publisher")
    assert not live(shop)
    assert Alert.objects.filter(title="A listing was changed on Etsy").count() == 1


def test_a_listing_deleted_by_hand_on_etsy_is_not_made_again(shop: Any, on_sale: Listing, virtual_time: Time) -> None:
    shop.listings.clear()
    run_job("sync_stats")
    on_sale.refresh_from_db()
    assert on_sale.status == "active", "one look is not enough"
    virtual_time.shift(timedelta(minutes=3))
    changes()
    on_sale.refresh_from_db()
    assert on_sale.status == "deleted"
    run_job("publisher")
    assert not shop.listings
    assert Alert.objects.filter(key=f"foreign-state:{on_sale.pk}:deleted").exists()


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


def test_a_listing_deleted_while_it_is_repriced_is_looked_for_twice(
    sandbox: Sandbox, shop: Any, on_sale: Listing, virtual_time: Time
) -> None:
    want("4.49")
    shop.listings.clear()
    changes()
    on_sale.refresh_from_db()
    assert (on_sale.status, on_sale.needs_attention, bool(on_sale.missing_since)) == ("active", "", True)
    virtual_time.shift(timedelta(minutes=3))
    changes()
    on_sale.refresh_from_db()
    assert (on_sale.status, on_sale.needs_attention) == ("deleted", "")


def test_a_withdrawn_design_put_back_by_hand_is_taken_down_again(shop: Any, on_sale: Listing) -> None:
    Sticker.objects.update(shelf="withdrawn")
    changes()
    [theirs] = shop.listings.values()
    theirs["state"] = "active"
    Listing.objects.update(status="inactive")
    make_so(Listing.objects.get())
    assert theirs["state"] == "inactive"
    assert Sticker.objects.get().shelf == "withdrawn"


def test_a_complained_of_listing_that_somebody_put_on_sale_again_is_noticed_and_taken_down(
    shop: Any, on_sale: Listing
) -> None:
    Sticker.objects.update(shelf="withdrawn")
    changes()
    [theirs] = shop.listings.values()
    theirs["state"] = "active"
    run_job("sync_stats")
    assert theirs["state"] == "inactive"
    assert Alert.objects.filter(key=f"foreign-state:{on_sale.pk}:active").exists()


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


def test_words_written_over_on_etsy_are_left_there(shop: Any, on_sale: Listing) -> None:
    [theirs] = live(shop)
    theirs["title"] = "By hand"
    make_so(on_sale)
    make_so(Listing.objects.get())
    assert theirs["title"] == "By hand"
    assert Alert.objects.filter(key=f"foreign-words:{on_sale.pk}").count() == 1
    Sticker.objects.update(title="A newer wish of ours")
    make_so(Listing.objects.get())
    assert theirs["title"] == "A newer wish of ours"
    assert theirs["production_partner_ids"] == [66600001]


def test_pictures_changed_on_etsy_are_left_there(sandbox: Sandbox, shop: Any, on_sale: Listing) -> None:
    [theirs] = live(shop)
    theirs["images"].pop()
    make_so(on_sale)
    assert len(theirs["images"]) == 2
    assert Alert.objects.filter(key=f"foreign-pictures:{on_sale.pk}").exists()
    sandbox.forget_calls()
    make_so(Listing.objects.get())
    assert "uploadListingImage" not in operations(sandbox)


def test_new_pictures_replace_those_of_which_others_took_one_away(shop: Any, on_sale: Listing) -> None:
    [theirs] = live(shop)
    theirs["images"].pop()
    make_so(on_sale)
    sticker = Sticker.objects.get()
    Sticker.objects.update(listing_images=sticker.listing_images[::-1])
    make_so(Listing.objects.get())
    assert len(theirs["images"]) == 3


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


def test_offers_are_opened_before_the_draft(shop: Any, make_sticker: MakeSticker) -> None:
    sticker = make_sticker()
    assert not Offer.objects.exists()
    plan.open_offers(sticker)
    assert Offer.objects.filter(sticker=sticker).count() == 2
