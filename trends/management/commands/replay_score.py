"""replay_score TREND_ID: asks the model again about a trend and shows the new verdict beside the old one."""

from argparse import ArgumentParser
from decimal import Decimal
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from stickertrendz import money
from stickertrendz.adapters.openai import Denied
from stickertrendz.ops.errors import Halt
from stickertrendz.ops.management import migrated
from stickertrendz.ops.models import Transcript
from stickertrendz.ops.work import Outcome, attempt
from trends.models import Replay, Trend
from trends.replay import MOST_SAMPLES, estimate, replay, replayable, wish

PARTS = ("overall", "velocity", "commercial", "safety", "uniqueness", "spread", "model", "prompt_version", "reasoning")


class Command(BaseCommand):
    help = "Ask the model again about a trend and show old and new side by side. The trend itself is not changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("trend", type=int, metavar="TREND_ID")
        parser.add_argument("--samples", type=int, default=1, help=f"answers to ask for, 1 to {MOST_SAMPLES}")
        parser.add_argument(
            "--transcript", type=int, metavar="ID", help="send this kept request word for word, not today's prompt"
        )
        parser.add_argument("--yes", action="store_true", help="do not ask before spending")

    def handle(self, *args: Any, trend: int, samples: int, transcript: int | None, yes: bool, **options: Any) -> None:
        migrated.require()
        row = Replay(trend=_trend(trend), transcript=_transcript(transcript, trend), samples=_checked(samples))
        most = _most(row)
        if not yes and not _agreed(f"{samples} answer(s) cost at most ${most}. Ask the model? [y/N] "):
            self.stdout.write("Nothing was asked.")
            return
        row = wish(row.trend, by="manage.py", transcript=row.transcript, samples=samples)
        _ask(row)
        row.refresh_from_db()
        self.stdout.ending = ""  # rich ends its lines itself
        console = Console(file=cast(IO[str], self.stdout), soft_wrap=True)
        console.print(_table(row))
        console.print(f"Samples: {', '.join(row.found['samples'])}. It cost {row.cost}; the trend is unchanged.")


def _most(row: Replay) -> Decimal:
    try:
        return money.from_micro(estimate(row))
    except Denied as denied:
        raise CommandError(str(denied)) from denied


def _agreed(question: str) -> bool:
    try:
        return input(question).strip().lower() == "y"
    except EOFError:  # nobody is there to ask
        return False


def _ask(row: Replay) -> None:
    """One attempt. What failed is taken back, or the next run would ask for what nobody waits for any more."""
    try:
        result = attempt(row, replay)
    except Halt as halt:
        row.delete()
        raise CommandError(f"There is no new score: {halt}") from halt
    if result.outcome is Outcome.TAKEN:
        raise CommandError("A run was faster and asks the model now; the trend's page will show the answer.")
    if result.outcome is not Outcome.DONE:
        row.delete()
        raise CommandError(f"There is no new score: {result.error or result.outcome}")


def _trend(key: int) -> Trend:
    found = Trend.objects.filter(pk=key).first()
    if found is None:
        raise CommandError(f"There is no trend {key}; the trend list in the console shows the numbers.")
    return found


def _transcript(key: int | None, trend: int) -> Transcript | None:
    if key is None:
        return None
    found = replayable(_trend(trend)).filter(pk=key).first()
    if found is None:
        raise CommandError(f"Transcript {key} is not one of trend {trend}, or is older than 30 days.")
    return found


def _checked(samples: int) -> int:
    if not 1 <= samples <= MOST_SAMPLES:
        raise CommandError(f"--samples takes 1 to {MOST_SAMPLES}.")
    return samples


def _table(row: Replay) -> Table:
    table = Table("", "Old", "New", title=row.trend.topic)
    for name in PARTS:
        column = name if name in ("model", "prompt_version", "reasoning") else f"score_{name}"
        old = getattr(row.trend, column)
        table.add_row(name.replace("_", " "), "–" if old is None else str(old), str(row.found[name]))
    return table
