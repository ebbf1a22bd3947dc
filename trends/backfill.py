"""Takes recordings as if the sources had just said it: moved to now, kept as signals of the places they name."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from stickertrendz import clock
from trends import readings
from trends.extract import GOOGLE_TRENDS
from trends.models import Source
from trends.rank import Seen
from trends.recordings import BadRecording, BadRow, read, shift

PLACE_LENGTH = 60
ROOM = 20_000  # readings held before the older ones are dropped
BAD_ROWS_KEPT = 20


@dataclass
class Recording:
    """What one file held; with a `span`, only the readings so long before its last one are held.

    `broken` says why it could not be read, or not to its end. `bad` holds the first unreadable rows, `bad_rows` all.
    """

    path: Path
    span: timedelta | None = None
    seen: list[Seen] = field(default_factory=list)
    older: int = 0
    bad: list[BadRow] = field(default_factory=list)
    bad_rows: int = 0
    broken: str = ""
    _last: datetime | None = None
    _room: int = 0

    def add(self, entry: Seen | BadRow) -> None:
        if isinstance(entry, BadRow):
            self.bad_rows += 1
            self.bad += [entry] if len(self.bad) < BAD_ROWS_KEPT else []
            return
        self.seen.append(entry)
        self._last = max(self._last or entry.observed_at, entry.observed_at)
        if self.span and len(self.seen) > max(ROOM, self._room):
            self.forget_older()
            self._room = 2 * len(self.seen)

    def forget_older(self) -> None:
        """Drops what was read a span or more before the last reading so far."""
        if self.span is None or self._last is None:
            return
        since, before = self._last - self.span, len(self.seen)
        self.seen = [reading for reading in self.seen if reading.observed_at > since]
        self.older += before - len(self.seen)


def load(path: Path, tick: Callable[[], None], span: timedelta | None = None) -> Recording:
    """Reads a whole file; `tick` is called once per entry. With a `span`, a long file takes no more memory for it."""
    found = Recording(path, span)
    try:
        for entry in read(path):
            tick()
            found.add(entry)
    except BadRecording as broken:
        found.broken = str(broken)
    found.forget_older()
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
