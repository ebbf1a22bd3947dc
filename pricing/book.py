"""Everything that decides prices at one moment, and the verdict on one offer."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import QuerySet, Sum

from fulfillment import costs
from fulfillment.costs import UnitCost
from fulfillment.fees import FEES
from fulfillment.models import Order, OrderItem
from stickertrendz.money import ZERO
from stickertrendz.ops.errors import NeedsPerson

from . import overrides, rules
from .models import Tier
from .overrides import InForce
from .rules import Adjustment, Priced, Span

HELD_FOR = timedelta(days=30)
NOT_SOLD = (Order.Status.PENDING, Order.Status.CANCELLED, Order.Status.REFUNDED)


@dataclass(frozen=True)
class Verdict:
    """price and why; under which floor, from what cost. natural: the tier of the trend's age."""

    tier: str
    natural: str
    priced: Priced
    floor: Decimal
    cost: UnitCost
    override: Adjustment | None = None


@dataclass(frozen=True)
class Book:
    """Of the last 30 days: units that count towards a hold by (sticker, size, tier), all units by (sticker, size)."""

    now: datetime
    tiers: list[Span]
    costs: dict[tuple[str, str], UnitCost]
    in_force: InForce
    units: dict[tuple[int, str, str], int]
    sold: dict[tuple[int, str], int]
    known: dict[object, Verdict] = field(default_factory=dict, repr=False, compare=False)

    def natural_tier(self, trend_from: datetime) -> Span:
        try:
            return rules.tier_of(self.now - trend_from, self.tiers)
        except LookupError as gap:
            raise NeedsPerson(str(gap)) from None

    def holding(self, sticker_id: int, size: str, tier: str) -> int:
        """Units of this offer that count towards keeping it at the tier."""
        return self.units.get((sticker_id, size, tier), 0)

    def as_if(self, more: Iterable[tuple[object, Adjustment]], now: datetime | None = None) -> "Book":
        """The same as if these overrides were in force too, each for its target; at another moment if one is given."""
        return replace(self, in_force=self.in_force.and_also(more), now=now or self.now, known={})


def read_book(now: datetime) -> Book:
    """Five queries, however many offers there are."""
    tiers = [
        Span(tier.name, tier.min_days, tier.max_days, tier.price_small, tier.price_large) for tier in Tier.objects.all()
    ]
    if not tiers:
        raise NeedsPerson("There are no price tiers: add them under Tiers.")
    return Book(now, tiers, costs.table(), overrides.in_force(now), *_units(now))


def _units(now: datetime) -> tuple[dict[tuple[int, str, str], int], dict[tuple[int, str], int]]:
    """Net units that count towards holds, and all: refunded lines, unpaid and dead orders count for neither."""
    lines = OrderItem.objects.filter(sold_at__gte=now - HELD_FOR, refunded=False, sticker__isnull=False)
    columns = ("sticker", "size", "pricing_tier_at_sale", "under_override")
    groups = paid(lines).order_by().values_list(*columns)
    holding: dict[tuple[int, str, str], int] = {}
    sold: dict[tuple[int, str], int] = defaultdict(int)
    for sticker, size, tier, under_override, units in groups.annotate(units=Sum("quantity")):
        sold[sticker, size] += units
        if not under_override:
            holding[sticker, size, tier] = units
    return holding, dict(sold)


def paid(lines: QuerySet[OrderItem]) -> QuerySet[OrderItem]:
    """Without those of unpaid and dead orders, which are few: each line's order need not be looked at."""
    return lines.exclude(order__in=Order.objects.filter(status__in=NOT_SOLD))


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
    kept = rules.tier_kept(tier, natural.name, book.holding(sticker_id, size, tier)) if tier else natural.name
    span = next((one for one in book.tiers if one.name == kept), natural)
    override = book.in_force.over(offer_id, sticker_id, tags, span.name)
    case = (size, span.name, natural.name, override)
    if case not in book.known:  # most offers are alike
        book.known[case] = _verdict(book, size, span, natural, override)
    return book.known[case]


def _verdict(book: Book, size: str, span: Span, natural: Span, override: Adjustment | None) -> Verdict:
    cost = costs.dearest(book.costs, size)
    floor = floor_of(cost)
    priced = rules.price_of(size, span, book.tiers[0], override, floor, held=span is not natural)
    return Verdict(span.name, natural.name, priced, floor, cost, override)


def floor_of(cost: UnitCost) -> Decimal:
    """What no price of this size may lie below: its costs, fees and margin, and the least that we ask for it."""
    fees = FEES[settings.ETSY_FEES]
    floor = rules.floor_price(
        print_cost=cost.print_cost,
        shipping_cost=cost.shipping_cost,
        packaging_cost=cost.packaging_cost,
        fee_rate=fees.rate,
        margin=rules.MARGIN,
        fixed_fee=fees.fixed,
    )
    return max(floor, rules.LEAST.get(cost.size, ZERO))
