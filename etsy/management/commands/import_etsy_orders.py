"""import_etsy_orders FILE…: Etsy's downloads of sold orders and sold order items, in any order, any number of times."""

from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from etsy import sold_import
from etsy.sold_import import Plan
from stickertrendz.ops import stamp
from stickertrendz.ops.errors import Halt
from stickertrendz.ops.management import migrated

BAD_SHOWN = 50
WORDS = {
    "new": "new orders",
    "filled": "addresses filled in",
    "ended": "cancelled or refunded there, ended here",
    "unchanged": "unchanged",
    "erased": "erased on request or by age, left so",
    "waiting": "unknown here: give the file of sold order items too",
    "bad": "bad lines",
}


class Command(BaseCommand):
    help = "Take the files of sold orders and sold order items that Etsy's Shop Manager offers for download."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle(self, *args: Any, files: list[Path], dry_run: bool, **options: Any) -> None:
        migrated.require()
        self.stdout.ending = ""  # rich ends its lines itself
        console = Console(file=cast(IO[str], self.stdout), soft_wrap=True)
        try:
            stamp.claim()
            made = sold_import.plan([(file.name, file.read_bytes()) for file in files])
        except (Halt, OSError) as error:
            raise CommandError(str(error)) from error
        if not dry_run:
            made = _take(made, console)
        _tell(made, console, dry_run)
        if made.bad:
            raise CommandError("Some lines were not taken; they are listed above.")


def _take(made: Plan, console: Console) -> Plan:
    columns = (TextColumn("Taking orders"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=made.to_do)
        return sold_import.take(made, by="import_etsy_orders", progress=partial(progress.advance, task))


def _tell(made: Plan, console: Console, dry_run: bool) -> None:
    for bad in made.bad[:BAD_SHOWN]:
        order = f" (order {bad.order_id})" if bad.order_id else ""
        console.print(f"{bad.file}:{bad.line}{order}: {bad.why}", markup=False, highlight=False)
    if len(made.bad) > BAD_SHOWN:
        console.print(f"and {len(made.bad) - BAD_SHOWN} more bad lines")
    told = ", ".join(f"{number} {WORDS[name]}" for name, number in made.counts().items() if number)
    console.print(f"{'Would be' if dry_run else 'Done'}: {told or 'nothing'}", highlight=False)
    if made.to_send:
        console.print(f"{made.to_send} of the new orders are not shipped: they go to the printer or the bench.")
