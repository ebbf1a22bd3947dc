"""Replays a recording hour by hour, only the past visible, and judges which policy picks the day's best posts early."""

import random
import statistics
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise, product

from trends import pace
from trends.rank import Seen

BEST_OF_DAY = 25
OLDEST_PICK = timedelta(hours=4)
RISEN = 0.9  # share of the final score at which a post has had its day
FIRST_HOUR, LAST_HOUR = 3, 27  # of a day's picks, counted from its midnight: nothing younger reaches such a listing
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
LONGEST_GAP = 2.0  # hours
DRAWS = 100  # random policies that are averaged
RESAMPLES = 2_000
CERTAINTY = 0.95
SEED = 1
GRID = ((0.0, 0.3, 0.6, 0.9), (0.0, 0.25, 0.5), (0.0, 0.15, 0.3))  # of pace.Weights, in the order of its fields

Value = Callable[[Sequence[Seen]], float]  # of one post's readings so far, the last one now; the highest is picked


class TooShort(Exception):
    """The recording has too few readings or whole days to judge anything; the message says what it has."""


@dataclass(frozen=True)
class Pick:
    """`lead` is in hours, from the pick until the post had risen; None for a wrong pick."""

    lead: float | None


@dataclass(frozen=True)
class Judged:
    """Shares from 0 to 1, hours; each interval is the middle 95 % of resampled picks. `lead_hours` None: no hit."""

    precision: float
    precision_interval: tuple[float, float]
    recall: float
    lead_hours: float | None
    lead_interval: tuple[float, float] | None
    model_calls: int


@dataclass(frozen=True)
class Gain:
    """Difference of two policies' precision, -1 to 1."""

    precision: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class Comparison:
    """Each policy judged (`rank`, `raw_score`, `random`), and what the rank gains in precision over the raw score."""

    policies: dict[str, Judged]
    rank_over_raw_score: Gain


class Recording:
    """The readings of one listing: whole days, what was visible when, and how each post ended."""

    def __init__(self, readings: Iterable[Seen]) -> None:
        self.readings: dict[str, list[Seen]] = defaultdict(list)
        self.hours: dict[datetime, list[str]] = defaultdict(list)
        for seen in sorted(readings, key=lambda seen: (seen.observed_at, seen.id)):
            if seen.score is not None:
                self.readings[seen.id].append(seen)
                self.hours[seen.observed_at].append(seen.id)
        if not self.readings:
            raise TooShort("The recording holds no scores.")
        self._check_hourly()
        self.final = {key: max(_score(seen) for seen in found) for key, found in self.readings.items()}
        self.days = self._whole_days()

    def _check_hourly(self) -> None:
        gaps = [(later - earlier) / HOUR for earlier, later in pairwise(sorted(self.hours))]
        if not gaps or statistics.median(gaps) > LONGEST_GAP:
            raise TooShort("A backtest replays hourly readings; this recording's are further apart.")

    def _whole_days(self) -> list[datetime]:
        """Midnights (UTC) of the days whose every post could be seen until it was too old to be picked."""
        first, last = min(self.hours), max(self.hours)
        midnights = sorted({_midnight(found[0].created_at) for found in self.readings.values()})
        days = [day for day in midnights if first <= day and day + DAY + OLDEST_PICK <= last]
        if not days:
            raise TooShort(f"The recording runs from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}: no whole day.")
        return days

    def best(self, day: datetime) -> set[str]:
        made = [key for key, found in self.readings.items() if _midnight(found[0].created_at) == day]
        return set(sorted(made, key=lambda key: (-self.final[key], key))[:BEST_OF_DAY])

    def may_be_picked(self, key: str, day: datetime, now: datetime) -> bool:
        made = self.readings[key][0].created_at
        return max(day, now - OLDEST_PICK) <= made <= now and made < day + DAY

    def visible(self, key: str, now: datetime) -> list[Seen]:
        found = self.readings[key]
        return found[: bisect_right(found, now, key=lambda seen: seen.observed_at)]

    def lead(self, key: str, now: datetime) -> float:
        """Hours until the post first showed nine tenths of its final score; negative when it already had."""
        goal = RISEN * self.final[key]
        risen = next(seen.observed_at for seen in self.readings[key] if _score(seen) >= goal)
        return (risen - now) / HOUR


def by_pace(weights: pace.Weights = pace.WEIGHTS) -> Value:
    """The rank's own speed term. All posts compete on one board, so they share one usual speed."""
    return lambda seen: (pace.per_hour(seen, weights) or 0.0) * pace.promise(seen[-1], weights)


def by_score(seen: Sequence[Seen]) -> float:
    return _score(seen[-1])


