"""revert_prices RUN: shows what taking a run's price changes back does, asks, and does it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pricing import revert
from pricing.revert import Restore, Reverting
from stickertrendz.ops import stamp
from stickertrendz.ops.errors import Halt, NeedsPerson
from stickertrendz.ops.management import migrated
from stickertrendz.ops.models import Run

ROW = "{:<12} {:<30} {:>8} {:>8} {:>8}  {}"


class Command(BaseCommand):
    help = "Take the price changes of a run back: each to the price before, or today's floor where that is higher."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", type=int, metavar="RUN", help="number of a run of pricing_engine, as under Runs")
        parser.add_argument("--offer", default="", metavar="SKU", help="only this one, for example ST-000012-3")
        parser.add_argument("--also-later", action="store_true", help="also what was changed again since that run")
        parser.add_argument("--why", default="", help="for the audit log")
        parser.add_argument("--dry-run", action="store_true", help="only show, change nothing")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, run: int, offer: str, also_later: bool, **options: Any) -> None:
        migrated.require()
        try:
            stamp.claim()
            found = revert.of_run(_run(run), sku=offer, also_later=also_later)
            self._show(found)
            if options["dry_run"] or not found.doing:
                return
            if not options["yes"] and not _agreed(f"Revert {len(found.doing)} prices? [y/N] "):
                self.stdout.write("Nothing was reverted.")
                return
            done = revert.revert(found, by="manage.py", why=options["why"])
        except (NeedsPerson, Halt) as error:
            raise CommandError(str(error)) from error
        self._tell(done, len(found.doing))

    def _show(self, found: Reverting) -> None:
        self.stdout.write(ROW.format("offer", "design", "now", "before", "back to", ""))
        for one in found.restores:
            self.stdout.write(ROW.format(*_cells(one)).rstrip())
        self.stdout.write(f"{len(found.doing)} of {len(found.restores)} prices go back.")
        if found.doing:
            self.stdout.write(f"Together: {found.effect}.")

    def _tell(self, done: int, asked: int) -> None:
        self.stdout.write(
            f"{done} prices went back; push_changes sends them to Etsy. Each stays until you release its override."
        )
        if done < asked:
            self.stdout.write(f"{asked - done} were changed meanwhile and left; run this again to look at them.")


def _cells(one: Restore) -> tuple[str, ...]:
    before = f"${one.before}" if one.before is not None else "–"
    back_to, note = (f"${one.back_to}", "") if not one.skipped else ("", one.skipped)
    if not note and one.before is not None and one.before < one.move.verdict.floor:
        note = f"today's floor of ${one.move.verdict.floor} is higher"
    return one.move.sku, one.move.title[:30], f"${one.move.old.price}", before, back_to, note


def _run(number: int) -> Run:
    found = Run.objects.filter(pk=number).first()
    if found is None:
        raise NeedsPerson(f"There is no run {number}; Runs in the console lists them with their numbers.")
    return found


def _agreed(question: str) -> bool:
    """Without a terminal to ask at, nothing is reverted."""
    try:
        return input(question).strip().lower() == "y"
    except EOFError:
        return False
