"""What came in and what went out: of closed days as they were measured, of the days since from the rows themselves."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Max, Min, Sum

from fulfillment.models import OrderItem
from stickertrendz import money
from stickertrendz.money import ZERO
from stickertrendz.ops.models import Metric, Run

from . import metrics, timings

DAY = timedelta(days=1)
CLOSED = "closed"  # the figure that tells that a day was measured after its end
SETTLES = timedelta(hours=1)  # after midnight: what was bought before it has been imported by then
AT_ONCE = 60  # days closed in one run
RESTATED = 62  # days whose takings are measured anew each morning, as orders are paid back later
FIGURES = (
    "orders", "units", "gross_revenue", "coupons", "refunds", "etsy_fees", "listing_fees", "print_cost", "postage",
    "packaging", "ai_spend",
)  # fmt: skip
COSTS = ("etsy_fees", "listing_fees", "print_cost", "postage", "packaging", "ai_spend")


@dataclass(frozen=True)
class Books:
    """Figures of some days, dollars but for orders and units. Revenue: after coupons and what was paid back."""

    orders: int
    units: int
    revenue: Decimal
    coupons: Decimal
    refunds: Decimal
    etsy_fees: Decimal
    listing_fees: Decimal
    print_cost: Decimal
    postage: Decimal
    packaging: Decimal
    ai_spend: Decimal

    @property
    def sales(self) -> Decimal:
        """At the prices in the shop, before anything was taken off or paid back."""
        return self.revenue + self.coupons + self.refunds

    @property
    def costs(self) -> Decimal:
        return money.total(getattr(self, name) for name in COSTS)

    @property
    def profit(self) -> Decimal:
        return self.revenue - self.costs


def read(first: date, last: date) -> Books:
    """The books of those days, both included, in a constant number of queries."""
    closed = closed_until()
    kept = _kept(first, min(last, closed)) if closed else dict[str, Decimal]()
    since = max(first, closed + DAY) if closed else first
    live = _live(since, last) if since <= last else {}
    return books({name: kept.get(name, ZERO) + live.get(name, ZERO) for name in FIGURES})


def books(figures: dict[str, Decimal]) -> Books:
    """figures: by the names of the measured ones; what is missing is none."""
    orders, units, *dollars = (figures.get(name, ZERO) for name in FIGURES)
    return Books(int(orders), int(units), *map(money.cents, dollars))


def closed_until() -> date | None:
    """The last day that was measured after its end; None before the first."""
    found: date | None = Metric.objects.filter(name=CLOSED).aggregate(last=Max("day"))["last"]
    return found


def _kept(first: date, last: date) -> dict[str, Decimal]:
    rows = Metric.objects.filter(day__gte=first, day__lte=last, name__in=FIGURES)
    return dict(rows.order_by().values_list("name").annotate(Sum("value")))


def _live(first: date, last: date) -> dict[str, Decimal]:
    start, end = metrics.span(first)[0], metrics.span(last)[1]
    return {**metrics.takings(start, end), **metrics.spending(start, end)}


def close_days(now: datetime) -> int:
    """Measures each day that has ended and was not closed yet, the oldest first; returns how many."""
    last = (now - SETTLES).date() - DAY
    first = _first_open()
    if first is None or first > last:
        return 0
    days = [first + DAY * number for number in range(min((last - first).days + 1, AT_ONCE))]
    for day in days:
        metrics.measure(day)
        metrics.keep(day, {**timings.figures(day), CLOSED: Decimal(1)})
    return len(days)


def _first_open() -> date | None:
    """The day after the last closed one; where none is, the first day of which there is a run or a sale."""
    if closed := closed_until():
        return closed + DAY
    begun = Run.objects.aggregate(at=Min("started_at"))["at"], OrderItem.objects.aggregate(at=Min("sold_at"))["at"]
    return min((at.date() for at in begun if at), default=None)


def restate(now: datetime) -> None:
    """Takings of closed days anew, for what was paid back since; a day on which an old order changed as well."""
    closed, since = closed_until(), now - DAY * RESTATED
    if closed is None:
        return
    changed = OrderItem.objects.filter(sold_at__lt=since, order__etsy_updated_at__gte=since)
    days = {at.date() for at in changed.values_list("sold_at", flat=True)}
    days |= {closed - DAY * back for back in range(RESTATED)}
    for day in days & set(Metric.objects.filter(name=CLOSED).values_list("day", flat=True)):
        metrics.keep(day, metrics.takings(*metrics.span(day)))
