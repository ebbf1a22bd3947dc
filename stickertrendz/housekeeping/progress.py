"""How far the shop is: the first milestones and what would justify its next stages, from figures measured each day.

A date is only told where the measured days show it: the first day on which the target was met.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from croniter import croniter
from django.conf import settings

from etsy import seo
from etsy.models import Listing, SearchWeek
from stickertrendz.money import ZERO, cents
from stickertrendz.ops import joblist
from stickertrendz.ops.models import Metric

DAY = timedelta(days=1)
MONTH, FORTNIGHT, WEEK = 30, 14, 7
NAMES = (
    "orders", "units", "gross_revenue", "etsy_fees", "estimated_profit", "active_listings", "etsy_calls", "runs",
    "runs_failed",
)  # fmt: skip
# Judged by a person: no row tells it.
YOURS = "for you to judge"
UNKNOWN = "not measured yet"


@dataclass(frozen=True)
class Goal:
    """figure, target: in words. reached: the first day on which the target was met. note: what the figure leaves out.

    is_judged: no when the shop cannot tell whether it is met.
    """

    name: str
    figure: str
    target: str
    reached: date | None = None
    note: str = ""
    when: str = ""
    href: str = ""
    is_judged: bool = True


@dataclass(frozen=True)
class Days:
    """Measured figures by name and day. Windows reach back from a day; one without all its days tells nothing."""

    values: dict[str, dict[date, Decimal]] = field(default_factory=dict)

    def of(self, name: str) -> dict[date, Decimal]:
        return self.values.get(name, {})

    def last(self, name: str, most: int) -> list[Decimal]:
        """Of the newest measured days, at most so many."""
        rows = self.of(name)
        return [rows[day] for day in sorted(rows)[-most:]]

    def first(self, length: int, names: Sequence[str], met: Callable[..., bool]) -> date | None:
        """The first day that ends so many days in a row, all measured, whose figures meet it; one list per name."""
        rows = [self.of(name) for name in names]
        for day in sorted(rows[0]):
            window = [day - DAY * back for back in range(length)]
            if all(one in row for row in rows for one in window) and met(*([row[d] for d in window] for row in rows)):
                return day
        return None

    def first_total(self, name: str, target: int) -> date | None:
        """The day on which all days up to it first come to the target."""
        total = ZERO
        for day, value in sorted(self.of(name).items()):
            total += value
            if total >= target:
                return day
        return None


@dataclass(frozen=True)
class Progress:
    milestones: list[Goal]
    packs: list[Goal]
    storefront: list[Goal]


def read(today: date) -> Progress:
    """Four queries, however many days were measured."""
    days = measured(today)
    return Progress(_milestones(days), _packs(days), _storefront(days))


def measured(today: date) -> Days:
    """Days before today: today is not over, and a figure of it may still fall."""
    values: dict[str, dict[date, Decimal]] = {}
    rows = Metric.objects.filter(name__in=NAMES, day__lt=today).order_by()
    for name, day, value in rows.values_list("name", "day", "value"):
        values.setdefault(name, {})[day] = value
    return Days(values)


def _milestones(days: Days) -> list[Goal]:
    live = days.last("active_listings", 1)
    orders, revenue = days.last("orders", WEEK), days.last("gross_revenue", MONTH)
    sold = sum(days.of("orders").values(), ZERO)
    return [
        _end_to_end(),
        Goal("First 100 listings live", _whole(live), "100", days.first(1, ["active_listings"], _least(100)),
             when="week 2–3", href="active_listings"),
        Goal("First sale", f"{sold:.0f} orders", "1", days.first_total("orders", 1), when="week 3–4", href="orders"),
        Goal("Daily sales", f"{min(orders):.0f} on the weakest day of {len(orders)}" if orders else UNKNOWN,
             "3 orders each day for a week", days.first(WEEK, ["orders"], _least(3)), when="month 2", href="orders"),
        Goal("Revenue", f"${cents(sum(revenue, ZERO)):,} in {len(revenue)} days" if revenue else UNKNOWN,
             "$500 in 30 days", _first_sum(days, 500), when="month 3", href="gross_revenue"),
        _conversion(),
        Goal("Packs are live", "none yet", "packs on sale", note="They come with V1.1.", when="month 3–4"),
    ]  # fmt: skip


def _end_to_end() -> Goal:
    first = Listing.objects.exclude(first_active_at=None).order_by("first_active_at").first()
    reached = first.first_active_at.date() if first and first.first_active_at else None
    figure = "a trend became a listing" if first else "not yet"
    return Goal("Runs end to end", figure, "one trend on Etsy", reached, when="week 1–2", href="stickers_published")


def _conversion() -> Goal:
    weeks = list(SearchWeek.objects.order_by("monday").values_list("monday", "sales", "views", "listings"))
    rates = [(monday, seo.percent(sales, views)) for monday, sales, views, listings in weeks if listings >= seo.ENOUGH]
    known = [(monday, rate) for monday, rate in rates if rate is not None]
    reached = next((monday for monday, rate in known if rate > 2), None)
    figure = f"{known[-1][1]} %" if known else "too few data"
    return Goal("People want it", figure, "more than 2 % of views buy", reached,
                f"Told each week once {seo.ENOUGH} listings have known views.", "month 3", "conversion")  # fmt: skip


def _packs(days: Days) -> list[Goal]:
    runs, failed = sum(days.last("runs", FORTNIGHT), ZERO), sum(days.last("runs_failed", FORTNIGHT), ZERO)
    profit, units = sum(days.last("estimated_profit", MONTH), ZERO), sum(days.last("units", MONTH), ZERO)
    calls, limit = days.last("etsy_calls", FORTNIGHT), settings.ETSY_DAILY_LIMIT
    return [
        Goal("The pipeline is stable", f"{100 * (runs - failed) / runs:.1f} %" if runs else UNKNOWN,
             "more than 95 % of runs in 14 days",
             days.first(FORTNIGHT, ["runs", "runs_failed"], lambda all, bad: sum(bad) < sum(all) * Decimal("0.05")),
             href="runs_failed"),
        Goal("Ten sales", f"{sum(days.of('orders').values(), ZERO):.0f} orders", "10",
             days.first_total("orders", 10), "All count: Etsy does not tell which an ad brought.", href="orders"),
        Goal("A sticker earns", f"${cents(profit / units)} a sticker" if units else "nothing sold in 30 days",
             "more than $0, over 10 stickers in 30 days",
             days.first(MONTH, ["units", "estimated_profit"], lambda sold, left: sum(sold) >= 10 and sum(left) > 0),
             "After fees, print, postage and packaging.", href="estimated_profit"),
        Goal("Etsy’s limit is far", f"{max(calls):,.0f} calls on the busiest day of {len(calls)}" if calls else UNKNOWN,
             f"under {limit * 7 // 10:,} for 14 days",
             days.first(FORTNIGHT, ["etsy_calls"], lambda made: max(made) < limit * Decimal("0.7")),
             href="etsy_calls"),
    ]  # fmt: skip


def _storefront(days: Days) -> list[Goal]:
    recent, before = days.last("gross_revenue", MONTH), days.last("gross_revenue", 2 * MONTH)[:-MONTH]
    revenue, fees = sum(recent, ZERO), sum(days.last("etsy_fees", MONTH), ZERO)
    live, most = days.last("active_listings", 1), settings.MAX_ACTIVE_LISTINGS
    weaker = min(revenue, sum(before, ZERO))
    return [
        Goal("Revenue lasts", f"${cents(weaker):,} in the weaker of two months", "more than $5,000 twice 30 days",
             days.first(2 * MONTH, ["gross_revenue"], lambda sold: min(sum(sold[:MONTH]), sum(sold[MONTH:])) > 5000),
             href="gross_revenue"),
        Goal("The shelf is full", f"{_whole(live)}{f' of {most}' if live else ''}", f"{most} listings",
             days.first(1, ["active_listings"], _least(most)), "Limits of the hosting plan are not known here.",
             href="active_listings"),
        Goal("Etsy’s fees weigh", f"{100 * fees / revenue:.1f} % of revenue" if revenue else "nothing sold in 30 days",
             YOURS, href="etsy_fees", is_judged=False),
        Goal("Trends must be seen faster", f"looked for every {_pace():.0f} hours", f"under 5 minutes, {YOURS}",
             is_judged=False),
        Goal("Customers want what Etsy lacks", "not measured", YOURS, is_judged=False),
    ]  # fmt: skip


def _first_sum(days: Days, dollars: int) -> date | None:
    """The first day on which the 30 days up to it, measured or not, come to so much: too little is never counted."""
    rows = days.of("gross_revenue")
    for day in sorted(rows):
        if sum((rows.get(day - DAY * back, ZERO) for back in range(MONTH)), ZERO) >= dollars:
            return day
    return None


def _pace() -> float:
    """Hours between two looks for trends, by the schedule."""
    times = croniter(joblist.jobs()["trend_monitor"].cron, datetime(2026, 1, 1, tzinfo=UTC))
    first, second = times.get_next(datetime), times.get_next(datetime)
    return float((second - first) / timedelta(hours=1))


def _least(target: int) -> Callable[[Iterable[Decimal]], bool]:
    return lambda values: min(values) >= target


def _whole(values: Sequence[Decimal]) -> str:
    return f"{values[-1]:.0f}" if values else UNKNOWN
