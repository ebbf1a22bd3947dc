"""Recordings in place of the sandbox's invented world: what they read arrives through the day, as from live sources."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from rich.console import Console

from stickertrendz import clock
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.sandbox.trends_world import TrendsWorld
from trends import backfill
from trends.extract import Seen
from trends.recordings import BadRecording, shift

from .virtual_life import BUSY_DAY, Event, VirtualLife

BAD_ROWS_SHOWN = 5
LOOK = "trend_monitor"
LAST_LOOK = 23.75  # hours; late enough to be now, and what it finds is still drawn and published before the day ends
RECORDED_DAY = (*BUSY_DAY, Event(LAST_LOOK, LOOK))


class Feed:
    """The readings of some files; each is handed over once its time has come."""

    def __init__(self, files: Sequence[Path], console: Console) -> None:
        self._recordings = [backfill.load(file, lambda: None) for file in files]
        self._waiting: list[Seen] = []
        for recording in self._recordings:
            _tell(recording, console)
        if not any(recording.seen for recording in self._recordings):
            raise BadRecording("Nothing could be taken from these files.")

    def replace_world(self, sandbox: Sandbox, last_reading: datetime) -> None:
        """Nothing invented is talked about any more, and each recording's last reading falls on that moment."""
        for world in sandbox.worlds.values():
            if isinstance(world, TrendsWorld):
                world.play([], [])
        moved = [shift(recording.seen, last_reading) for recording in self._recordings]
        self._waiting = [reading for readings in moved for reading in readings]

    def arrive(self) -> None:
        """Stores what was read until now, on the path that backfill_trends and the live sources take."""
        now = clock.now()
        backfill.take(reading for reading in self._waiting if reading.observed_at <= now)
        self._waiting = [reading for reading in self._waiting if reading.observed_at > now]


class RecordedLife(VirtualLife):
    """A life in which every look at what people talk about finds what the recordings read until then."""

    def __init__(self, life: VirtualLife, feed: Feed) -> None:
        super().__init__(life.sandbox, life.traveller, life.tell)
        self.feed = feed

    def happen(self, name: str) -> None:
        if name == LOOK:
            self.feed.arrive()
        super().happen(name)


def _tell(recording: backfill.Recording, console: Console) -> None:
    name, bad = recording.path.name, recording.bad
    skipped = f", {recording.bad_rows} bad ones skipped" if bad else ""
    console.print(f"Recording {name}: {len(recording.seen)} readings{skipped}", markup=False)
    for row in bad[:BAD_ROWS_SHOWN]:
        console.print(f"  line {row.line}: {row.reason}", markup=False)
    if recording.broken:
        console.print(f"  {recording.broken}", markup=False)