def by_chance(seed: int) -> Value:
    draw = random.Random(seed)  # a lottery for comparison, nothing secret
    return lambda seen: draw.random()


def replay(recording: Recording, days: Iterable[datetime], value: Value, k: int) -> list[Pick]:
    """k picks of each day, at the same hourly pace for every policy; a pick nobody could make counts as wrong."""
    picks: list[Pick] = []
    for day in days:
        made = list(_of_day(recording, day, value, k))
        picks += made + [Pick(None)] * (k - len(made))
    return picks


def _of_day(recording: Recording, day: datetime, value: Value, k: int) -> Iterator[Pick]:
    best, taken = recording.best(day), set[str]()
    for now in sorted(hour for hour in recording.hours if day < hour <= day + LAST_HOUR * HOUR):
        due = int(k * ((now - day) / HOUR - FIRST_HOUR) / (LAST_HOUR - FIRST_HOUR))
        if due <= len(taken):
            continue
        eligible = [key for key in recording.hours[now] if key not in taken and recording.may_be_picked(key, day, now)]
        values = {key: value(recording.visible(key, now)) for key in eligible}
        for key in sorted(eligible, key=lambda key: (-values[key], key))[: due - len(taken)]:
            taken.add(key)
            yield Pick(recording.lead(key, now) if key in best else None)


def judge(picks: Sequence[Pick], days: int, calls: int) -> Judged:
    """`picks` may be of several draws of one policy; `days` and `calls` are those of one draw."""
    hits = [pick.lead for pick in picks if pick.lead is not None]
    draws = max(1, len(picks) // calls)
    resampled = list(_resampled(picks, calls))
    leads = [lead for _, lead in resampled if lead is not None]
    return Judged(
        precision=len(hits) / len(picks),
        precision_interval=_interval([precision for precision, _ in resampled]),
        recall=len(hits) / draws / (BEST_OF_DAY * days),
        lead_hours=statistics.median(hits) if hits else None,
        lead_interval=_interval(leads) if leads else None,
        model_calls=calls,
    )


def _resampled(picks: Sequence[Pick], size: int) -> Iterator[tuple[float, float | None]]:
    draw = random.Random(SEED)  # the same intervals at every run
    for _ in range(RESAMPLES):
        hits = [pick.lead for pick in draw.choices(picks, k=size) if pick.lead is not None]
        yield len(hits) / size, statistics.median(hits) if hits else None


def gain(ours: Sequence[Pick], theirs: Sequence[Pick]) -> Gain:
    """Difference in precision of two policies, pick by pick in the order of time, and its interval."""
    pairs = [(a.lead is not None) - (b.lead is not None) for a, b in zip(ours, theirs, strict=True)]
    draw = random.Random(SEED)
    means = [statistics.fmean(draw.choices(pairs, k=len(pairs))) for _ in range(RESAMPLES)]
    return Gain(statistics.fmean(pairs), _interval(means))


def _interval(values: Iterable[float]) -> tuple[float, float]:
    ordered = sorted(values)
    cut = int(len(ordered) * (1 - CERTAINTY) / 2)
    return ordered[cut], ordered[-1 - cut]


def part(days: Sequence[datetime], which: str) -> Sequence[datetime]:
    """The days to judge: `all`, the `first` half (on which weights are set) or the `second`."""
    half = len(days) // 2
    chosen: Mapping[str, Sequence[datetime]] = {"all": days, "first": days[:half], "second": days[half:]}
    if not chosen[which]:
        raise TooShort("The recording has one whole day only; judge it with --evaluate all or second.")
    return chosen[which]


def compare(recording: Recording, days: Sequence[datetime], k: int) -> Comparison:
    ranked, raw = replay(recording, days, by_pace(), k), replay(recording, days, by_score, k)
    drawn = [pick for seed in range(DRAWS) for pick in replay(recording, days, by_chance(seed), k)]
    calls = k * len(days)
    judged = {name: judge(p, len(days), calls) for name, p in (("rank", ranked), ("raw_score", raw), ("random", drawn))}
    return Comparison(judged, gain(ranked, raw))


def sweep(recording: Recording, days: Sequence[datetime], k: int) -> list[tuple[pace.Weights, Judged]]:
    """Every set of weights of the grid on these days, the most precise first, then the earliest."""
    tried = []
    for weights in (pace.Weights(*values) for values in product(*GRID)):
        picks = replay(recording, days, by_pace(weights), k)
        tried.append((weights, judge(picks, len(days), k * len(days))))
    return sorted(tried, key=lambda row: (-row[1].precision, -(row[1].lead_hours or 0.0)))


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def _score(seen: Seen) -> int:
    return seen.score or 0
