"""Recorded sales become an elasticity only where prices changed enough, and are replayed as they were."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fulfillment.models import Order, OrderItem
from fulfillment.orders import take
from fulfillment.tests.making import make_line, make_receipt, make_sticker
from pricing import plan, recorded
from pricing.demand import substream
from pricing.elasticity import LEAST_DESIGNS, Estimate, estimate
from pricing.models import Offer, PriceChange, StickerDay
from pricing.recorded import Exposure
from stickers.models import Sticker
from stickertrendz import clock

from .test_policies import DAY

D = Decimal
_numbers = count(5_000_000_000)


def record_lines(
    lines: int, *, sticker: Sticker | None = None, sales: Iterable[tuple[datetime, float]] | None = None
) -> Sticker:
    """Lines of one design, sold now at the newest tier's price unless `sales` says when and for how much."""
    sticker, now = sticker or make_sticker(), clock.now()
    order = Order.objects.create(
        receipt_id=next(_numbers), status="paid", ordered_at=now, etsy_updated_at=now, ship_by=now, total_amount=0
    )
    OrderItem.objects.bulk_create(
        OrderItem(
            order=order, transaction_id=next(_numbers), sticker=sticker, size="3in", quantity=1,
            unit_price=D(str(price)), sold_at=at,
        )
        for at, price in (sales if sales is not None else [(now, 5.49)] * lines)
    )  # fmt: skip
    return sticker


def world(seed: int, elasticity: float, designs: int = 60) -> list[Exposure]:
    """Designs that fall in price while they lose views; hits stay dear for longer, as the hold makes them."""
    rng = substream(seed)
    found = []
    for sticker in range(designs):
        quality = rng.lognormal(0, 1.2)
        appeal = 0.02 * quality**0.5
        weights = (0.8, 0.1, 0.1) if quality > 1 else (0.2, 0.4, 0.4)
        for price, share in zip((5.49, 4.49, 3.49), weights, strict=True):
            views = 300 * quality * share
            units = rng.poisson(views * appeal * (price / 4.49) ** elasticity)
            found.append(Exposure(sticker, "3in", price, views, int(units)))
    return found


@pytest.mark.parametrize("elasticity", [-0.8, -1.6, -2.6])
def test_a_known_elasticity_is_found_within_its_interval(elasticity: float) -> None:
    estimates = [found for seed in range(40) if (found := estimate(world(seed, elasticity)))]
    inside = [low <= elasticity <= high for low, high in (one.interval for one in estimates)]
    assert len(estimates) == 40
    assert sum(inside) >= 35
    assert np.mean([one.elasticity for one in estimates]) == pytest.approx(elasticity, abs=0.15)
    assert np.std([one.elasticity for one in estimates]) == pytest.approx(
        np.mean([e.error for e in estimates]), rel=0.4
    )


def test_more_designs_make_the_estimate_surer() -> None:
    few, many = estimate(world(1, -1.6, 40)), estimate(world(1, -1.6, 640))
    assert few is not None
    assert many is not None
    assert many.error < few.error / 2


def test_prices_that_never_changed_say_nothing() -> None:
    assert estimate(Exposure(n, "3in", 4.49, 100, 5) for n in range(100)) is None


def test_a_few_designs_say_nothing_about_the_others() -> None:
    def of(designs: int) -> list[Exposure]:
        return [
            Exposure(n, "3in", price, 100, units) for n in range(designs) for price, units in ((5.49, 2), (4.49, 3))
        ]

    assert estimate(of(LEAST_DESIGNS - 1)) is None
    found = estimate(of(LEAST_DESIGNS))
    assert found is not None
    assert found.elasticity == pytest.approx(np.log(2 / 3) / np.log(5.49 / 4.49))
    assert (found.designs, found.units) == (LEAST_DESIGNS, 5 * LEAST_DESIGNS)


def test_sales_that_come_in_clumps_make_the_estimate_no_surer() -> None:
    """Four stickers an order are no four decisions; the designs tell how much sales scatter."""
    seen = world(3, -1.6)
    single, clumped = estimate(seen), estimate(replace(one, units=4 * one.units) for one in seen)
    assert single is not None
    assert clumped is not None
    assert (clumped.elasticity, clumped.error) == pytest.approx((single.elasticity, single.error))


def test_what_sold_at_the_lowest_price_only_has_no_end_of_elasticity() -> None:
    both = [(5.49, 0), (3.49, 4)]
    assert estimate(Exposure(n, "3in", price, 100, units) for n in range(50) for price, units in both) is None


def push(offer: Offer, price: str, at: datetime) -> None:
    PriceChange.objects.create(
        offer=offer, status="pushed", new_price=D(price), tier="x", reason="", shipping_cost=0,
        floor_price=D("3.49"), created_at=at, pushed_at=at,
    )  # fmt: skip


@pytest.mark.django_db
def test_views_and_units_are_counted_at_the_price_on_show() -> None:
    sticker = make_sticker(sizes=("3in",), trend_age=20 * DAY)
    plan.open_offers(sticker)
    offer = Offer.objects.get(sticker=sticker)
    PriceChange.objects.all().delete()
    noon = clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
    today = noon.date()
    push(offer, "5.49", noon - timedelta(days=10.2))
    push(offer, "4.49", noon - timedelta(days=5.2))
    totals = {10: 100, 9: 104, 7: 110, 5: 116, 4: 120, 3: None, 2: 30, 1: 35}
    StickerDay.objects.bulk_create(
        StickerDay(sticker=sticker, day=today - n * DAY, views=views) for n, views in totals.items()
    )
    for days_ago, units in ((9, 2), (4.9, 1), (3.2, 8), (2, 4)):
        line = make_line(sticker, "3in", quantity=units, sold_at=noon - timedelta(days=days_ago))
        take(make_receipt(line))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = recorded.exposures(recorded.sales())
    assert len(queries) == 3
    # 5.49: days 10 to 6. 4.49: days 5 (noon is after the push) and 2; days 4 and 3 fell, so nobody knows.
    assert sorted((one.price, one.views, one.units) for one in found) == [(4.49, 4 + 5, 1 + 4), (5.49, 4 + 6 + 6, 2)]


@pytest.mark.django_db
def test_only_paid_and_kept_lines_of_our_designs_are_sales() -> None:
    sticker = record_lines(3)
    take(make_receipt(make_line(sticker, refunded=True)))
    take(make_receipt(make_line(None)))
    for status in ("pending", "cancelled", "refunded"):
        order = take(make_receipt(make_line(sticker)))[0]
        Order.objects.filter(pk=order.pk).update(status=status)
    assert recorded.lines().count() == len(recorded.sales()) == 3


def test_an_interval_is_two_standard_errors_wide() -> None:
    assert Estimate(-1.5, 0.5, 20, 200).interval == pytest.approx((-2.48, -0.52))
