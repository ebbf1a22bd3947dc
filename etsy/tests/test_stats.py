"""Views and favourites: by the hundred, one row per design and day, missing data never taken for zero."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from etsy import stats
from etsy.adapters.listings import ShopListing
from etsy.models import Listing
from etsy.tests.conftest import MakeSticker, live, operations
from pricing.models import StickerDay
from stickers.models import Sticker
from stickertrendz.ops.models import Run
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.server import Sandbox

Time = time_machine.Traveller
DAY = date(2026, 11, 20)


def sync() -> Run:
    assert run_job("sync_stats")[0] == 0
    return Run.objects.filter(workflow="sync_stats").latest("pk")


def shown(number: int = 1, views: int | None = 0, favourites: int | None = 0, quantity: int = 200) -> ShopListing:
    return ShopListing(number, "active", "A frog", "", (), None, quantity, None, views, favourites)


def spread(world: Any, make_sticker: MakeSticker, count: int) -> None:
    """One listing is published; the others are copies of it in both worlds."""
    make_sticker()
    run_job("publisher")
    first, [theirs] = Listing.objects.get(), live(world)
    for _ in range(count - 1):
        number = world.number("listings")
        world.listings[number] = {**theirs, "listing_id": number, "views": number % 97}
        Listing.objects.create(
            sticker=make_sticker(), etsy_id=number, status="active", state_asked="active", state_seen="active",
            first_active_at=first.first_active_at,
        )  # fmt: skip


@pytest.mark.long
def test_three_hundred_listings_take_three_calls_and_few_queries(
    sandbox: Sandbox, shop: Any, make_sticker: MakeSticker
) -> None:
    spread(shop, make_sticker, 300)
    sandbox.forget_calls()
    with CaptureQueriesContext(connection) as queries:
        assert sync().counts["stats_read"] == 300
    assert operations(sandbox) == ["getListingsByListingIds"] * 3 + ["getListingsByShop"]
    assert StickerDay.objects.count() == 300
    assert len(queries) < 150, "a hundred listings more cost a few queries, not hundreds"


def test_keeping_a_hundred_takes_as_many_queries_as_keeping_one(make_sticker: MakeSticker) -> None:
    many = [(make_sticker().pk, shown(views=number)) for number in range(20)]
    for seen in (many[:1], many):
        with CaptureQueriesContext(connection) as queries:
            stats.keep(seen, DAY)
        assert len(queries) == 3


def test_there_is_one_row_per_design_and_day_with_the_last_totals(
    shop: Any, make_sticker: MakeSticker, virtual_time: Time
) -> None:
    make_sticker()
    run_job("publisher")
    [theirs] = live(shop)
    for views, favourites in ((5, 1), (9, 2)):
        theirs.update(views=views, num_favorers=favourites)
        sync()
    virtual_time.shift(timedelta(days=1))
    theirs.update(views=12, num_favorers=1)
    sync()
    totals = StickerDay.objects.order_by("day").values_list("views", "favourites")
    assert list(totals) == [(9, 2), (12, 1)]


@pytest.mark.parametrize(
    ("before", "told", "kept"), [(7, 0, None), (0, 0, 0), (7, 8, 8), (None, 0, 0), (7, None, None)]
)
def test_views_that_fall_to_zero_are_missing_and_not_zero(
    make_sticker: MakeSticker, before: int | None, told: int | None, kept: int | None
) -> None:
    key = make_sticker().pk
    stats.keep([(key, shown(views=before, favourites=3))], DAY)
    stats.keep([(key, shown(views=told, favourites=4))], DAY + timedelta(days=1))
    row = StickerDay.objects.get(day=DAY + timedelta(days=1))
    assert (row.views, row.favourites) == (kept, 4)


def test_what_the_second_reading_of_a_day_does_not_tell_stays_as_the_first_told(make_sticker: MakeSticker) -> None:
    key = make_sticker().pk
    stats.keep([(key, shown(views=7, favourites=3))], DAY)
    stats.keep([(key, shown(views=0, favourites=None))], DAY)
    assert StickerDay.objects.values_list("views", "favourites").get() == (7, 3)


def test_listings_that_are_not_on_sale_get_no_row(shop: Any, make_sticker: MakeSticker) -> None:
    make_sticker()
    run_job("publisher")
    live(shop)[0]["state"] = "inactive"
    sync()
    assert not StickerDay.objects.exists()
    assert Sticker.objects.get().shelf == "archived"
