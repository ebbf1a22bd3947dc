"""How the shop is found: figures against examples worked out by hand, missing views never taken for zero."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core import mail as outbox
from django.db import connection
from django.test.utils import CaptureQueriesContext

from etsy import seo
from etsy.models import Listing, SearchWeek
from fulfillment.models import Order, OrderItem
from pricing.models import StickerDay
from stickers.models import Generation, Sticker
from stickertrendz.ops.joblist import Job
from stickertrendz.ops.models import Mail
from stickertrendz.ops.runner import run_job
from trends.models import Trend

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)
SINCE = MONDAY - timedelta(days=28)
JOBS = [Job("seo_week", "etsy.seo.tell_week", "30 8 * * 1", "test", "etsy")]
MakeListing = Callable[..., Listing]


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@pytest.fixture
def make_listing() -> MakeListing:
    """On sale for 60 days unless told; `totals` are running totals by days before the Monday."""

    def make(totals: dict[int, int | None], sales: int = 0, tags: tuple[str, ...] = (), days: int = 60) -> Listing:
        number = Trend.objects.count() + 1
        trend = Trend.objects.create(topic=f"frog {number}", topic_normalized=f"frog {number}", status="published")
        drawn = Generation.objects.create(trend=trend, variant=1, prompt="a", model_version="1", seed=number)
        sticker = Sticker.objects.create(
            trend=trend, generation=drawn, status="approved", shelf="wanted", title=f"Frog {number}", tags=list(tags)
        )
        for ago, views in totals.items():
            StickerDay.objects.create(sticker=sticker, day=MONDAY - timedelta(days=ago), views=views)
        for _ in range(sales):
            sell(sticker, MONDAY - timedelta(days=3))
        made: Listing = Listing.objects.create(
            sticker=sticker, etsy_id=number, status="active", first_active_at=noon(MONDAY - timedelta(days=days))
        )
        return made

    return make


def sell(sticker: Sticker, day: date, quantity: int = 1, lines: int = 1, **columns: Any) -> None:
    number, when = Order.objects.count() + 1, noon(day)
    order = Order.objects.create(
        receipt_id=number, status="paid", ordered_at=when, etsy_updated_at=when, ship_by=when, total_amount="5.49"
    )
    for line in range(lines):
        OrderItem.objects.create(
            order=order, transaction_id=number * 10 + line, sticker=sticker, size="3in", quantity=quantity,
            unit_price="5.49", sold_at=when, **columns,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("totals", "days", "views"),
    [({28: 100, 14: 130, 0: 150}, 60, 50), ({28: 100, 1: 150, 0: None}, 60, 50), ({30: 90, 28: None, 0: 150}, 60, 60),
     ({28: 0, 0: 0}, 60, 0), ({20: 30, 0: 45}, 21, 45), ({20: 30, 0: 45}, 60, None), ({28: 100, 0: None}, 60, None),
     ({28: 100}, 60, None), ({}, 60, None), ({28: 100, 0: 150}, 13, None)],
)  # fmt: skip
def test_views_are_differences_of_totals_and_unknown_where_a_total_is_missing(
    make_listing: MakeListing, totals: dict[int, int | None], days: int, views: int | None
) -> None:
    make_listing(totals, days=days)
    found = seo.report(MONDAY)
    assert [row.views for row in found.rows] == ([] if views is None else [views])
    assert found.left_out == (views is None)


def test_sales_are_orders_within_the_days_and_refunds_are_none(make_listing: MakeListing) -> None:
    sticker = make_listing({28: 0, 0: 200}).sticker
    sell(sticker, SINCE)
    sell(sticker, SINCE + timedelta(days=1), quantity=5)
    sell(sticker, MONDAY, lines=2)
    sell(sticker, MONDAY, refunded=True)
    sell(sticker, MONDAY + timedelta(days=1))
    sell(sticker, MONDAY)
    Order.objects.filter(pk=Order.objects.latest("pk").pk).update(status="pending")
    [row] = seo.report(MONDAY).rows
    assert (row.sales, row.conversion) == (2, Decimal("1.00"))


def test_nobody_looked_is_no_conversion_rather_than_zero(make_listing: MakeListing) -> None:
    make_listing({28: 7, 0: 7})
    [row] = seo.report(MONDAY).rows
    assert (row.views, row.conversion) == (0, None)


def shop_of(make_listing: MakeListing, ordinary: int) -> tuple[Listing, Listing, Listing]:
    """Ordinary listings with 100 views and 4 sales; one much looked at and not bought, one bought well, one unseen."""
    for _ in range(ordinary):
        make_listing({28: 0, 0: 100}, sales=4, tags=("frog", "pond"))
    return (
        make_listing({28: 0, 0: 400}, sales=1, tags=("frog", "toad")),
        make_listing({28: 0, 0: 400}, sales=16, tags=("frog", "toad")),
        make_listing({28: 0, 0: 49}, sales=2, tags=("pond",)),
    )


def test_with_thirty_listings_the_unbought_and_the_unseen_are_named(make_listing: MakeListing) -> None:
    unbought, _, unseen = shop_of(make_listing, 27)
    found = seo.report(MONDAY)
    # 27 × 100 + 400 + 400 + 49 views; 27 × 4 + 1 + 16 + 2 sales; 127 / 3549 = 3.578… %
    assert (found.views, found.sales, found.conversion) == (3549, 127, Decimal("3.58"))
    assert not found.too_few
    assert [(row.listing, row.views, row.sales, row.conversion) for row in found.unbought] == [
        (unbought, 400, 1, Decimal("0.25"))
    ]
    assert [(row.listing, row.views, row.lacking) for row in found.unseen] == [(unseen, 49, ("frog",))]


def test_below_thirty_listings_there_are_too_few_data_to_judge(make_listing: MakeListing) -> None:
    shop_of(make_listing, 26)
    found = seo.report(MONDAY)
    assert (len(found.rows), found.too_few, found.unbought, found.unseen) == (29, True, [], [])


def test_tags_of_a_single_topic_are_not_offered_to_other_listings(make_listing: MakeListing) -> None:
    hearts = [make_listing({28: 0, 0: 500}, tags=("heart", "gift")).sticker for _ in range(3)]
    Sticker.objects.filter(pk__in=[one.pk for one in hearts]).update(trend=hearts[0].trend_id)
    for _ in range(27):
        make_listing({28: 0, 0: 100}, tags=("gift",))
    make_listing({28: 0, 0: 1}, tags=("frog",))
    found = seo.report(MONDAY)
    assert found.tags[0].words == "heart"
    assert [row.lacking for row in found.unseen] == [("gift",)]


def test_half_of_the_median_is_not_yet_unseen(make_listing: MakeListing) -> None:
    for _ in range(30):
        make_listing({28: 0, 0: 100})
    make_listing({28: 0, 0: 50})
    assert seo.report(MONDAY).unseen == []


def test_tags_and_pairs_come_with_views_per_listing_and_counts(make_listing: MakeListing) -> None:
    for views in (10, 20, 60):
        make_listing({28: 0, 0: views}, tags=("Pond", "frog"))
    make_listing({28: 0, 0: 310}, tags=("frog", "rare"))
    found = seo.report(MONDAY)
    assert [(tag.words, tag.listings, tag.views, tag.each) for tag in found.tags] == [
        ("frog", 4, 400, 100.0), ("pond", 3, 90, 30.0),
    ]  # fmt: skip
    assert [(pair.words, pair.listings, pair.views) for pair in found.pairs] == [("frog + pond", 3, 90)]


def test_thirteen_tags_make_seventy_eight_pairs(make_listing: MakeListing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seo, "SHOWN", 1000)
    for _ in range(3):
        make_listing({28: 0, 0: 5}, tags=tuple(f"tag {number}" for number in range(13)))
    assert len(seo.report(MONDAY).pairs) == 78


def test_ten_listings_take_as_many_queries_as_one(make_listing: MakeListing) -> None:
    counts = []
    for number in range(10):
        make_listing({28: 0, 0: 5}, sales=1, tags=("frog",))
        if number in (0, 9):
            with CaptureQueriesContext(connection) as queries:
                [str(row.listing.sticker) for row in seo.report(MONDAY).rows]
            counts.append(len(queries))
    assert counts == [3, 3]


def run_week(settings: Any) -> None:
    settings.JOB_LIST = "etsy.tests.test_seo.JOBS"
    with time_machine.travel(noon(MONDAY)):
        assert run_job("seo_week")[0] == 0


def test_the_week_is_mailed_once_with_an_offered_next_step(make_listing: MakeListing, settings: Any) -> None:
    unbought, _, unseen = shop_of(make_listing, 27)
    run_week(settings)
    run_week(settings)
    week = SearchWeek.objects.get()
    assert (week.monday, week.listings, week.views, week.sales, week.unbought, week.unseen) == (
        MONDAY, 30, 3549, 127, 1, 1,
    )  # fmt: skip
    text = Mail.objects.get().text
    assert "27 October to 23 November 2026: 30 listings, 3549 views, 127 sales (3.58 %)." in text
    assert f"- {unbought.sticker.number} Frog 28: 400 views, 1 sales (0.25 %)" in text
    assert f"- {unseen.sticker.number} Frog 30: 49 views, 2 sales (4.08 %); it lacks frog" in text
    assert f"/admin/etsy/searchweek/{week.pk}/change/" in text
    assert not outbox.outbox, "the outbox job sends it"


def test_a_week_with_too_few_data_says_so(make_listing: MakeListing, settings: Any) -> None:
    make_listing({28: 0, 0: 100})
    run_week(settings)
    assert "Too few data to judge listings" in Mail.objects.get().text
    assert SearchWeek.objects.get().unbought is None
