"""etsy_rehearse: test drafts in the real shop, read back, compared and deleted; nothing goes on sale without --pay."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from etsy import rehearse
from etsy.rehearse import Result
from etsy.room import LISTING_FEE
from stickertrendz.ops import stamp
from stickertrendz.ops.errors import Halt, NeedsPerson, OutsideError, Refused
from stickertrendz.ops.management import migrated

MOST = 50
ROW = "{:<26} {:>12} {:>8} {:>6}  {}"


class Command(BaseCommand):
    help = "Make test drafts in the shop with the publisher's own calls, compare what Etsy shows, delete them again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--count", type=int, default=10, help=f"how many drafts, 1 to {MOST} (default 10)")
        parser.add_argument(
            "--pay",
            action="store_true",
            help=f"put one on sale for a moment: costs Etsy's fee of ${LISTING_FEE}; asks first",
        )

    def handle(self, *args: Any, count: int, pay: bool, **options: Any) -> None:
        migrated.require()
        if not 1 <= count <= MOST:
            raise CommandError(f"--count must be from 1 to {MOST}.")
        if pay and not _agreed():
            raise CommandError("Not agreed: nothing was done.")
        try:
            stamp.claim()
            if gone := rehearse.clean(self.stdout.write):
                self.stdout.write(f"{gone} left over from earlier rehearsals: deleted.")
            results = self._rehearse(count, pay)
        except (Halt, OutsideError, Refused, NeedsPerson) as error:
            raise CommandError(f"The rehearsal ended early: {error} Run it again: it deletes what was left.") from error
        self._sum_up(results)

    def _rehearse(self, count: int, pay: bool) -> list[Result]:
        results = []
        self.stdout.write(ROW.format("draft", "listing", "seconds", "calls", "result"))
        for one in rehearse.rehearse(count, pay=pay):
            results.append(one)
            words = "as sent" if not one.differences else f"{len(one.differences)} differences"
            words += ", deleted" if one.deleted else ", NOT deleted yet: run this again in a few minutes"
            self.stdout.write(ROW.format(one.key, one.etsy_id or "-", f"{one.seconds:.1f}", one.calls, words))
            for difference in one.differences:
                self.stdout.write(f"    {difference}")
        return results

    def _sum_up(self, results: list[Result]) -> None:
        good = sum(not one.differences and one.deleted for one in results)
        seconds, calls = sum(one.seconds for one in results), sum(one.calls for one in results)
        self.stdout.write(f"{good} of {len(results)} as sent and deleted; {seconds:.0f} seconds, {calls} calls.")
        if good < len(results):
            raise CommandError("The rehearsal found something to mend.", returncode=1)


def _agreed() -> bool:
    """Without a terminal to ask at, nothing is paid for."""
    words = f"One test listing will be on sale for a few seconds. Etsy charges ${LISTING_FEE} for that. Go on? [y/N] "
    try:
        return input(words).strip().lower() == "y"
    except EOFError:
        return False
