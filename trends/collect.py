"""Asks every enabled source what is going on; each may fail alone, and what was seen is kept as signals."""

import logging
import statistics
from collections.abc import Callable, Sequence

from django.db.models import F

from stickertrendz import clock
from stickertrendz.ops import alerts
from stickertrendz.ops.errors import Halt, OutsideError, Refused
from stickertrendz.ops.runner import Running
from stickertrendz.ops.subjects import subject_of
from trends import rank, readings
from trends.adapters import google_trends, reddit
from trends.models import Source
from trends.rank import Seen

logger = logging.getLogger(__name__)
# After one of these answers the other places of the same service would get the same.
MEANT_FOR_ALL = (401, 429)
BASELINE_MEMORY = 0.8  # share of the old baseline that stays at each reading


def _reddit(source: Source) -> list[Seen]:
    return reddit.rising(source.place)


def _google(source: Source) -> list[Seen]:
    answer = google_trends.trending(source.place, source.etag)
    source.etag = answer.etag
    return answer.seen


def _breakouts(source: Source) -> list[Seen]:
    return google_trends.breakouts(source.place)


READERS: dict[str, Callable[[Source], list[Seen]]] = {
    Source.Kind.REDDIT: _reddit,
    Source.Kind.GOOGLE: _google,
    Source.Kind.BREAKOUT: _breakouts,
}


def collect(run: Running) -> None:
    """Reads all enabled sources; one asked often enough already keeps its state. Halt when all of them are dead.

    Whoever waited longest is asked first, so that those the time box left out have their turn in the next run.
    """
    sources = list(Source.objects.filter(enabled=True).order_by(F("asked_at").asc(nulls_first=True), "kind", "place"))
    if not sources:
        run.note("No source is enabled.")
        return
    refusing: dict[str, OutsideError] = {}
    for position, source in enumerate(sources):
        if run.out_of_time():
            run.note(f"{len(sources) - position} sources were not asked: the time of this run was up.")
            break
        run.beat()
        _ask(source, refusing, run)
    if all(source.state == Source.State.DEAD for source in sources):
        raise _all_dead(sources)


def _ask(source: Source, refusing: dict[str, OutsideError], run: Running) -> None:
    try:
        seen = _read(source, refusing)
    except OutsideError as error:
        _mark_dead(source, error.message, run)
    except Refused as refused:
        if refused.service:  # its breaker is open
            _mark_dead(source, refused.why, run)
        else:
            run.note(f"{source} was not asked: {refused.why}")
    else:
        _keep(source, seen)
        run.count("sources_read")
        run.count("signals_seen", len(seen))


def _read(source: Source, refusing: dict[str, OutsideError]) -> list[Seen]:
    if source.kind in refusing:
        raise refusing[source.kind]
    try:
        return READERS[source.kind](source)
    except OutsideError as error:
        if error.status in MEANT_FOR_ALL:
            refusing[source.kind] = error
        raise


def _keep(source: Source, seen: Sequence[Seen]) -> None:
    readings.store(source, seen)
    now = clock.now()
    source.state, source.reason, source.asked_at, source.last_good_at = Source.State.GOOD, "", now, now
    source.baseline = _baseline(source)
    source.save(update_fields=["state", "reason", "asked_at", "last_good_at", "baseline", "etag"])


def _baseline(source: Source) -> float | None:
    """The usual speed of this place: the middle of what was just seen, leaning on what was known before."""
    speeds = [story.per_hour for story in rank.stories(readings.latest(source)) if story.per_hour is not None]
    if not speeds:
        return source.baseline
    now = statistics.median(speeds)
    return now if source.baseline is None else BASELINE_MEMORY * source.baseline + (1 - BASELINE_MEMORY) * now


def _mark_dead(source: Source, reason: str, run: Running) -> None:
    """A dead source is a calm state: told aloud when it dies, on the run's page while it stays dead."""
    run.note(f"{source} gave nothing: {reason}")
    if source.state != Source.State.DEAD:
        logger.warning(
            "%s gave nothing: %s", source, reason,
            extra={"step": "trend_fetch", "service": source.kind, "subject": subject_of(source)},
        )  # fmt: skip
    source.state, source.reason, source.asked_at = Source.State.DEAD, reason, clock.now()
    source.save(update_fields=["state", "reason", "asked_at"])


def _all_dead(sources: Sequence[Source]) -> Halt:
    reasons = "\n".join(f"{source}: {source.reason}" for source in sources)
    alerts.alert("trends:all-dead", "No trend source answers", f"The trend monitor found nobody to ask.\n\n{reasons}")
    return Halt(f"No trend source answered. {sources[0]}: {sources[0].reason}")
