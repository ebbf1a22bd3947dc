"""etsy_preflight: what publishing stands on, checked one by one; exit code 1 when something blocks it."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from etsy import preflight
from stickertrendz.ops import stamp
from stickertrendz.ops.errors import Halt
from stickertrendz.ops.management import migrated


class Command(BaseCommand):
    help = f"Check everything publishing to Etsy needs and say what to do: {preflight.calls()} calls, changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        migrated.require()
        try:
            stamp.claim()
        except Halt as error:
            raise CommandError(str(error)) from error
        found = preflight.run()
        if options["json"]:
            self.stdout.write(json.dumps([asdict(one) for one in found], indent=2))
        else:
            self._table(found)
        if preflight.blocks(found):
            raise CommandError("Publishing is blocked.", returncode=1)

    def _table(self, found: list[preflight.Finding]) -> None:
        for one in found:
            self.stdout.write(f"{one.level:<8} {one.check:<20} {one.says}")
            if one.do:
                self.stdout.write(f"{'':<8} {'':<20} -> {one.do}")
