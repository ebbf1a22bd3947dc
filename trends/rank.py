"""Orders topics by local, visible terms, so that only the likeliest are paid for."""

import math
import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from trends import pace
from trends.normalise import stem, stems, words
from trends.vocabulary import CHARMING, DRAWABLE, KIN, OWNING, PERSON_IN_NEWS, POLITICS, SEX, TRAGEDY

VETO = -100.0
HALF_LIFE_HOURS = 24.0
SMALLEST_BASELINE = 1.0  # points per hour; a place quieter than this would make any post a burst
ENOUGH_TO_TELL = 5  # stories of one place whose middle speed means anything

_DRAWABLE = frozenset(stem(word) for word in DRAWABLE)
_CHARMING = frozenset(stem(word) for word in CHARMING)

_OFF_LIMITS = {"veto_tragedy": TRAGEDY, "veto_politics": POLITICS, "veto_sex": SEX}


@dataclass(frozen=True)
class Seen:
    """One reading of a post or search.

    `place` is a subreddit or a country, `baseline` its usual points per hour, `weight` what it counts for beside others
    (1 for most); `looks` says how often this post was met so far.
    """

    id: str
    source: str
    place: str
    text: str
    score: int | None
    comments: int | None
    created_at: datetime
    observed_at: datetime
    url: str
    baseline: float | None = None
    weight: float = 1.0
    looks: int = 1


@dataclass(frozen=True)
class Story:
    """All readings of one post or search. `per_hour` is None without scores; `pace` counts its place's usual as 1,
    times the place's weight."""

    source: str
    id: str
    place: str
    text: str
    words: tuple[str, ...]
    score: int
    looks: int
    weight: float
    observed_at: datetime
    per_hour: float | None
    pace: float


def stories(signals: Sequence[Seen]) -> list[Story]:
    """Readings put together by source and native id, in the order first seen."""
    readings: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    for signal in signals:
        readings[signal.source, signal.id].append(signal)
    speeds = {key: pace.per_hour(seen) for key, seen in readings.items()}
    usual = _usual(readings, speeds)
    return [_story(seen, speeds[key], usual) for key, seen in readings.items()]


def _story(seen: Sequence[Seen], per_hour: float | None, usual: dict[tuple[str, str], float]) -> Story:
    last = max(seen, key=lambda s: s.observed_at)
    baseline = last.baseline if last.baseline is not None else usual.get((last.source, last.place), SMALLEST_BASELINE)
    times_usual = 0.0
    if per_hour is not None:
        times_usual = last.weight * pace.promise(last) * per_hour / max(baseline, SMALLEST_BASELINE)
    score = max((s.score or 0 for s in seen), default=0)
    return Story(
        last.source,
        last.id,
        last.place,
        last.text,
        tuple(words(last.text)),
        score,
        max(last.looks, len(seen)),
        last.weight,
        last.observed_at,
        per_hour,
        times_usual,
    )


def _usual(
    readings: dict[tuple[str, str], list[Seen]], speeds: dict[tuple[str, str], float | None]
) -> dict[tuple[str, str], float]:
    """The middle speed of each place in this batch; of its whole source where the place has too few to tell."""
    by_place: dict[tuple[str, str], list[float]] = defaultdict(list)
    for key, seen in readings.items():
        speed = speeds[key]
        if speed is not None:
            by_place[seen[-1].source, seen[-1].place].append(speed)
    by_source: dict[str, list[float]] = defaultdict(list)
    for (source, _), found in by_place.items():
        by_source[source] += found
    return {
        (source, place): statistics.median(found if len(found) >= ENOUGH_TO_TELL else by_source[source])
        for (source, place), found in by_place.items()
    }


def parts(topic: str, carrying: Sequence[Story], now: datetime) -> dict[str, float]:
    """Each term of the rank by name; their sum is the rank. Only vetoes are negative."""
    terms = {
        "velocity": _velocity(carrying),
        "cross_source": 2.0 if len({story.source for story in carrying}) > 1 else 0.0,
        "spread": min(2.0, 0.75 * (len({(story.source, story.place) for story in carrying}) - 1)),
        "evidence": min(2.0, math.log2(1 + _evidence(carrying)) / 2),
        "recurrence": min(1.0, 0.25 * (max(story.looks for story in carrying) - 1)),
        "freshness": _freshness(carrying, now),
        "drawable": _drawable(topic),
        "specific": max(0.0, min(2.0, len(set(stems(topic))) - 1.0)),
    }
    terms = {name: round(value, 3) for name, value in terms.items()}
    return terms | dict.fromkeys(vetoes(topic, carrying), VETO)


def vetoes(topic: str, carrying: Sequence[Story]) -> list[str]:
    """Why nobody should wear this: judged on the topic itself, and on what most of its evidence is about."""
    found = [name for name, listed in _OFF_LIMITS.items() if not listed.isdisjoint(words(topic))]
    texts = {story.words for story in carrying}
    for name, listed in _OFF_LIMITS.items():
        if name not in found and sum(not listed.isdisjoint(text) for text in texts) * 2 >= len(texts):
            found.append(name)
    if sum(_about_private_person(text) for text in texts) * 2 >= len(texts):
        found.append("veto_private_person")
    return found


def _velocity(carrying: Sequence[Story]) -> float:
    """0 at the usual pace of its place, 1 for each doubling above, at most 4."""
    fastest = max(story.pace for story in carrying)
    return min(4.0, math.log2(fastest)) if fastest > 1 else 0.0


def _evidence(carrying: Sequence[Story]) -> float:
    """Different wordings, each counted by the weight of the heaviest place that has it."""
    weights: dict[str, float] = defaultdict(float)
    for story in carrying:
        weights[story.text] = max(weights[story.text], story.weight)
    return sum(weights.values())


def _freshness(carrying: Sequence[Story], now: datetime) -> float:
    age = max(0.0, _hours(max(story.observed_at for story in carrying), now))
    return float(0.5 ** (age / HALF_LIFE_HOURS))


def _drawable(topic: str) -> float:
    found = {stem(word) for word in words(topic)}
    return min(3.0, 2.0 * len(found & _DRAWABLE)) + min(1.0, 0.5 * len(found & _CHARMING))


def _about_private_person(text: Sequence[str]) -> bool:
    for before, word in pairwise(text):
        if before in OWNING and word in KIN:
            return True
    return not PERSON_IN_NEWS.isdisjoint(text)


def _hours(earlier: datetime, later: datetime) -> float:
    return (later - earlier).total_seconds() / 3600
