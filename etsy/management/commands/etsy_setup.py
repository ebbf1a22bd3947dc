"""Finds or makes what every listing refers to, and prints each with its id and what it is for."""

import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from etsy import setup
from stickertrendz.ops import stamp
from stickertrendz.ops.errors import Halt, NeedsPerson, OutsideError, Refused
from stickertrendz.ops.management import migrated


class Command(BaseCommand):
    help = "Find or make the shop's category, processing profile, return policy, shipping profile and sections."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only look, make nothing")
        parser.add_argument(
            "--postal-code", default="", help="ZIP code parcels are sent from (default ETSY_ORIGIN_POSTAL_CODE)"
        )

    def handle(self, **options: Any) -> None:
        migrated.require()
        try:
            stamp.claim()
            found = _found(options["postal_code"], options["dry_run"])
        except (NeedsPerson, OutsideError, Refused, Halt) as error:
            raise CommandError(str(error)) from error
        for one in found:
            self.stdout.write(f"{one.kind:<14} {one.name:<14} {one.etsy_id or '-':>12}  {one.how:<14} {one.purpose}")
            if one.note:
                self.stdout.write(f"{'':<14} note: {one.note}")


def _found(postal_code: str, dry_run: bool) -> list[setup.Found]:
    return setup.look() if dry_run else setup.set_up(by=getpass.getuser(), postal_code=postal_code)
