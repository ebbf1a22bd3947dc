"""The page of one offer: its waterfall, its history drawn and told, what comes next, and what can be done."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from fulfillment.fees import FEES
from fulfillment.models import PrintCost
from pricing import overrides, rules
from pricing.models import Offer, PriceChange, Tier
from pricing.tests.making import DAY, offer_at_tier, push_all, run_engine, sell
from stickertrendz import clock
from stickertrendz.console import price_chart, price_falls
from stickertrendz.console.price_chart import Point
from stickertrendz.console.tests.test_blocklist_pages import logged_in, owner, page
from stickertrendz.console.tests.test_price_plan_page import asked
from stickertrendz.ops.models import Metric

__all__ = ["asked", "owner"]  # the fixtures
pytestmark = pytest.mark.django_db
D = Decimal


def address(offer: Offer) -> str:
    return reverse("admin:pricing_offer_change", args=[offer.pk])


def words(shown: str) -> str:
    """What a person reads, on one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", shown))


def test_the_waterfall_ends_at_the_profit_of_a_sale_and_of_one_by_an_ad(owner: Client) -> None:
    offer = offer_at_tier("trending", trend_age=4 * DAY)
    shown = words(page(owner, address(offer)))
    # 4.49 − (4.49 × 9.5 % + 0.45) − 1.50 − 0.78 − 0.15, and 15 % more
    assert "Etsy’s fees −$0.88 −$0.88 Offsite Ads – −$0.67 Print −$1.50 −$1.50" in shown
    assert "Profit $1.18 $0.51" in shown


def test_a_big_shop_pays_less_for_an_ad(owner: Client) -> None:
    offer = offer_at_tier("trending", trend_age=4 * DAY)
    Metric.objects.create(day=clock.today() - 364 * DAY, name="gross_revenue", value=D("9999.99"))
    Metric.objects.create(day=clock.today() - 365 * DAY, name="gross_revenue", value=D("5000"))
    assert "it takes 15 % more" in page(owner, address(offer))
    Metric.objects.create(day=clock.today() - DAY, name="gross_revenue", value=D("0.01"))
    assert "it takes 12 % more" in page(owner, address(offer))


def test_a_loss_is_told_and_drawn_as_one() -> None:
    fall = rules.waterfall(
        D("3.49"), print_cost=D("1.50"), shipping_cost=D("0.78"), packaging_cost=D("0.15"), fees=FEES["full"],
        ads_rate=D("0.15"),
    )  # fmt: skip
    *costs, last = price_falls.bars(fall)
    assert (last.amount, last.kind, last.start) == (D("-0.24"), "loss", 0)
    assert all(bar.start >= 0 and bar.start + bar.width <= 100.1 for bar in [*costs, last])
    assert costs[-1].start == 0


def test_what_comes_next_names_the_date_the_tier_and_the_price(owner: Client) -> None:
    offer = offer_at_tier("trending", trend_age=4 * DAY)
    at = offer.sticker.trend.created_at + 14 * DAY
    shown = words(page(owner, address(offer)))
    assert f"{at:%-d %b %Y %H:%M} its trend is 14 days old, the age of cooling: $3.49 instead of $4.49" in shown
    assert "the age of evergreen: the price stays $3.49" in shown


def test_an_override_is_shown_with_its_end_and_what_follows(owner: Client) -> None:
    offer = offer_at_tier("trending", trend_age=4 * DAY)
    until = clock.now() + 3 * DAY
    overrides.fix(offer, D("5.99"), by="ada", why="a gift", until=until)
    run_engine()
    shown = words(page(owner, address(offer)))
    assert f"Fixed: a gift until {until:%-d %b %Y %H:%M}, sets the price" in shown
    assert f"{until:%-d %b %Y %H:%M} “Fixed: a gift” ends: $4.49 instead of $5.99" in shown


def test_an_override_that_will_not_touch_the_offer_is_no_news(owner: Client) -> None:
    offer = offer_at_tier("trending", trend_age=4 * DAY)
    soon = clock.now() + DAY
    for tag, percent in (("teapot", 15), ("kettle", 20)):
        overrides.make(overrides.draft("holiday", tag=tag, percent=D(percent), why=tag, starts=soon), by="ada")
    evergreen = Tier.objects.get(name="evergreen")
    overrides.make(overrides.draft("clearance", tier=evergreen, percent=D(-5), why="old", starts=soon), by="ada")
    shown = words(page(owner, address(offer))).split("What comes next")[1]
    assert "“Holiday: teapot” begins: $4.99 instead of $4.49 (holiday: teapot)" in shown
    assert "kettle" not in shown
    assert "old” begins" not in shown


