"""Small bar charts as coordinates that a template draws: figures per day, and listings by tier."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Count

from pricing.models import Offer, Tier
from stickertrendz.housekeeping import books
from stickertrendz.ops.models import Metric

from . import front_money
from .front_money import dollars
from .front_needs import rows_of

DAYS = 30
WIDTH, HEIGHT, TOP, BOTTOM, LEFT = 420, 150, 12, 20, 44
NAMES = ("gross_revenue", "ai_spend")


@dataclass(frozen=True)
class Bar:
    """value: in words, for hover and table. open: its day is not over or not closed."""

    label: str
    value: str
    x: float
    y: float
    width: float
    height: float
    href: str
    open: bool = False


@dataclass(frozen=True)
class Chart:
    """lines: y and words of what is drawn across; ends: first and last label. words: the same for who cannot see it."""

    name: str
    bars: list[Bar]
    lines: list[tuple[float, str, str]]
    words: str
    note: str = ""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    base: int = HEIGHT - BOTTOM

    @property
    def is_empty(self) -> bool:
        return not any(bar.height for bar in self.bars)


@dataclass(frozen=True)
class TierBar:
    """percent: of the widest."""

    name: str
    count: int
    percent: int
    href: str


def per_day(now: datetime, found: Sequence[front_money.Span]) -> list[Chart]:
    """Revenue and what the models cost, day by day; found: the spans of the money card, for today's figures."""
    today, closed = now.date(), books.closed_until()
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    values = _measured(days[0])
    live = {today: found[0].books}
    yesterday = today - timedelta(days=1)
    if closed is None or closed < yesterday:
        live[yesterday] = books.read(yesterday, yesterday)
    for day, figures in live.items():
        values["gross_revenue"][day], values["ai_spend"][day] = figures.revenue, figures.ai_spend
    warn, month = settings.AI_DAILY_WARN_USD, found[1].books.ai_spend
    note = f"${month} of ${settings.AI_MONTHLY_BUDGET_CAP_USD} this month, where everything stops"
    return [
        chart("Revenue a day", "revenue", days, values["gross_revenue"], live),
        chart("AI spend a day", "ai_spend", days, values["ai_spend"], live, warn, note),
    ]


def _measured(since: date) -> dict[str, dict[date, Decimal]]:
    values: dict[str, dict[date, Decimal]] = {name: {} for name in NAMES}
    rows = Metric.objects.filter(day__gte=since, name__in=NAMES).order_by()
    for name, day, value in rows.values_list("name", "day", "value"):
        values[name][day] = value
    return values


def chart(
    name: str,
    figure: str,
    days: Sequence[date],
    values: dict[date, Decimal],
    live: Container[date],
    warn: Decimal | None = None,
    note: str = "",
) -> Chart:
    amounts = [values.get(day, Decimal(0)) for day in days]
    top = _round_up(max([*amounts, warn or Decimal(0), Decimal(1)]))
    step, plot = (WIDTH - LEFT) / len(days), HEIGHT - TOP - BOTTOM

    def y(amount: Decimal) -> float:
        return round(HEIGHT - BOTTOM - float(max(amount, Decimal(0)) / top) * plot, 1)

    bars = [
        Bar(
            f"{day:%-d %b}", dollars(amount), round(LEFT + at * step + 1, 1), y(amount), round(step - 2, 1),
            round(HEIGHT - BOTTOM - y(amount), 1), front_money.rows(figure, day, day), day in live,
        )
        for at, (day, amount) in enumerate(zip(days, amounts, strict=True))
    ]  # fmt: skip
    lines = [(y(top), f"${top:,.0f}", "grid"), (y(top / 2), f"${top / 2:,.0f}" if top >= 2 else "", "grid")]
    if warn is not None:
        lines.append((y(warn), f"${warn:.0f} warns", "warn"))
    most = max(range(len(days)), key=lambda at: amounts[at])
    words = f"{dollars(sum(amounts, Decimal(0)))} in {len(days)} days, at most {bars[most].value} on {bars[most].label}"
    return Chart(name, bars, lines, words if any(amounts) else f"nothing in {len(days)} days", note)


def _round_up(amount: Decimal) -> Decimal:
    """The next of 1, 2, 4, 10, 20, 40, 100 and so on."""
    size = Decimal(10) ** (amount.adjusted() if amount else 0)
    return next(step * size for step in (1, 2, 4, 10) if step * size >= amount)


def by_tier() -> list[TierBar]:
    """Listings on sale by the tier of their smaller size, in the order of age; those of no known tier last."""
    on_sale = Offer.objects.filter(sticker__listings__status="active", size="3in").order_by()
    counts = dict(on_sale.values_list("tier").annotate(Count("sticker", distinct=True)))
    names = list(Tier.objects.values_list("name", flat=True))
    most = max(counts.values(), default=1)
    return [
        TierBar(name, counts[name], 100 * counts[name] // most, rows_of("pricing.offer", tier=name, size="3in"))
        for name in [*names, *sorted(set(counts) - set(names))]
        if name in counts
    ]
