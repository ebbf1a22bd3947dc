"""How a source stands: good, switched off, or dead with a reason and asked less and less often."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from stickertrendz import clock
from trends.models import Source

FIRST_WAIT = timedelta(hours=2)  # one cycle; each further failure doubles it
LONGEST_WAIT = timedelta(hours=24)
EARLY = timedelta(minutes=10)  # no cycle starts on the second; a wait of two hours must not miss the next but one
NAMED = 8


def due(sources: Iterable[Source]) -> list[Source]:
    """Those not resting. When all of them rest, the one that waited longest: a deaf shop keeps listening."""
    now, every = clock.now(), list(sources)
    return [one for one in every if one.next_try_at is None or one.next_try_at <= now] or every[:1]


def answered(source: Source, mark: str, baseline: float | None) -> str:
    """Writes down a good answer; returns what to say of one that was dead, else nothing."""
    now = clock.now()
    dead_since = source.dead_since
    source.state, source.reason, source.asked_at, source.last_good_at = Source.State.GOOD, "", now, now
    source.dead_since, source.next_try_at, source.failures = None, None, 0
    source.mark, source.baseline = mark[:200], baseline
    _save(source, "last_good_at", "mark", "baseline")
    return f"{source} answers again after {in_words(now - dead_since)}." if dead_since else ""


def died(source: Source, reason: str, retry_after: float | None = None) -> bool:
    """Writes down a look that gave nothing; True when the source was not dead before."""
    now, was_dead = clock.now(), source.state == Source.State.DEAD
    source.failures = min(source.failures + 1, 99)
    wait = min(FIRST_WAIT * 2 ** min(source.failures - 1, 6), LONGEST_WAIT)
    wait = max(wait, min(timedelta(seconds=retry_after or 0), LONGEST_WAIT))
    source.state, source.reason, source.asked_at = Source.State.DEAD, reason, now
    source.dead_since = source.dead_since if was_dead and source.dead_since else now
    source.next_try_at = now + wait - EARLY
    _save(source)
    return not was_dead


def switch_off(source: Source, reason: str) -> None:
    if (source.state, source.reason) != (Source.State.OFF, reason):
        source.state, source.reason = Source.State.OFF, reason
        source.dead_since, source.next_try_at, source.failures = None, None, 0
        _save(source)


def _save(source: Source, *more: str) -> None:
    """Never `enabled` or `weight`: a person may be changing them meanwhile."""
    source.save(update_fields=["state", "reason", "asked_at", "dead_since", "failures", "next_try_at", *more])


def explain(source: Source) -> str:
    """Why a source is not good, since when, and what happens next; nothing when it is."""
    if not source.enabled:
        return "Not asked; enable it to hear from it again."
    if source.state != Source.State.DEAD:
        return source.reason
    heard = f"last good answer {_at(source.last_good_at)}" if source.last_good_at else "it never answered"
    said = [source.reason[:1].upper() + source.reason[1:]]
    said.append(f"Dead since {_at(source.dead_since)}, {heard}" if source.dead_since else heard.capitalize())
    if source.next_try_at:
        said.append(f"Next try from {_at(source.next_try_at)}")
    return ". ".join(said) + "."


def names(sources: Iterable[Source]) -> str:
    """The first few by name, so that a note stays a sentence."""
    every = [str(source) for source in sources]
    return ", ".join(every[:NAMED]) + (f" and {len(every) - NAMED} more" if len(every) > NAMED else "")


def in_words(span: timedelta) -> str:
    """A span in its largest unit: 12 min, 3 h, 5 days."""
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"


def _at(time: datetime) -> str:
    return f"{time:%d %b %H:%M} UTC"
