"""reconcile: every difference between Etsy and our books, with its mend; exit code 1 when there is one."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from etsy import reconcile
from etsy.models import Difference
from stickertrendz.ops import stamp
from stickertrendz.ops.errors import Halt, OutsideError, Refused
from stickertrendz.ops.management import migrated

ASKED = (Difference.Mend.DELETE, Difference.Mend.SEND)
ROW = "{:22} {:32} {:34} {:34} {}"


class Command(BaseCommand):
    help = "Compare Etsy's listings and receipts with ours and print every difference; zero is the promise."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=reconcile.DAYS, help="receipts of so many days (default 30)")
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
        parser.add_argument("--mend", action="store_true", help="mend; asks before it deletes or overwrites")

    def handle(self, *args: Any, days: int, **options: Any) -> None:
        migrated.require()
        if days < 1:
            raise CommandError("--days must be at least 1.")
        try:
            stamp.claim()
            found = reconcile.look(days)
            if options["mend"]:
                self._mend(found)
                found = reconcile.look(days)
        except (Halt, OutsideError, Refused) as error:
            raise CommandError(f"Etsy could not be compared: {error}", returncode=2) from error
        tell = self._json if options["json"] else self._table
        tell(found)
        if number := sum(one.counts for one in found):
            raise CommandError(f"{number} difference{'s' if number > 1 else ''}", returncode=1)

    def _mend(self, found: list[Difference]) -> None:
        for one in found:
            if not one.mend or (one.mend in ASKED and not _agreed(one)):
                continue
            why = reconcile.mend(one)
            self.stderr.write(f"{one}: {'not mended, ' + why if why else 'mended'}")

    def _table(self, found: list[Difference]) -> None:
        if found:
            self.stdout.write(ROW.format("kind", "subject", "here", "on Etsy", "mend"))
        for one in found:
            mend = one.get_mend_display() if one.counts else "none needed"
            self.stdout.write(ROW.format(one.kind, one.about, one.here[:34], one.there[:34], mend))
        if not any(one.counts for one in found):
            self.stdout.write("zero differences")

    def _json(self, found: list[Difference]) -> None:
        names = ("kind", "about", "here", "there", "mend", "counts")
        self.stdout.write(json.dumps([{name: getattr(one, name) for name in names} for one in found], indent=2))


def _agreed(one: Difference) -> bool:
    """Without a terminal to ask at, nothing is deleted and nothing that others wrote is overwritten."""
    try:
        told = f"{one.kind} of {one.about} is “{one.there}” on Etsy"
        return input(f"{told}. {one.get_mend_display()}? [y/N] ").strip().lower() == "y"
    except EOFError:
        return False
