"""Recorded sales are replayed as they were, and the command argues with them from two hundred on."""

import json
from dataclasses import asdict
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError

from fulfillment.models import OrderItem
from fulfillment.tests.making import make_sticker
from pricing import demand, plan, policies, rules
from pricing.demand import Market
from pricing.models import Offer, PriceChange, StickerDay
from pricing.policies import SEED_TIERS, Policy, fixed
from pricing.recorded import Sale, sales, slot_days
from pricing.replay import priced, replay
from stickertrendz import clock

from .test_policies import DAY, LEDGER
from .test_price_backtest import QUICK, run
from .test_recorded import push, record_lines

D = Decimal


def sold(n: int, *, size: str = "3in", price: str = "4.49", units: int = 1, day: int = 5, over: bool = False) -> Sale:
    at = clock.now().replace(hour=12) + day * DAY
    return Sale(n, size, units, D(price), at, day * DAY, over)


AS_PAID = fixed(D("4.49"), D("5.49"))


def test_a_policy_that_asks_what_was_paid_earns_what_was_earned() -> None:
    lines = [sold(n, units=2) for n in range(30)] + [sold(n, size="4in", price="5.49") for n in range(30)]
    found, dearer = replay(lines, [AS_PAID, fixed(D("5.49"), D("6.49"))], LEDGER, (0.0, 0.0), 300)
    assert (found.units.mean, found.revenue.mean) == pytest.approx((90.0, 60 * 4.49 + 30 * 5.49))
    assert found.profit.mean == pytest.approx(60 * 1.61 + 30 * 1.96)
    assert found.per_slot_day is not None
    assert found.per_slot_day.mean == pytest.approx(found.profit.mean / 300)
    assert (dearer.units.mean, dearer.revenue.mean) == pytest.approx((90.0, 60 * 5.49 + 30 * 6.49))
    assert found.gain.mean == 0


def test_sales_shrink_by_the_elasticity_and_its_error_widens_the_gain() -> None:
    lines = [sold(n) for n in range(40)]
    dear = fixed(D("5.49"), D("6.49"))
    _, sure = replay(lines, [AS_PAID, dear], LEDGER, (-2.0, 0.0), 300)
    _, unsure = replay(lines, [AS_PAID, dear], LEDGER, (-2.0, 1.0), 300)
    assert sure.units.mean == pytest.approx(40 * (5.49 / 4.49) ** -2)
    assert (unsure.units.mean, unsure.gain.mean) == pytest.approx((sure.units.mean, sure.gain.mean)), "not flattered"
    assert unsure.gain.high - unsure.gain.low > 10 * (sure.gain.high - sure.gain.low + 0.01)


def test_sales_under_an_override_are_left_out() -> None:
    lines = [sold(1), sold(2), sold(2, over=True, units=50)]
    assert replay(lines, [AS_PAID], LEDGER, (-1.6, 0.0), 10)[0].units.mean == pytest.approx(2.0)
    with pytest.raises(ValueError, match="under overrides"):
        replay([sold(2, over=True)], [AS_PAID], LEDGER, (-1.6, 0.0), 10)


def test_profit_a_slot_day_is_left_open_where_nobody_counted_the_days() -> None:
    assert replay([sold(1)], [AS_PAID], LEDGER, (-1.6, 0.0), 0)[0].per_slot_day is None


def test_a_replayed_hold_lasts_while_ten_were_sold_at_the_tier_in_thirty_days() -> None:
    ours = Policy("ours", SEED_TIERS, holds=True)
    days = [(0, 9), (2, 1), (5, 1), (31, 1), (33, 1), (40, 1)]
    lines = [sold(1, day=day, units=units) for day, units in days] + [sold(2, day=5)]
    assert [(sale.sticker, sale.age.days, str(price)) for sale, price in priced(lines, ours, LEDGER)] == [
        (1, 0, "5.49"), (1, 2, "5.49"), (1, 5, "5.49"), (1, 31, "3.49"), (1, 33, "3.49"), (1, 40, "3.49"),
        (2, 5, "4.49"),
    ]  # fmt: skip


def test_a_replayed_tier_begins_to_count_anew() -> None:
    ours = Policy("ours", SEED_TIERS, holds=True)
    lines = [sold(1, day=day, units=units) for day, units in ((0, 9), (5, 1), (15, 1))]
    assert [str(price) for _, price in priced(lines, ours, LEDGER)] == ["5.49", "4.49", "3.49"]


@pytest.mark.django_db
def test_two_hundred_order_lines_turn_the_assumption_into_evidence() -> None:
    record_lines(199)
    assert "199 so far" in run(*QUICK)
    with pytest.raises(CommandError, match="199 so far"):
        run(*QUICK, "--recorded")
    record_lines(1)
    for told in (run(*QUICK), run(*QUICK, "--recorded")):
        assert "assumption, not evidence" not in told
        assert "200 sales" in told
    OrderItem.objects.update(refunded=True)
    assert "assumption, not evidence" in run(*QUICK)


@pytest.mark.django_db
def test_recorded_sales_at_one_price_leave_the_elasticity_assumed() -> None:
    record_lines(200)
    found: dict[str, Any] = json.loads(run("--recorded", "--json"))
    assert "still assumed" in found["notes"][1]
    assert found["estimated"] is found["assumed"] is None
    assert list(found["results"]) == ["-0.8 (low)", "-1.6 (middle)", "-2.6 (high)"]


def live(market: Market, designs: int, days: int = 40) -> None:
    """Designs on sale at the seed's prices, with the views and the sales the model gives them, as rows."""
    noon = clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
    born = noon - days * DAY
    for number in range(designs):
        sticker = make_sticker(sizes=("3in",), trend_age=clock.now() - born)
        plan.open_offers(sticker)
        offer = Offer.objects.get(sticker=sticker)
        PriceChange.objects.filter(offer=offer).delete()
        for tier in SEED_TIERS[:3]:
            push(offer, str(tier.price_small), born + (tier.min_days - 0.2) * DAY)
        quality, views, bought = demand.quality_of(market, 5, number), 0, []
        readings = [StickerDay(sticker=sticker, day=born.date(), views=0)]
        for age in range(days):
            price = float(rules.tier_of(age * DAY, SEED_TIERS).price_small)
            day = demand.day_of(market, quality, age, {"3in": price}, demand.substream(5, number, age))
            views += day.views
            readings.append(StickerDay(sticker=sticker, day=(born + (age + 1) * DAY).date(), views=views))
            bought += [(born + age * DAY, price)] * day.units["3in"]
        StickerDay.objects.bulk_create(readings)
        record_lines(0, sticker=sticker, sales=bought)


@pytest.mark.django_db
@pytest.mark.parametrize("elasticity", [-0.8, -2.6])
def test_recorded_sales_tell_the_elasticity_they_were_made_with(elasticity: float) -> None:
    live(Market(elasticity=elasticity, first_day_views=100, spread=0.8, conversion=0.06), designs=40)
    found = json.loads(run("--recorded", "--json"))
    told = found["estimated"]
    assert found["sales"] >= 200
    assert told["designs"] > 30
    assert abs(told["elasticity"] - elasticity) < 1.96 * told["error"]
    assert told["error"] < 0.4
    (rows,) = found["results"].values()
    told_so = (told["elasticity"], told["error"])
    assert rows == [asdict(one) for one in replay(sales(), policies.compared(SEED_TIERS), LEDGER, told_so, slot_days())]
    assert "(estimated)" in run("--recorded")