def test_a_hold_by_sales_is_counted(owner: Client) -> None:
    offer = offer_at_tier("just_dropped", trend_age=4 * DAY)
    sell(offer, 9)
    assert "9 in 30 days, 9 of the 10 at this tier that would hold it there" in words(page(owner, address(offer)))
    sell(offer, 1)
    shown = words(page(owner, address(offer)))
    assert "10 at this tier, which hold it there" in shown
    assert "By today’s rules" not in shown


def test_the_history_is_drawn_and_told_with_its_run(owner: Client) -> None:
    offer = offer_at_tier("just_dropped", trend_age=4 * DAY)
    PriceChange.objects.update(created_at=clock.now() - 4 * DAY, pushed_at=clock.now() - 4 * DAY)
    run = run_engine()
    assert "the new price is sent within minutes" in page(owner, address(offer))
    push_all()
    shown = page(owner, address(offer))
    assert 'class="price-chart"' in shown
    assert "to $4.49 on" in shown
    assert "$5.49 →</span> <strong>$4.49" in shown
    assert reverse("admin:ops_run_change", args=[run.pk]) in shown
    assert "Put back $5.49 …" in shown


def test_without_costs_the_page_tells_so_and_keeps_its_history(owner: Client) -> None:
    offer = offer_at_tier("trending", trend_age=4 * DAY)
    PrintCost.objects.all().delete()
    shown = page(owner, address(offer))
    assert "is not known: add its print cost" in shown
    assert 'class="price-chart"' in shown


def test_what_is_not_on_sale_says_so(owner: Client) -> None:
    offer = offer_at_tier("just_dropped", trend_age=4 * DAY, shelf="archived")
    shown = page(owner, address(offer))
    assert "It is not on sale (archived): its price rests" in shown
    assert "the next run changes it" not in shown


def test_whoever_may_only_look_is_offered_nothing_to_do(client: Client) -> None:
    offer = offer_at_tier("trending", trend_age=4 * DAY)
    shown = page(logged_in(client, "pricing.view_offer"), address(offer))
    assert "You may look" in shown
    assert "Fix its price" not in shown
    client.logout()
    assert client.get(address(offer)).status_code == 302


def test_the_page_takes_the_same_queries_however_long_its_history(
    owner: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    offer = offer_at_tier("trending", trend_age=4 * DAY)
    page(owner, address(offer))
    with django_assert_max_num_queries(40) as few:
        page(owner, address(offer))
    last = PriceChange.objects.get(offer=offer)
    for number in range(20):
        last.pk, last.created_at = None, clock.now() - timedelta(hours=number)
        last.save()
    with django_assert_max_num_queries(40) as many:
        page(owner, address(offer))
    assert len(few.captured_queries) == len(many.captured_queries)


START = datetime(2026, 11, 1, tzinfo=UTC)


def test_the_chart_keeps_each_price_until_the_next() -> None:
    first, then = Point(START, D("5.49"), D("3.49"), "new"), Point(START + 3 * DAY, D("4.49"), D("3.49"), "trending")
    chart = price_chart.draw([first, then], START + 6 * DAY)
    assert chart
    middle, right = (chart.left + chart.right) / 2, chart.right
    assert re.fullmatch(rf"M{chart.left}(\.0)? [\d.]+H{middle}V[\d.]+H{right}", chart.price)
    assert [(band.tier, band.x, band.width) for band in chart.bands] == [
        ("new", chart.left, middle - chart.left), ("trending", middle, right - middle)
    ]  # fmt: skip
    assert chart.words == "From $5.49 on 01 Nov 2026 to $4.49 on 07 Nov 2026."


@pytest.mark.parametrize("price", ["3.49", "99.99", "1000.49"])
def test_a_chart_of_one_moment_and_any_price_stays_within_its_frame(price: str) -> None:
    chart = price_chart.draw([Point(START, D(price), D("3.49"), "trending")], START)
    assert chart
    assert all(chart.top <= y <= chart.top + chart.plot for y, _ in chart.lines)
    assert 2 <= len(chart.lines) <= 7
    assert chart.top <= chart.last[1] <= chart.top + chart.plot


def test_without_points_there_is_no_chart() -> None:
    assert price_chart.draw([], START) is None
