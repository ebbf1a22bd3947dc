"""The price of one offer over time as coordinates of a small drawing: price and floor as steps, tiers as bands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

WIDTH, HEIGHT = 380, 190
LEFT, RIGHT, TOP, BOTTOM = 46, 10, 24, 26
LABELLED_FROM = 62  # width of a band that its name fits into
STEPS = tuple(Decimal(step) for step in ("0.50", "1.00", "2.00", "5.00", "10.00", "50.00", "200.00"))  # dollars
MOST_LINES = 6


@dataclass(frozen=True)
class Point:
    """From this moment on."""

    at: datetime
    price: Decimal
    floor: Decimal
    tier: str


@dataclass(frozen=True)
class Band:
    x: float
    width: float
    tier: str
    odd: bool

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    @property
    def is_labelled(self) -> bool:
        return self.width >= LABELLED_FROM


@dataclass(frozen=True)
class Chart:
    """price, floor: path data. lines: y, dollars. dates: x, moment, anchor. words: the same for who cannot see it."""

    price: str
    floor: str
    bands: list[Band]
    lines: list[tuple[float, Decimal]]
    dates: list[tuple[float, datetime, str]]
    last: tuple[float, float]
    words: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    plot: int = HEIGHT - TOP - BOTTOM
    dated: str = "j M"


def draw(points: Sequence[Point], until: datetime) -> Chart | None:
    """points: in the order of time. None when there is nothing to draw."""
    if not points:
        return None
    first, last = points[0], points[-1]
    scale = _Scale(first.at, max(until, first.at + timedelta(hours=1)), *_bounds(points))
    words = f"From ${first.price} on {first.at:%d %b %Y} to ${last.price} on {until:%d %b %Y}."
    return Chart(
        price=scale.steps([(point.at, point.price) for point in points]),
        floor=scale.steps([(point.at, point.floor) for point in points]),
        bands=_bands(points, scale),
        lines=[(scale.y(amount), amount) for amount in _grid(scale.low, scale.high)],
        dates=[(LEFT, first.at, "start"), (WIDTH - RIGHT, scale.until, "end")],
        last=(WIDTH - RIGHT, scale.y(last.price)),
        words=words,
        dated="j M" if until - first.at > timedelta(days=2) else "j M H:i",
    )


@dataclass(frozen=True)
class _Scale:
    since: datetime
    until: datetime
    low: Decimal
    high: Decimal

    def x(self, at: datetime) -> float:
        share = (at - self.since) / (self.until - self.since)
        return round(LEFT + min(max(share, 0), 1) * (WIDTH - LEFT - RIGHT), 1)

    def y(self, amount: Decimal) -> float:
        share = float((amount - self.low) / (self.high - self.low))
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)

    def steps(self, values: Sequence[tuple[datetime, Decimal]]) -> str:
        """Path data that keeps each value until the next."""
        start, *rest = values
        path = [f"M{self.x(start[0])} {self.y(start[1])}"]
        path += [f"H{self.x(at)}V{self.y(amount)}" for at, amount in rest]
        return "".join([*path, f"H{WIDTH - RIGHT}"])


def _bounds(points: Sequence[Point]) -> tuple[Decimal, Decimal]:
    """A little below the lowest and above the highest, in half dollars."""
    half = Decimal("0.5")
    low = min(min(point.price, point.floor) for point in points) - Decimal("0.25")
    high = max(max(point.price, point.floor) for point in points) + Decimal("0.25")
    return (
        (low / half).to_integral_value(rounding=ROUND_FLOOR) * half,
        (high / half).to_integral_value(rounding=ROUND_CEILING) * half,
    )


def _grid(low: Decimal, high: Decimal) -> list[Decimal]:
    step = next((step for step in STEPS if (high - low) / step <= MOST_LINES), STEPS[-1])
    first = (low / step).to_integral_value(rounding=ROUND_CEILING) * step
    count = int((high - first) / step) + 1
    return [first + number * step for number in range(count)]


def _bands(points: Sequence[Point], scale: _Scale) -> list[Band]:
    """Neighbours of one tier are one band."""
    starts = [
        point for before, point in zip([None, *points], points, strict=False) if not before or before.tier != point.tier
    ]
    ends = [scale.x(point.at) for point in starts[1:]] + [float(WIDTH - RIGHT)]
    return [
        Band(scale.x(start.at), round(end - scale.x(start.at), 1), start.tier, bool(number % 2))
        for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]
