"""Finds the stored trend a topic belongs to, or makes it; two wordings of one trend become one row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nlargest
from itertools import combinations

from django.db import connection, transaction
from django.db.models import Case, F, Q, When

from stickertrendz import clock
from trends.extract import Topic
from trends.models import MergeGate, Signal, Trend, TrendKeyword
from trends.normalise import SAME_ABOVE, jaccard, same, stems

__all__ = ["Merged", "latest_like", "merge", "platforms", "same", "store_keys", "stored_keys"]

NEW_EPISODE_AFTER = timedelta(days=60)
MOST_STEMS = 8  # a topic is a few words; of a longer one the first stems count
NEWEST = 50  # like trends looked at
NEWEST_OF_KEY = (
    "SELECT trend_id FROM (SELECT trend_id FROM trends_trendkeyword WHERE key = %s "
    "ORDER BY trend_id DESC LIMIT %s) AS newest"
)


@dataclass(frozen=True)
class Merged:
    trend: Trend
    new: bool


def merge(topic: Topic, signals: Sequence[Signal]) -> Merged | None:
    """The topic's trend with this evidence added; None when it was shut before and stays so."""
    own = _stems(topic.topic)
    if not own:
        raise ValueError(f"a topic without a word cannot be found again: {topic.topic!r}")
    with transaction.atomic():
        _through_the_gate()
        known = _stored_like(own)
        if known is None or _is_quiet(known):
            return Merged(_create(topic, own, signals, episode=known.episode + 1 if known else 1), new=True)
        return None if known.is_shut else Merged(_strengthen(known, topic, signals), new=False)


def latest_like(topic: str) -> Trend | None:
    """The stored trend that says the same: one still alive or shut, else the last episode of the closest."""
    return _stored_like(_stems(topic))


def store_keys(trend: Trend) -> None:
    """Stores the rows by which topics that say the same will find this trend."""
    own = trend.topic_normalized.split()
    TrendKeyword.objects.bulk_create(TrendKeyword(trend=trend, key=key) for key in stored_keys(own))


def stored_keys(own: Sequence[str]) -> list[str]:
    """A key for every choice of a trend's sorted stems that is enough of them.

    Two sets above the limit share more than that part of either. So what they share is a key of both: an exact look-up
    by index finds it, however many trends carry each stem alone.
    """
    enough = int(SAME_ABOVE * len(own)) + 1
    return [_key(len(own), some) for size in range(enough, len(own) + 1) for some in combinations(own, size)]


def _asked_keys(own: Sequence[str]) -> list[str]:
    """The keys that trends like these stems may be stored by, whatever the number of their stems."""
    return [
        _key(size, some)
        for shared in range(1, len(own) + 1)
        for size in range(shared, MOST_STEMS + 1)
        if shared / (len(own) + size - shared) > SAME_ABOVE
        for some in combinations(own, shared)
    ]


def _key(size: int, some: Sequence[str]) -> str:
    return f"{size} {' '.join(some)}"


def _through_the_gate() -> None:
    """Until this transaction ends no other worker looks a topic up: each finds what the one before it stored."""
    if not MergeGate.objects.filter(pk=1).update(passed=F("passed") + 1):
        MergeGate.objects.get_or_create(pk=1)
        MergeGate.objects.filter(pk=1).update(passed=F("passed") + 1)


def _stems(topic: str) -> list[str]:
    """Sorted; every stem is short, so each choice of them fits into a key."""
    return sorted(list(dict.fromkeys(stems(topic)))[:MOST_STEMS])


def _stored_like(own: Sequence[str]) -> Trend | None:
    """The closest like trend that is shut or not quiet yet; of equals the shut, then the newest. Else a quiet one."""
    shut = Q(status=Trend.Status.UNSAFE) | ~Q(shut_why="")
    standing = Case(When(shut, then=2), When(last_seen_at__gt=clock.now() - NEW_EPISODE_AFTER, then=1), default=0)
    found = (
        Trend.objects.filter(pk__in=_newest_like(own))
        .annotate(standing=standing)
        .order_by()
        .values_list("standing", "topic_normalized", "pk")
    )
    wanted = set(own)
    best = max(((n > 0, jaccard(wanted, set(words.split())), n, pk) for n, words, pk in found), default=None)
    return Trend.objects.get(pk=best[-1]) if best else None


def _newest_like(own: Sequence[str]) -> list[int]:
    """The newest trends whose likeness to these stems is above the limit: more than anybody needs.

    Each key is cut on its own, from the end of its part of the index: "cat dog" may be part of thousands.
    """
    asked = _asked_keys(own)
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join([NEWEST_OF_KEY] * len(asked)), [part for key in asked for part in (key, NEWEST)]
        )
        return nlargest(NEWEST, {trend for (trend,) in cursor})


def _is_quiet(trend: Trend) -> bool:
    """So long unseen that its return is news. A shut topic never is."""
    return not trend.is_shut and trend.last_seen_at <= clock.now() - NEW_EPISODE_AFTER


def _create(topic: Topic, own: Sequence[str], signals: Sequence[Signal], episode: int) -> Trend:
    trend = Trend.objects.create(
        status=Trend.Status.FOUND, topic=topic.topic[:200], topic_normalized=" ".join(own), episode=episode,
        keywords=list(topic.keywords), sources=platforms(signals), rank=topic.rank, rank_parts=topic.parts,
        last_seen_at=_last_seen(signals),
    )  # fmt: skip
    store_keys(trend)
    trend.signals.add(*signals)
    return trend


def _strengthen(trend: Trend, topic: Topic, signals: Sequence[Signal]) -> Trend:
    changes = {
        "sources": sorted({*trend.sources, *platforms(signals)}),
        "keywords": list(dict.fromkeys([*trend.keywords, *topic.keywords])),
        "rank": topic.rank,
        "rank_parts": topic.parts,
        "last_seen_at": max(trend.last_seen_at, _last_seen(signals)),
    }
    Trend.objects.filter(pk=trend.pk).update(**changes)
    trend.signals.add(*signals)
    for name, value in changes.items():
        setattr(trend, name, value)
    return trend


def platforms(signals: Iterable[Signal]) -> list[str]:
    return sorted({signal.source.platform for signal in signals})


def _last_seen(signals: Sequence[Signal]) -> datetime:
    return max(signal.observed_at for signal in signals)
