"""Finds or makes what every listing refers to, and prints each with its id."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from etsy import setup
from stickertrendz.ops import stamp
from stickertrendz.ops.errors import Halt, NeedsPerson, OutsideError, Refused

SANDBOX_POSTAL_CODE = "10001"


class Command(BaseCommand):
    help = "Find or make the shop's category, processing profile, return policy, shipping profile and sections."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only look, make nothing")
        parser.add_argument(
            "--postal-code", default="", help="ZIP code parcels are sent from, for a new shipping profile"
        )

    def handle(self, **options: Any) -> None:
        postal_code = options["postal_code"] or ("" if settings.LIVE else SANDBOX_POSTAL_CODE)
        try:
            stamp.claim()
            found = setup.set_up(postal_code=postal_code, dry_run=options["dry_run"])
        except (NeedsPerson, OutsideError, Refused, Halt) as error:
            raise CommandError(str(error)) from error
        for one in found:
            how = "made" if one.made else "found" if one.etsy_id else "would be made"
            self.stdout.write(f"{one.kind:<14} {one.name:<22} {one.etsy_id or '-':>14}  {how}")
