"""backfill_trends FILE…: recordings of Reddit and Google Trends through the same path as live sources."""

from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from stickertrendz import clock
from stickertrendz.ops.management import migrated
from stickertrendz.ops.models import Run
from stickertrendz.ops.runner import run_job
from trends.backfill import Recording, keep, load
from trends.models import Trend
from trends.readings import FRESH_FOR

JOB = "trend_evaluation"


class Command(BaseCommand):
    help = "Take recorded Reddit listings (JSON, CSV) and Google trending feeds (RSS) as if they had just been seen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        migrated.require()
        self.stdout.ending = ""  # rich ends its lines itself
        console = Console(file=cast(IO[str], self.stdout), soft_wrap=True)
        started = clock.now()
        recordings = _read_all(files, console)
        with console.status("Keeping what was seen"):
            for recording in recordings:
                _tell(recording, console)
        if not any(recording.seen for recording in recordings):
            raise CommandError("Nothing could be taken from these files.")
        with console.status("Finding trends in it and scoring them"):
            code, _ = run_job(JOB, by="backfill_trends")
        run = Run.objects.filter(workflow=JOB).latest("pk")
        console.print(f"{JOB}: {run.status}, " + ", ".join(f"{name} {number}" for name, number in run.counts.items()))
        if run.note:
            console.print(run.note, markup=False)
        scored = Trend.objects.filter(scored_at__gte=started).order_by("-score_overall")
        if scored:
            console.print(_table(scored))
        if code:
            raise CommandError(f"{JOB} failed; the error list says why.", returncode=code)


def _read_all(files: list[Path], console: Console) -> list[Recording]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        return [_read_one(path, progress) for path in files]


def _read_one(path: Path, progress: Progress) -> Recording:
    task = progress.add_task(path.name, total=_entries(path))
    recording = load(path, lambda: progress.advance(task), FRESH_FOR)
    progress.update(task, total=len(recording.seen) + recording.older + recording.bad_rows)
    return recording


def _entries(path: Path) -> int | None:
    """Lines of a CSV file, for the bar's length; unknown for the other forms."""
    if path.suffix.lower() != ".csv" or not path.is_file():
        return None
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))


def _tell(recording: Recording, console: Console) -> None:
    name = recording.path.name
    for row in recording.bad:
        console.print(f"{name}:{row.line}: skipped, {row.reason}", markup=False)
    if recording.bad_rows > len(recording.bad):
        console.print(f"{name}: {recording.bad_rows - len(recording.bad)} more rows skipped", markup=False)
    if recording.broken:
        console.print(recording.broken, markup=False)
        if not recording.seen:
            return
    taken = keep(recording.seen)
    words = f"{name}: {taken} readings of its last day taken, {recording.older} older ones left out"
    console.print(words, markup=False)


def _table(trends: Any) -> Table:
    table = Table("Topic", "Status", "Overall", "Safety", "Evidence", "Why")
    for trend in trends:
        evidence = str(trend.signals.count())
        table.add_row(
            trend.topic, trend.status, str(trend.score_overall), str(trend.score_safety), evidence, trend.reasoning
        )
    return table
