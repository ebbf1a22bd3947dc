"""Everything that decides prices at one moment, and the verdict on one offer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Sum

from fulfillment import costs
from fulfillment.costs import UnitCost
from fulfillment.models import Order, OrderItem
from stickertrendz.ops.errors import NeedsPerson

from . import overrides, rules
from .models import Tier
from .overrides import InForce
from .rules import Priced, Span

HELD_FOR = timedelta(days=30)
NOT_SOLD = (Order.Status.PENDING, Order.Status.CANCELLED, Order.Status.REFUNDED)


@dataclass(frozen=True)
class Book:
    """units: sold in 30 days by (sticker, size, tier)."""

    now: datetime
    tiers: list[Span]
    costs: dict[tuple[str, str], UnitCost]
    in_force: InForce
    units: dict[tuple[int, str, str], int]

    def natural_tier(self, trend_from: datetime) -> Span:
        try:
            return rules.tier_of(self.now - trend_from, self.tiers)
        except LookupError as gap:
            raise NeedsPerson(str(gap)) from None


@dataclass(frozen=True)
class Verdict:
    tier: str
    priced: Priced
    floor: Decimal
    cost: UnitCost


def read_book(now: datetime) -> Book:
    """Four queries, however many offers there are."""
    tiers = [
        Span(tier.name, tier.min_days, tier.max_days, tier.price_small, tier.price_large) for tier in Tier.objects.all()
    ]
    return Book(now, tiers, costs.table(), overrides.in_force(now), _units(now))


def _units(now: datetime) -> dict[tuple[int, str, str], int]:
    """Net units by tier at sale; refunded lines, unpaid and dead orders and overridden prices don't count."""
    sold = OrderItem.objects.filter(
        sold_at__gte=now - HELD_FOR, refunded=False, under_override=False, sticker__isnull=False
    )
    groups = sold.exclude(order__status__in=NOT_SOLD).order_by().values_list("sticker", "size", "pricing_tier_at_sale")
    return {(sticker, size, tier): units for sticker, size, tier, units in groups.annotate(units=Sum("quantity"))}


def judge(
    book: Book,
    *,
    offer_id: int | None,
    sticker_id: int,
    size: str,
    tags: Iterable[str],
    trend_from: datetime,
    tier: str,
) -> Verdict:
    """Tier, price and floor of one offer now. tier: the one it has; empty for a new offer."""
    natural = book.natural_tier(trend_from)
    kept = rules.tier_kept(tier, natural.name, book.units.get((sticker_id, size, tier), 0)) if tier else natural.name
    span = next((span for span in book.tiers if span.name == kept), natural)
    cost = costs.dearest(book.costs, size)
    floor = floor_of(cost)
    over = book.in_force.over(offer_id, sticker_id, tags, span.name)
    return Verdict(span.name, rules.price_of(size, span, book.tiers[0], over, floor), floor, cost)


def floor_of(cost: UnitCost) -> Decimal:
    fees = rules.FEES[settings.ETSY_FEES]
    return rules.floor_price(
        print_cost=cost.print_cost,
        shipping_cost=cost.shipping_cost,
        packaging_cost=cost.packaging_cost,
        fee_rate=fees.rate,
        margin=rules.MARGIN,
        fixed_fee=fees.fixed,
    )
