"""How large the made-up shop is and how its two years go; the same seed gives the same shop at the same moment."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime

MINUTE, HOUR, DAY = 60, 3600, 86_400
EACH = 3  # designs of a trend
# Seconds between two runs. Only the last of those that come more than once an hour: all would be most of all rows.
PERIODS = {
    "pricing_engine": DAY, "analytics_sync": DAY, "blocklist_rescan": DAY, "reconcile": DAY, "trend_monitor": 2 * HOUR,
    "trend_evaluation": 2 * HOUR, "review_deadlines": HOUR, "order_sync": 15 * MINUTE, "publisher": 10 * MINUTE,
    "sticker_generator": 10 * MINUTE, "push_changes": 5 * MINUTE, "moderation_sample": 7 * DAY, "seo_week": 7 * DAY,
    "send_mail": MINUTE, "heartbeat": MINUTE,
}  # fmt: skip
FREQUENT, MINUTELY = 90, 14  # days of which such runs are there


@dataclass(frozen=True)
class Runs:
    """Runs of one job: their first key, the moment of the first, seconds between two, and how many."""

    first: int
    begin: int
    period: int
    count: int

    def at(self, second: int) -> int:
        """The key of the run that was on at that second."""
        return self.first + min(max((second - self.begin) // self.period, 0), self.count - 1)


@dataclass(frozen=True)
class Plan:
    """stickers, lines: rows wanted in so many days. on_sale: designs on the shelf today.

    Moments are whole seconds since 1970.
    """

    stickers: int
    lines: int
    seed: int
    now: datetime
    on_sale: int
    days: int = 730
    runs: dict[str, Runs] = field(default_factory=dict)

    def __post_init__(self) -> None:
        first = 1
        for name, period in PERIODS.items():
            kept = MINUTELY if period == MINUTE else FREQUENT if period < HOUR else self.days
            days = min(kept, self.days)
            self.runs[name] = Runs(first, self.end - days * DAY, period, days * DAY // period)
            first += self.runs[name].count

    @property
    def end(self) -> int:
        return int(self.now.timestamp())

    @property
    def begin(self) -> int:
        return self.end - self.days * DAY

    @property
    def trends(self) -> int:
        """Of every two, one was drawn: those with odd keys, in the order of their designs."""
        return 2 * -(-self.stickers // EACH)

    def trend_of(self, sticker: int) -> int:
        return 2 * ((sticker - 1) // EACH) + 1

    def when(self, share: float) -> int:
        """The second at that share of the shop's life."""
        return self.begin + int(share * self.days * DAY)

    def chance(self, of: str) -> random.Random:
        """One for each table, so that a change of one leaves the others as they were."""
        return random.Random(f"{self.seed} {of}")


def moment(second: int) -> str:
    """As both databases read it."""
    return datetime.fromtimestamp(second, UTC).isoformat(" ")[:19]


def day(second: int) -> str:
    return moment(second)[:10]
