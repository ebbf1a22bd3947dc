"""How well the shop serves: each step's time against what was promised, and each operational figure against its limits.

Everything is read from the figures of closed days; what was not measured is told as such.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from stickertrendz.money import ZERO
from stickertrendz.ops.models import Metric

DAYS = 30
GOOD, WARN, BAD, UNKNOWN = "green", "amber", "red", "unknown"
WORDS = {GOOD: "within target", WARN: "between target and limit", BAD: "past the limit", UNKNOWN: "not enough data yet"}
MINUTE = 60

Values = dict[str, dict[date, Decimal]]


@dataclass(frozen=True)
class Step:
    """promised: seconds that 95 of 100 stay under. warn: seconds of P95 from which it is slow."""

    key: str
    name: str
    promised: int
    warn: int


STEPS = (
    Step("trend_source", "Trend detection, one source", 60, 60), Step("scoring", "Scoring, one trend", 15, 10),
    Step("image", "Picture, one, with a cold start", 60, 50), Step("quality", "Quality checks, one picture", 10, 6),
    Step("post_processing", "Cut-out and sizes, one picture", 30, 20),
    Step("moderation", "Moderation, one design", 15, 10), Step("listing", "Listing on Etsy, one", 30, 20),
    Step("end_to_end", "From trend to listing", 45 * MINUTE, 60 * MINUTE),
    Step("pricing_run", "Pricing, the daily run", 15 * MINUTE, 20 * MINUTE),
    Step("analytics_run", "Analytics, the daily run", 10 * MINUTE, 15 * MINUTE),
)  # fmt: skip


@dataclass(frozen=True)
class Kpi:
    """of: the day's figure from the day's measured ones, None when they tell nothing.

    good, bad: the figure from which on it is green or red, `least` when more is better. span: days taken together.
    """

    name: str
    target: str
    limit: str
    unit: str
    needs: tuple[str, ...]
    of: Callable[..., Decimal | None]
    good: Decimal
    bad: Decimal
    least: bool = True
    span: int = 1
    note: str = ""

    def state(self, value: Decimal | None) -> str:
        if value is None:
            return UNKNOWN
        sign = 1 if self.least else -1
        if sign * value < sign * self.bad:
            return BAD
        return GOOD if sign * value >= sign * self.good else WARN


def _share(part: Decimal, whole: Decimal) -> Decimal | None:
    return 100 * part / whole if whole else None


def _plain(value: Decimal) -> Decimal:
    return value


KPIS = (
    Kpi("Runs that succeed", "more than 95 %", "under 90 % in a day", "%", ("runs", "runs_failed"),
        lambda runs, failed: _share(runs - failed, runs), Decimal(95), Decimal(90)),
    Kpi("New trends a day", "5 or more", "none in a day", "", ("trends_discovered",), _plain, Decimal(5), Decimal(1)),
    Kpi("Pictures that become designs", "more than 80 %", "under 60 % in a day", "%",
        ("pictures_passed", "pictures_tried"), _share, Decimal(80), Decimal(60)),
    Kpi("Wrongly rejected designs", "under 10 %", "above 20 %", "%", ("samples_wrong", "samples_judged"), _share,
        Decimal(10), Decimal(20), least=False, span=DAYS, note="Of those judged in the 30 days before."),
    Kpi("Listings made of those tried", "more than 95 %", "under 85 % in a day", "%",
        ("listings_made", "listings_tried"), _share, Decimal(95), Decimal(85)),
    Kpi("Trend to listing, 95 of 100", "under 45 min", "above 60 min", "min", ("p95:end_to_end",),
        lambda seconds: seconds / MINUTE, Decimal(45), Decimal(60), least=False,
        note="From a trend's place in the cycle; without designs a person decided on or a cap held back."),
    Kpi("AI spend a day", "under $8, at most $10", "above $10", "$", ("ai_spend",), _plain, Decimal(8), Decimal(10),
        least=False, note="From $8 on it warns; $150 a month stops it."),
    Kpi("Prints ordered at the first try", "more than 95 %", "under 80 %", "%", ("prints_due", "prints_failed_first"),
        lambda due, failed: _share(max(due - failed, ZERO), due), Decimal(95), Decimal(80)),
    Kpi("Listings on sale", "under 300", "280 calls the archiver, 300 is the cap", "", ("active_listings",), _plain,
        Decimal(280), Decimal(300), least=False),
)  # fmt: skip


@dataclass(frozen=True)
class Bar:
    """x and height of 30 and 24; value in words."""

    x: int
    height: float
    words: str
    state: str


@dataclass(frozen=True)
class Row:
    """One figure: its newest measured day, and the days before as bars. known: days of the 30 that tell something."""

    name: str
    value: str
    target: str
    limit: str
    state: str
    day: date | None
    bars: list[Bar]
    note: str = ""
    median: str = ""
    count: int = 0

    @property
    def verdict(self) -> str:
        return WORDS[self.state]

    @property
    def known(self) -> int:
        return len(self.bars)

    @property
    def kept(self) -> int:
        return sum(bar.state == GOOD for bar in self.bars)


@dataclass(frozen=True)
class Service:
    steps: list[Row]
    kpis: list[Row]


def read(today: date) -> Service:
    """Of the 30 days before today, in one query."""
    first = today - timedelta(days=DAYS)
    names = {name for kpi in KPIS for name in kpi.needs}
    names |= {f"{part}:{step.key}" for step in STEPS for part in ("p50", "p95", "n")}
    values: Values = {name: {} for name in names}
    since = first - timedelta(days=DAYS)  # figures of several days look back from the first
    rows = Metric.objects.filter(day__gte=since, day__lt=today, name__in=names).order_by()
    for name, day, value in rows.values_list("name", "day", "value"):
        values[name][day] = value
    days = [first + timedelta(days=back) for back in range(DAYS)]
    return Service([_step(step, values, days) for step in STEPS], [_kpi(kpi, values, days) for kpi in KPIS])


def _step(step: Step, values: Values, days: list[date]) -> Row:
    p95 = {day: values[f"p95:{step.key}"][day] for day in days if day in values[f"p95:{step.key}"]}
    last = max(p95, default=None)
    return Row(
        step.name, words(p95[last]) if last else "–", f"under {words(Decimal(step.promised))}",
        f"{words(Decimal(step.warn))} {'warns' if step.warn <= step.promised else 'is too slow'}",
        _between(step, p95[last]) if last else UNKNOWN, last,
        _bars(days, {day: (value, words(value), _between(step, value)) for day, value in p95.items()}),
        median=words(values[f"p50:{step.key}"].get(last, ZERO)) if last else "–",
        count=int(values[f"n:{step.key}"].get(last, ZERO)) if last else 0,
    )  # fmt: skip


def _between(step: Step, seconds: Decimal) -> str:
    """Green below both, red from the larger of the two on."""
    low, high = sorted((step.promised, step.warn))
    return BAD if seconds >= high else WARN if seconds >= low else GOOD


def _kpi(kpi: Kpi, values: Values, days: list[date]) -> Row:
    found = {day: value for day in days if (value := _figure(kpi, values, day)) is not None}
    last = max(found, default=None)
    state = kpi.state(found[last]) if last else UNKNOWN
    told = {day: (value, _told(kpi, value), kpi.state(value)) for day, value in found.items()}
    return Row(
        kpi.name, told[last][1] if last else "–", kpi.target, kpi.limit, state, last, _bars(days, told), kpi.note
    )


def _figure(kpi: Kpi, values: Values, day: date) -> Decimal | None:
    """None where any of the figures it needs was not measured."""
    window = [day - timedelta(days=back) for back in range(kpi.span)]
    parts = [[values[name][one] for one in window if one in values[name]] for name in kpi.needs]
    return kpi.of(*(sum(part, ZERO) for part in parts)) if all(parts) else None


def _told(kpi: Kpi, value: Decimal) -> str:
    if kpi.unit == "$":
        return f"${value:.2f}"
    return f"{value:.1f} {kpi.unit}" if kpi.unit else f"{value:.0f}"


def _bars(days: list[date], told: dict[date, tuple[Decimal, str, str]]) -> list[Bar]:
    most = max([value for value, _, _ in told.values()], default=Decimal(1)) or Decimal(1)
    return [
        Bar(place, max(1.0, round(float(told[day][0] / most) * 24, 1)), f"{day:%-d %b}: {told[day][1]}", told[day][2])
        for place, day in enumerate(days)
        if day in told
    ]


def words(seconds: Decimal) -> str:
    return f"{seconds / MINUTE:.0f} min" if seconds >= 2 * MINUTE else f"{seconds:.1f} s".replace(".0 s", " s")
