"""Publishing: the seed's acceptance criteria of Step 5, and that no listing is ever made twice."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from etsy.adapters import images
from etsy.models import Listing
from etsy.tests.conftest import MakeSticker, fault, live, operations
from fulfillment.models import PrintCost
from pricing.models import Offer, PriceChange
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import meters
from stickertrendz.ops.models import Intent, Run
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.server import Sandbox

Time = time_machine.Traveller


def publish() -> Run:
    assert run_job("publisher") == (0, 0)
    return Run.objects.filter(workflow="publisher").latest("pk")


def test_what_was_published_is_written_down(shop: Any, make_sticker: MakeSticker) -> None:
    sticker = make_sticker()
    publish()
    listing = Listing.objects.get()
    assert (listing.status, listing.state_asked, listing.state_seen) == ("active", "active", "active")
    assert listing.first_active_at
    assert listing.fee_booked_at
    sticker.refresh_from_db()
    sticker.trend.refresh_from_db()
    assert sticker.published_at
    assert sticker.trend.status == "published"
    assert all(offer.pushed_price == offer.wanted_price for offer in Offer.objects.all())
    assert set(PriceChange.objects.values_list("status", flat=True)) == {"pushed"}
    assert meters.level("listings").used == 1
    assert meters.level("listing_fees").used == 200_000


def test_publishing_again_asks_for_nothing(sandbox: Sandbox, shop: Any, make_sticker: MakeSticker) -> None:
    make_sticker()
    publish()
    sandbox.forget_calls()
    publish()
    assert operations(sandbox) == []
    assert len(shop.listings) == 1


def test_listings_that_are_not_ours_count_but_are_never_touched(
    shop: Any, make_sticker: MakeSticker, settings: Any
) -> None:
    make_sticker()
    publish()
    [key] = shop.listings
    Listing.objects.update(etsy_id=1, status="deleted")
    settings.MAX_ACTIVE_LISTINGS = 1
    before = dict(shop.listings[key])
    make_sticker("otter")
    assert "1 of 1" in publish().note
    assert shop.listings == {key: before}


def test_the_best_designs_go_first_when_the_day_is_short(shop: Any, make_sticker: MakeSticker, settings: Any) -> None:
    settings.METERS = {**settings.METERS, "listings": {**settings.METERS["listings"], "limit": 1}}
    make_sticker("fine", score="7.1")
    best = make_sticker("best", score="9.1")
    run = publish()
    assert "listings published today: the limit is reached" in run.note
    assert [one["description"][-9:] for one in live(shop)] == [best.number]
    assert len(shop.listings) == 1


def test_listing_fees_block_before_activation(shop: Any, make_sticker: MakeSticker, settings: Any) -> None:
    settings.METERS = {**settings.METERS, "listing_fees": {**settings.METERS["listing_fees"], "limit": 399_999}}
    make_sticker()
    make_sticker("otter")
    publish()
    publish()
    assert len(live(shop)) == len(shop.listings) == 1
    assert meters.level("listing_fees").used == 200_000


LATE = [
    "createDraftListing", "uploadListingImage", "getListingImages", "updateListingInventory", "getListingInventory",
    "getListing", "getListingsByShop", "updateListing",
]  # fmt: skip


@pytest.mark.parametrize("operation", LATE)
@pytest.mark.parametrize("kind", ["500_after", "timeout_after", "malformed", "500", "timeout", "html", "429"])
def test_whatever_answer_is_lost_there_is_one_listing_in_the_end(
    sandbox: Sandbox, shop: Any, make_sticker: MakeSticker, virtual_time: Time, operation: str, kind: str
) -> None:
    make_sticker()
    fault(sandbox, operation, kind, times=1, seconds=0.01)
    for _ in range(6):
        publish()
        virtual_time.shift(timedelta(minutes=11))
    assert [one["state"] for one in shop.listings.values()] == ["active"]
    listing = Listing.objects.get()
    assert (listing.status, listing.needs_attention) == ("active", "")
    assert len(live(shop)[0]["images"]) == 3
    fees = [entry for entry in shop.table("ledger").values() if entry["kind"] == "listing"]
    assert len(fees) == 1
    assert meters.level("listings", listing.first_active_at).used == 1


def test_a_twin_that_landed_late_is_deleted(
    sandbox: Sandbox, shop: Any, make_sticker: MakeSticker, virtual_time: Time
) -> None:
    make_sticker()
    fault(sandbox, "createDraftListing", "timeout", seconds=0.01)
    publish()
    for _ in range(2):
        virtual_time.shift(timedelta(minutes=4))
        publish()
    assert Intent.objects.get().sends == 2
    [mine] = shop.listings.values()
    Listing.objects.update(status="draft", fee_booked_at=None)
    mine["state"] = "draft"
    shop.add("listings", {name: value for name, value in mine.items() if name != "listing_id"})
    publish()
    assert [(one["listing_id"], one["state"]) for one in shop.listings.values()] == [(mine["listing_id"], "active")]


def landed_unanswered(sandbox: Sandbox, make_sticker: MakeSticker) -> Sticker:
    """A design whose draft is on Etsy, and whose answer never came."""
    sticker = make_sticker()
    fault(sandbox, "createDraftListing", "timeout_after", seconds=0.01)
    publish()
    return sticker


def test_a_design_taken_back_while_its_draft_is_unclear_leaves_nothing(
    sandbox: Sandbox, shop: Any, make_sticker: MakeSticker, virtual_time: Time
) -> None:
    sticker = landed_unanswered(sandbox, make_sticker)
    assert len(shop.listings) == 1
    Sticker.objects.filter(pk=sticker.pk).update(shelf="withdrawn")
    virtual_time.shift(timedelta(minutes=11))
    publish()
    assert not shop.listings
    assert Listing.objects.get().status == "deleted"


def test_a_draft_that_landed_is_found_though_the_shop_is_full_by_now(
    sandbox: Sandbox, shop: Any, make_sticker: MakeSticker, virtual_time: Time, settings: Any
) -> None:
    lost = landed_unanswered(sandbox, make_sticker)
    make_sticker("next", score="9.5")
    room, settings.MAX_ACTIVE_LISTINGS = settings.MAX_ACTIVE_LISTINGS, 0
    virtual_time.shift(timedelta(minutes=11))
    assert "0 of 0 listings are on sale" in publish().note
    listing = Listing.objects.get(sticker=lost)
    assert (listing.status, [listing.etsy_id]) == ("draft", list(shop.listings))
    settings.MAX_ACTIVE_LISTINGS = room
    publish()
    assert len(live(shop)) == len(shop.listings) == 2


def test_a_draft_that_landed_is_taken_back_though_the_shop_is_full_by_now(
    sandbox: Sandbox, shop: Any, make_sticker: MakeSticker, virtual_time: Time, settings: Any
) -> None:
    unwanted = landed_unanswered(sandbox, make_sticker)
    make_sticker("next", score="9.5")
    settings.MAX_ACTIVE_LISTINGS = 0
    Sticker.objects.filter(pk=unwanted.pk).update(shelf="withdrawn")
    virtual_time.shift(timedelta(minutes=11))
    publish()
    assert not shop.listings
    assert Listing.objects.get(sticker=unwanted).status == "deleted"


def test_a_design_taken_back_before_anything_was_sent_is_called_off(shop: Any, make_sticker: MakeSticker) -> None:
    sticker = make_sticker()
    Listing.objects.create(sticker=sticker, status="planned")
    Sticker.objects.filter(pk=sticker.pk).update(shelf="archived")
    publish()
    assert Listing.objects.get().status == "withdrawn"
    assert Intent.objects.get().state == "void"
    Sticker.objects.filter(pk=sticker.pk).update(shelf="wanted")
    publish()
    assert len(live(shop)) == 1


def test_without_a_set_up_shop_listings_wait(world: Any, make_sticker: MakeSticker) -> None:
    make_sticker()
    run = publish()
    assert "etsy_authorize" in run.note
    assert Listing.objects.get().needs_attention == ""


def test_words_that_cannot_be_mended_park_the_listing_with_the_reason(shop: Any, make_sticker: MakeSticker) -> None:
    sticker = make_sticker()
    Sticker.objects.filter(pk=sticker.pk).update(tags=["frog", "frog"])
    publish()
    assert "13 distinct ones" in Listing.objects.get().needs_attention
    assert not shop.listings


def test_a_listing_relisted_by_the_operator_costs_no_second_fee(shop: Any, make_sticker: MakeSticker) -> None:
    sticker = make_sticker()
    publish()
    Sticker.objects.filter(pk=sticker.pk).update(shelf="archived", shelf_since=clock.now())
    run_job("push_changes")
    assert not live(shop)
    Sticker.objects.filter(pk=sticker.pk).update(shelf="wanted")
    publish()
    assert len(live(shop)) == 1
    assert meters.level("listings").used == 1


def test_a_design_that_comes_back_has_todays_floor_and_price(shop: Any, make_sticker: MakeSticker) -> None:
    sticker = make_sticker()
    publish()
    Sticker.objects.filter(pk=sticker.pk).update(shelf="withdrawn", shelf_since=clock.now())
    run_job("push_changes")
    PrintCost.objects.filter(size="4in").update(cost=Decimal("6.00"))
    Sticker.objects.filter(pk=sticker.pk).update(shelf="wanted")
    publish()
    offer = Offer.objects.get(size="4in")
    assert offer.floor_price == offer.wanted_price == offer.pushed_price == Decimal("9.99")
    assert {product["offerings"][0]["price"] for one in live(shop) for product in one["products"]} == {549, 999}


def test_pictures_that_never_read_back_as_sent_are_for_a_person_in_the_end(
    sandbox: Sandbox, shop: Any, make_sticker: MakeSticker, virtual_time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_sticker()
    real = images.get
    monkeypatch.setattr(images, "get", lambda *args, **named: real(*args, **named)[:-1])
    for _ in range(6):
        run_job("publisher")
        virtual_time.shift(timedelta(hours=1, minutes=1))
    assert "not the ones we sent" in Listing.objects.get().needs_attention
    assert operations(sandbox).count("uploadListingImage") <= 12
