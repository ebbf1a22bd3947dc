"""Sales that keep an offer at its tier: counted per size and tier, net, within 30 days to the second."""

from datetime import timedelta
from typing import Any

import pytest

from fulfillment.models import Order, OrderItem
from fulfillment.orders import take
from fulfillment.tests.making import make_line, make_receipt, make_sticker
from pricing import plan
from pricing.book import HELD_FOR
from pricing.models import Offer
from pricing.tests.making import DAY, offer_at_tier, run_plan, sell
from stickertrendz import clock

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def tier_after(*sales: tuple[int, dict[str, Any]]) -> str:
    """Of an offer at just_dropped whose trend is five days old, after these sales at that tier."""
    offer = offer_at_tier("just_dropped", trend_age=5 * DAY)
    for units, fields in sales:
        sell(offer, units, **{"tier": "just_dropped", **fields})
    run_plan()
    offer.refresh_from_db()
    return offer.tier


@pytest.mark.parametrize(
    ("sales", "tier"),
    [
        ([(9, {})], "trending"),
        ([(10, {})], "just_dropped"),
        ([(9, {}), (1, {})], "just_dropped"),
        ([(9, {}), (1, {"refunded": True})], "trending"),
        ([(10, {"refunded": True}), (9, {})], "trending"),
        ([(10, {}), (3, {"refunded": True})], "just_dropped"),
        ([(9, {}), (1, {"tier": "trending"})], "trending"),
        ([(9, {}), (1, {"under_override": True})], "trending"),
        ([(10, {"under_override": True})], "trending"),
    ],
)
def test_the_tenth_net_unit_at_the_tier_holds_it(sales: list[tuple[int, dict[str, Any]]], tier: str) -> None:
    assert tier_after(*sales) == tier


@pytest.mark.parametrize(
    ("status", "tier"),
    [
        ("pending", "trending"),
        ("cancelled", "trending"),
        ("refunded", "trending"),
        ("needs_address", "just_dropped"),
        ("paid", "just_dropped"),
        ("shipped", "just_dropped"),
        ("delivered", "just_dropped"),
    ],
)
def test_only_orders_that_are_paid_for_and_alive_count(status: str, tier: str) -> None:
    offer = offer_at_tier("just_dropped", trend_age=5 * DAY)
    Order.objects.filter(pk=sell(offer, 10, "just_dropped").pk).update(status=status)
    run_plan()
    offer.refresh_from_db()
    assert offer.tier == tier


def test_two_sizes_are_counted_apart() -> None:
    sticker = make_sticker(trend_age=5 * DAY)
    plan.open_offers(sticker)
    Offer.objects.update(tier="just_dropped")
    for size, units in (("3in", 9), ("4in", 10)):
        take(make_receipt(make_line(sticker, size, tier="just_dropped", quantity=units)))
    run_plan()
    assert dict(Offer.objects.values_list("size", "tier")) == {"3in": "trending", "4in": "just_dropped"}


@pytest.mark.parametrize(
    ("ago", "tier"), [(HELD_FOR - SECOND, "just_dropped"), (HELD_FOR, "just_dropped"), (HELD_FOR + SECOND, "trending")]
)
def test_a_sale_counts_for_30_days_to_the_second(time_machine: Any, ago: timedelta, tier: str) -> None:
    time_machine.move_to(clock.now(), tick=False)
    assert tier_after((10, {"sold_at": clock.now() - ago})) == tier


def test_a_hold_ends_at_the_run_after_a_refund_brings_it_below_ten() -> None:
    offer = offer_at_tier("just_dropped", trend_age=5 * DAY)
    sell(offer, 9, "just_dropped")
    last = sell(offer, 1, "just_dropped")
    run_plan()
    offer.refresh_from_db()
    assert (offer.tier, offer.reason) == ("just_dropped", "just_dropped price, held by its sales")
    OrderItem.objects.filter(order=last).update(refunded=True)
    run_plan()
    offer.refresh_from_db()
    assert (offer.tier, offer.reason) == ("trending", "trending price")


def test_a_tier_left_behind_starts_from_nothing_and_its_sales_hold_no_other() -> None:
    offer = offer_at_tier("just_dropped", trend_age=5 * DAY)
    sell(offer, 9, "just_dropped")
    run_plan()
    sell(offer, 9, "trending")
    offer.sticker.trend.created_at -= 10 * DAY
    offer.sticker.trend.save()
    run_plan()
    offer.refresh_from_db()
    assert offer.tier == "cooling", "nine and nine at two tiers are eighteen units and no hold"
    assert offer.tier_since > clock.now() - SECOND * 60


def test_a_hold_let_go_falls_to_the_tier_of_the_age_and_skips_those_between() -> None:
    offer = offer_at_tier("just_dropped", trend_age=40 * DAY)
    sell(offer, 10, "just_dropped", sold_at=clock.now() - HELD_FOR - SECOND)
    run_plan()
    offer.refresh_from_db()
    assert offer.tier == "evergreen"
