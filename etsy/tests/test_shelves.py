"""Sections and daily figures: the right shelf for each listing, and numbers that were really told."""

from datetime import timedelta
from typing import Any

import time_machine

from etsy.models import Listing
from etsy.sections import wanted
from etsy.tests.conftest import MakeSticker, changes, fault, live, operations
from fulfillment.models import Order, OrderItem
from pricing.models import Offer, StickerDay
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops.models import Alert
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.server import Sandbox

Time = time_machine.Traveller


def section_of(listing: Listing) -> str:
    return wanted([listing])[listing.pk]


def test_the_first_section_that_fits_is_the_one(on_sale: Listing, virtual_time: Time) -> None:
    assert section_of(on_sale) == "Trending Now"
    Offer.objects.update(tier="trending")
    assert section_of(on_sale) == "New Drops"
    Offer.objects.update(tier="cooling")
    assert section_of(on_sale) == "New Drops"
    virtual_time.shift(timedelta(days=8))
    assert section_of(on_sale) == "Under $5"
    Offer.objects.update(tier="trending")
    assert section_of(on_sale) == "New Drops"
    sell(on_sale.sticker, 4)
    sell(on_sale.sticker, 3, refunded=True)
    assert section_of(on_sale) == "New Drops"
    sell(on_sale.sticker, 1)
    assert section_of(on_sale) == "Popular"


def sell(sticker: Sticker, quantity: int, *, refunded: bool = False) -> None:
    number, now = OrderItem.objects.count() + 1, clock.now()
    order = Order.objects.create(
        receipt_id=number, status="paid", ordered_at=now, etsy_updated_at=now, ship_by=now, total_amount=5
    )
    OrderItem.objects.create(
        order=order,
        transaction_id=number,
        sticker=sticker,
        quantity=quantity,
        unit_price=5,
        sold_at=now,
        refunded=refunded,
    )


def test_only_changed_sections_are_pushed(sandbox: Sandbox, shop: Any, on_sale: Listing) -> None:
    sandbox.forget_calls()
    changes()
    assert operations(sandbox) == []
    sell(on_sale.sticker, 5)
    assert changes().counts["sections_changed"] == 1
    names = {one["shop_section_id"]: one["title"] for one in shop.table("sections").values()}
    assert names[live(shop)[0]["shop_section_id"]] == "Popular"


def test_stats_are_kept_by_day_and_a_drop_to_zero_is_missing(
    sandbox: Sandbox, shop: Any, on_sale: Listing, virtual_time: Time
) -> None:
    [theirs] = live(shop)
    told: list[int | None] = []
    for views in (0, 7, 0, 9):
        theirs["views"], theirs["num_favorers"] = views, 2
        run_job("sync_stats")
        told.append(StickerDay.objects.get(day=clock.today()).views)
        virtual_time.shift(timedelta(days=1))
    assert told == [0, 7, None, 9]
    assert StickerDay.objects.filter(favourites=2).count() == 4


def test_an_orphan_draft_is_told_and_left_alone(shop: Any, on_sale: Listing, virtual_time: Time) -> None:
    [ours] = live(shop)
    fields = {name: value for name, value in ours.items() if name != "listing_id"}
    shop.add("listings", {**fields, "state": "draft"})
    shop.add("listings", {**fields, "state": "draft", "description": "Somebody's own draft"})
    virtual_time.shift(timedelta(hours=3))
    run_job("sync_stats")
    assert len(shop.listings) == 3
    assert Alert.objects.filter(key__startswith="orphan:").count() == 1


def test_a_draft_of_a_row_closed_long_ago_is_told_like_one_that_nobody_owns(
    shop: Any, on_sale: Listing, virtual_time: Time
) -> None:
    live(shop)[0]["state"] = "draft"
    Listing.objects.update(status="deleted", status_since=clock.now())
    virtual_time.shift(timedelta(hours=1))
    run_job("sync_stats")
    assert not Alert.objects.filter(key__startswith="orphan:").exists(), "Etsy may show it a while longer"
    virtual_time.shift(timedelta(hours=2))
    run_job("sync_stats")
    assert Alert.objects.filter(key=f"orphan:{on_sale.etsy_id}").exists()


def test_stats_read_a_hundred_by_one_call(sandbox: Sandbox, shop: Any, make_sticker: MakeSticker) -> None:
    for number in range(1, 103):
        Listing.objects.create(sticker=make_sticker(), status="active", etsy_id=number)
    fault(sandbox, "getListing", "500", times=None)
    sandbox.forget_calls()
    run_job("sync_stats")
    assert operations(sandbox)[:2] == ["getListingsByListingIds"] * 2
