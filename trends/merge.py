"""Finds the stored trend a topic belongs to, or makes it; two wordings of one trend become one row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count

from stickertrendz import clock
from stickertrendz.ops.errors import Beaten
from trends.extract import Topic
from trends.models import Signal, Source, Trend, TrendKeyword
from trends.normalise import SAME_ABOVE, stem_key, stems

NEW_EPISODE_AFTER = timedelta(days=60)
STEM_LENGTH = 60
PLATFORMS = {Source.Kind.BREAKOUT.value: Source.Kind.GOOGLE.value}  # a breakout query comes from Google Trends too


@dataclass(frozen=True)
class Merged:
    trend: Trend
    new: bool


def merge(topic: Topic, signals: Sequence[Signal]) -> Merged | None:
    """The topic's trend with this evidence added; None when it was found unsafe or shut before and stays so."""
    for _ in range(2):
        known = latest_like(topic.topic)
        if known is not None and known.is_shut:
            return None
        if known is not None and known.last_seen_at > clock.now() - NEW_EPISODE_AFTER:
            return Merged(_strengthen(known, topic, signals), new=False)
        made = _create(topic, signals, episode=known.episode + 1 if known else 1)
        if made is not None:
            return Merged(made, new=True)
    raise Beaten(f"“{topic.topic}” is being stored by another worker.")


def latest_like(topic: str) -> Trend | None:
    """The stored trend that says the same, its last episode; the closest wording when there are several."""
    exactly = Trend.objects.filter(topic_normalized=stem_key(topic)[:200]).order_by("-episode").first()
    if exactly is not None:
        return exactly
    likeness = _likeness(_stems(topic))
    found = Trend.objects.filter(pk__in=likeness)
    return max(found, key=lambda trend: (likeness[trend.pk], trend.episode, trend.pk), default=None)


def _likeness(ours: set[str]) -> dict[int, float]:
    """Jaccard similarity of every stored trend above the limit, found through the index over stems."""
    # A trend above the limit shares more than that part of our own stems.
    rows = TrendKeyword.objects.filter(stem__in=ours).values("trend").annotate(shared=Count("pk"))
    shared = dict(rows.filter(shared__gte=int(SAME_ABOVE * len(ours)) + 1).values_list("trend", "shared"))
    totals = TrendKeyword.objects.filter(trend__in=shared).values("trend").annotate(total=Count("pk"))
    likeness = {
        key: shared[key] / (len(ours) + total - shared[key]) for key, total in totals.values_list("trend", "total")
    }
    return {key: value for key, value in likeness.items() if value > SAME_ABOVE}


def _stems(topic: str) -> set[str]:
    return {stem[:STEM_LENGTH] for stem in stems(topic)}


def _create(topic: Topic, signals: Sequence[Signal], episode: int) -> Trend | None:
    """None when another worker stored it first."""
    try:
        with transaction.atomic():
            trend = Trend.objects.create(
                status=Trend.Status.FOUND, topic=topic.topic[:200], topic_normalized=stem_key(topic.topic)[:200],
                episode=episode, keywords=list(topic.keywords), sources=platforms(signals),
                rank=topic.rank, rank_parts=topic.parts, last_seen_at=_last_seen(signals),
            )  # fmt: skip
            TrendKeyword.objects.bulk_create(
                TrendKeyword(trend=trend, stem=stem) for stem in sorted(_stems(topic.topic))
            )
            trend.signals.add(*signals)
    except IntegrityError:
        return None
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
    return sorted({PLATFORMS.get(signal.source.kind, signal.source.kind) for signal in signals})


def _last_seen(signals: Sequence[Signal]) -> datetime:
    return max(signal.observed_at for signal in signals)
