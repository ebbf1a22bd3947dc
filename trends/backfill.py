"""Takes recordings as if the sources had just said it: moved to now, kept as signals of the places they name."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from stickertrendz import clock
from trends import readings
from trends.extract import GOOGLE_TRENDS
from trends.models import Source
from trends.rank import Seen
from trends.recordings import BadRecording, BadRow, read, shift

PLACE_LENGTH = 60


@dataclass
class Recording:
    """What one file held. `broken` says why it could not be read, or not to its end."""

    path: Path
    seen: list[Seen] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    broken: str = ""


def load(path: Path, tick: Callable[[], None]) -> Recording:
    """Reads a whole file; `tick` is called once per entry."""
    found = Recording(path)
    try:
        for entry in read(path):
            tick()
            if isinstance(entry, BadRow):
                found.bad.append(entry)
            else:
                found.seen.append(entry)
    except BadRecording as broken:
        found.broken = str(broken)
    return found


def keep(seen: Iterable[Seen]) -> int:
    """Stores the last day of a recording, which becomes the day before now; returns how many readings that was."""
    return take(shift(seen, clock.now()))


def take(seen: Iterable[Seen]) -> int:
    """Stores what was read within the day before now under the places it names; returns how many readings that was."""
    since = clock.now() - readings.FRESH_FOR
    places: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    for reading in seen:
        if reading.observed_at > since:
            places[reading.source, reading.place[:PLACE_LENGTH]].append(reading)
    for (kind, place), found in places.items():
        readings.store(_source(kind, place), found)
    return sum(len(found) for found in places.values())


def _source(kind: str, place: str) -> Source:
    """The place's own source; one that nobody watches is made, but not asked."""
    kind = Source.Kind.GOOGLE if kind == GOOGLE_TRENDS else Source.Kind.REDDIT
    known = Source.objects.filter(kind=kind, place__iexact=place).first()
    return known or Source.objects.create(kind=kind, place=place, enabled=False, reason="Known from a recording only.")
