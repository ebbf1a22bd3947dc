"""How fast a post gains points, weighed so that the posts that will end highest stand out early."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

YOUNGEST_HOURS = 0.5  # a post younger than this has no speed yet
TYPICAL_AGE_HOURS = 3.0
TYPICAL_COMMENTS = 40
FEW_COMMENTS = 5  # added to every count, so that the first few do not decide
SLOWEST = 1.0  # points per hour; a post that stands still or loses points


class Reading(Protocol):
    """A post as it was at one moment; `score` is None where the source tells none."""

    @property
    def score(self) -> int | None: ...
    @property
    def comments(self) -> int | None: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def observed_at(self) -> datetime: ...


@dataclass(frozen=True)
class Weights:
    """Set on the first half of a recording, see docs/trend-quality.md.

    `recent`: share of the gain since the reading before, against the gain over the whole life. `youth`: how much more
    the same speed says of a younger post. `talk`: how much less it says of one that is argued about.
    """

    recent: float = 0.6
    youth: float = 0.25
    talk: float = 0.15


WEIGHTS = Weights()


def per_hour(readings: Sequence[Reading], weights: Weights = WEIGHTS) -> float | None:
    """Points per hour: the geometric mean of the speed over the whole life and since the reading before.

    `readings` are of one post, in any order; None when none has a score.
    """
    scored = sorted((r for r in readings if r.score is not None), key=lambda r: r.observed_at)
    if not scored:
        return None
    last = scored[-1]
    lifelong = _speed(last.score or 0, _hours(last.created_at, last.observed_at))
    if len(scored) == 1:
        return lifelong
    before = scored[-2]
    lately = _speed((last.score or 0) - (before.score or 0), _hours(before.observed_at, last.observed_at))
    return float(lifelong ** (1 - weights.recent) * lately**weights.recent)


def promise(last: Reading, weights: Weights = WEIGHTS) -> float:
    """What a speed counts for at this age and with this much talk; 1.0 for a typical rising post."""
    youth = TYPICAL_AGE_HOURS / max(YOUNGEST_HOURS, _hours(last.created_at, last.observed_at))
    if last.comments is None:
        return float(youth**weights.youth)
    talk = (TYPICAL_COMMENTS + FEW_COMMENTS) / (max(0, last.comments) + FEW_COMMENTS)
    return float(youth**weights.youth * talk**weights.talk)


def _speed(points: int, hours: float) -> float:
    return max(SLOWEST, points / max(YOUNGEST_HOURS, hours))


def _hours(earlier: datetime, later: datetime) -> float:
    return (later - earlier).total_seconds() / 3600
