"""backtest_trends FILE: how surely and how early the rank finds the posts that will end highest."""

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from trends import backtest
from trends.backtest import Gain, Judged, TooShort
from trends.rank import Seen
from trends.recordings import BadRecording, read

SWEEP_SHOWN = 12


class Command(BaseCommand):
    help = "Replay a recorded Reddit listing hour by hour and compare the rank with the raw score and with chance."

    requires_system_checks = ()  # it needs the file alone

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="hourly readings, CSV or JSON")
        parser.add_argument("--k", type=int, default=30, help="picks per day (30)")
        parser.add_argument("--evaluate", choices=("second", "first", "all"), default="second", help="days to judge")
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
        parser.add_argument("--sweep", action="store_true", help="try other weights on the chosen days instead")

    def handle(self, *args: Any, file: Path, k: int, evaluate: str, **options: Any) -> None:
        if k < 1:
            raise CommandError("--k must be at least 1.")
        self.stdout.ending = ""  # rich ends its lines itself
        console = Console(file=cast(IO[str], self.stdout), soft_wrap=True)
        with Console(stderr=True).status(f"Replaying {file.name} …"):
            recording, days = _load(file, evaluate)
            if options["sweep"]:
                console.print(_sweep_table(backtest.sweep(recording, days, k), days))
                return
            compared = backtest.compare(recording, days, k)
        if options["json"]:
            window = [at.isoformat() for at in _window(days)]
            self.stdout.write(json.dumps(asdict(compared) | {"window": window}, indent=2) + "\n")
        else:
            console.print(_table(compared.policies, days, k))
            console.print(_said(compared.rank_over_raw_score))


def _load(file: Path, evaluate: str) -> tuple[backtest.Recording, Sequence[datetime]]:
    try:
        recording = backtest.Recording(row for row in read(file) if isinstance(row, Seen))
        return recording, backtest.part(recording.days, evaluate)
    except (BadRecording, TooShort) as error:
        raise CommandError(str(error)) from error


def _window(days: Sequence[datetime]) -> list[datetime]:
    return [days[0], days[-1] + backtest.DAY]


def _table(judged: dict[str, Judged], days: Sequence[datetime], k: int) -> Table:
    start, end = _window(days)
    title = f"{k} picks a day of posts made from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"
    table = Table("policy", "precision (95 %)", "recall", "median lead (95 %)", "model calls", title=title)
    for name, found in judged.items():
        low, high = found.precision_interval
        precision = f"{found.precision:.3f} ({low:.3f}–{high:.3f})"
        table.add_row(name, precision, f"{found.recall:.3f}", _lead(found), str(found.model_calls))
    return table


def _lead(found: Judged) -> str:
    if found.lead_hours is None or found.lead_interval is None:
        return "–"
    low, high = found.lead_interval
    return f"{found.lead_hours:.1f} h ({low:.1f}–{high:.1f})"


def _said(gained: Gain) -> str:
    low, high = gained.interval
    return f"rank over raw score: {gained.precision:+.3f} in precision (95 %: {low:+.3f} to {high:+.3f})"


def _sweep_table(tried: Sequence[tuple[Any, Judged]], days: Sequence[datetime]) -> Table:
    start, end = _window(days)
    title = f"weights tried on {start:%Y-%m-%d} to {end:%Y-%m-%d}, best first"
    table = Table("recent", "youth", "talk", "precision", "median lead (95 %)", title=title)
    for weights, found in tried[:SWEEP_SHOWN]:
        row = (weights.recent, weights.youth, weights.talk, f"{found.precision:.3f}", _lead(found))
        table.add_row(*(str(cell) for cell in row))
    return table
