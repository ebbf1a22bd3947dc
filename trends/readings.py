"""Keeps what sources saw: one row per post or search, with the reading before it, so that growth can be told."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from django.db.models import Max

from stickertrendz import clock
from trends.models import Signal, Source
from trends.rank import Seen

FRESH_FOR = timedelta(hours=24)
READINGS_APART = timedelta(minutes=30)  # nearer readings tell no growth; the older of two is kept until then
NATIVE_ID_LENGTH = 120
URL_LENGTH = 500
TEXT_LENGTH = 500
LARGEST = 2_147_483_647  # what an integer column of PostgreSQL holds
BATCH = 500
CHANGING = ["text", "score", "comments", "observed_at", "score_before", "observed_before", "looks"]


def store(source: Source, seen: Sequence[Seen]) -> None:
    """Adds or renews the signals of one source; several readings of one post are taken in the order of time."""
    by_post: dict[str, list[Seen]] = defaultdict(list)
    for reading in sorted(seen, key=lambda reading: reading.observed_at):
        by_post[native_id(reading.id)].append(reading)
    known = _known(source, list(by_post))
    rows = [_renewed(known.get(key) or _new(source, key, found[0]), found) for key, found in by_post.items()]
    Signal.objects.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, unique_fields=["source", "native_id"], update_fields=CHANGING
    )


def _known(source: Source, keys: Sequence[str]) -> dict[str, Signal]:
    found: dict[str, Signal] = {}
    for start in range(0, len(keys), BATCH):
        rows = Signal.objects.filter(source=source, native_id__in=keys[start : start + BATCH])
        found |= {row.native_id: row for row in rows}
    return found


def _new(source: Source, key: str, seen: Seen) -> Signal:
    url = seen.url if len(seen.url) <= URL_LENGTH else ""
    return Signal(
        source=source, native_id=key, text=seen.text[:TEXT_LENGTH], url=url,
        score=_storable(seen.score), comments=_storable(seen.comments),
        created_at=min(seen.created_at, seen.observed_at), observed_at=seen.observed_at,
    )  # fmt: skip


def _renewed(signal: Signal, readings: Sequence[Seen]) -> Signal:
    signal.pk = None  # rows meet by source and native id, not by key
    for seen in readings:
        if seen.observed_at > signal.observed_at:
            if seen.observed_at - signal.observed_at >= READINGS_APART:
                signal.looks += 1
                if signal.score is not None:
                    signal.score_before, signal.observed_before = signal.score, signal.observed_at
            signal.text, signal.observed_at = seen.text[:TEXT_LENGTH], seen.observed_at
            signal.score, signal.comments = _storable(seen.score), _storable(seen.comments)
    return signal


def _storable(number: int | None) -> int | None:
    """One absurd figure of a source must not cost the whole reading, nor the cycle."""
    return None if number is None else max(-LARGEST, min(number, LARGEST))


def native_id(key: str) -> str:
    """The service's id, or where there is none but the text itself, one that fits the column."""
    if len(key) <= NATIVE_ID_LENGTH:
        return key
    return f"{key[:80]}#{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def fresh() -> list[Signal]:
    """What was seen within the last day."""
    since = clock.now() - FRESH_FOR
    rows = Signal.objects.filter(observed_at__gte=since, observed_at__lte=clock.now())
    return list(rows.select_related("source").order_by("pk"))


def latest(source: Source) -> list[Seen]:
    """The readings of this source's last look."""
    rows = Signal.objects.filter(source=source)
    last = rows.aggregate(last=Max("observed_at"))["last"]
    return as_seen(rows.filter(observed_at=last).select_related("source")) if last else []


def as_seen(rows: Iterable[Signal]) -> list[Seen]:
    return [reading for row in rows for reading in _readings(row)]


def key_of(row: Signal) -> tuple[str, str]:
    """How a topic names the signals it was made from. A post seen in two places is one piece of evidence."""
    return row.source.platform, row.native_id


def _readings(row: Signal) -> list[Seen]:
    """The reading before, when there is one, and the last."""
    kind, key = key_of(row)
    last = Seen(
        id=key, source=kind, place=row.source.place, text=row.text, score=row.score, comments=row.comments,
        created_at=row.created_at, observed_at=row.observed_at, url=row.url, baseline=row.source.baseline,
        weight=row.source.weight, looks=row.looks,
    )  # fmt: skip
    if row.score_before is None or row.observed_before is None:
        return [last]
    before = replace(last, score=row.score_before, comments=None, observed_at=row.observed_before)
    return [before, last]
