"""What planning the prices of a large shop costs: time, memory, and how both grow."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings

from fulfillment import costs
from fulfillment.models import Order, OrderItem
from pricing import overrides, plan, rules
from pricing.book import NOT_SOLD, floor_of, read_book
from pricing.models import Offer, Override, Tier
from pricing.rules import Priced, Span
from stickers.models import Generation, Sticker
from stickertrendz import clock
from stickertrendz.testing import Bench
from stickertrendz.tests.children import database_url
from trends.models import Trend

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]
TRENDS = 1_000
SIZES = {"3in": (Decimal("5.49"), Decimal("3.49")), "4in": (Decimal("6.49"), Decimal("4.49"))}
DAY = timedelta(days=1)


@pytest.fixture
def empty_shop() -> None:
    """Prices and costs are known, a thousand trends of all ages, nothing is on sale."""
    for migration in ("pricing.migrations.0002_tiers", "fulfillment.migrations.0002_costs"):
        import_module(migration).add(apps, None)
    now = clock.now()
    Trend.objects.bulk_create(
        Trend(topic=f"t{n}", topic_normalized=f"t{n}", status="published", created_at=now - (n % 60) * DAY)
        for n in range(TRENDS)
    )


def grow_to(listings: int) -> None:
    """So many listings in both sizes, all priced as new ones; every tenth sold, every hundredth has a price by hand."""
    keys = list(Trend.objects.order_by("pk").values_list("pk", flat=True))
    first = Sticker.objects.count()
    for start in range(first, listings, 5_000):
        numbers = range(start, min(start + 5_000, listings))
        drawn = Generation.objects.bulk_create(
            Generation(
                trend_id=keys[n % TRENDS], variant=n // TRENDS, prompt="p", model_version="v", seed=n, status="passed"
            )
            for n in numbers
        )
        now = clock.now()
        stickers = Sticker.objects.bulk_create(
            Sticker(
                trend_id=one.trend_id, generation=one, status="approved", shelf="wanted", title=f"Design {one.seed}",
                tags=[f"tag {k}" for k in range(13)], published_at=now,
            )
            for one in drawn
        )  # fmt: skip
        Offer.objects.bulk_create(
            Offer(
                sticker=one, size=size, tier="just_dropped", tier_since=now, wanted_price=price, floor_price=floor,
                pushed_price=price,
            )
            for one in stickers for size, (price, floor) in SIZES.items()
        )  # fmt: skip
        _sell(stickers[::10])
        fixed = {"kind": "fixed", "scope": "offer", "price": Decimal("6.99"), "starts_at": now, "reason": "bench"}
        by_hand = Offer.objects.filter(sticker__in=stickers[::100], size="3in")
        Override.objects.bulk_create(Override(offer=offer, **fixed) for offer in by_hand)


def _sell(stickers: list[Sticker]) -> None:
    now = clock.now()
    orders = Order.objects.bulk_create(
        Order(receipt_id=one.pk, status="paid", ordered_at=now, etsy_updated_at=now, ship_by=now, total_amount=5)
        for one in stickers
    )
    OrderItem.objects.bulk_create(
        OrderItem(
            order=order, transaction_id=order.receipt_id, sticker=one, size="3in", quantity=1 + one.pk % 12,
            unit_price=Decimal("5.49"), pricing_tier_at_sale="just_dropped", sold_at=now,
        )
        for order, one in zip(orders, stickers, strict=True)
    )  # fmt: skip


def planned() -> list[tuple[int, Priced]]:
    found = plan.make_plan(read_book(clock.now()))
    return [(move.offer_id, move.verdict.priced) for move in found.moves]


def naively() -> list[tuple[int, Priced]]:
    """Offer by offer, each asking the database for what it needs."""
    return list(_naively())


def _naively() -> Iterator[tuple[int, Priced]]:
    for offer in Offer.objects.order_by("pk"):
        now, trend = clock.now(), offer.sticker.trend
        tiers = [
            Span(one.name, one.min_days, one.max_days, one.price_small, one.price_large) for one in Tier.objects.all()
        ]
        natural = rules.tier_of(now - trend.created_at, tiers)
        lines = OrderItem.objects.filter(
            sticker=offer.sticker_id, size=offer.size, refunded=False, under_override=False,
            pricing_tier_at_sale=offer.tier, sold_at__gte=now - 30 * DAY,
        ).exclude(order__status__in=NOT_SOLD)  # fmt: skip
        kept = rules.tier_kept(offer.tier, natural.name, sum(line.quantity for line in lines))
        span = next(one for one in tiers if one.name == kept)
        over = overrides.in_force(now).over(offer.pk, offer.sticker_id, offer.sticker.tags, kept)
        floor = floor_of(costs.dearest(costs.table(), offer.size))
        held = span is not natural
        priced = rules.price_of(offer.size, span, tiers[0], over, floor, held=held)
        wanted = (kept, priced.price, floor, priced.note, priced.under_override)
        if wanted != (offer.tier, offer.wanted_price, offer.floor_price, offer.reason, offer.under_override):
            yield offer.pk, priced


def test_a_plan_of_100_000_listings_fits_into_seconds_and_little_memory(empty_shop: None, bench: Bench) -> None:
    seconds = {}
    for listings in (1_000, 10_000, 100_000):
        grow_to(listings)
        if listings == 1_000:
            assert planned() == naively()
            bench.compare("price plan, each of 1,000 listings", planned, naively, unit=listings, at_least=10)
        start = time.process_time()
        assert len(planned()) > listings
        seconds[listings] = time.process_time() - start
        limit = 20 if listings == 100_000 else None
        bench.figure(f"price plan, {listings:,} listings", seconds[listings], "s", limit)
    growth = seconds[100_000] / seconds[10_000]
    bench.figure("price plan, 100,000 against 10,000 listings", growth, "×", 15)
    took, peak = measured_command()
    bench.figure("manage.py price_plan, 100,000 listings", took, "s of CPU")
    bench.figure("manage.py price_plan, most memory", peak, "MB", 300)


LAUNCHER = """
import os, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(child.pid, 0)
print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1000)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def measured_command() -> tuple[float, float]:
    """Processor seconds and the largest resident size in MB of the whole command, as an operator runs it.

    A small process starts it: a child's largest size counts that of the process it was started from.
    """
    told = {**os.environ, "DATABASE_URL": database_url()}
    command = [sys.executable, "-c", LAUNCHER, sys.executable, "manage.py", "price_plan", "--json"]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=told, stdout=subprocess.PIPE, text=True, check=True)
    took, peak = done.stdout.split()
    return float(took), float(peak)
