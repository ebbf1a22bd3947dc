"""Fills an empty sandbox database with a shop that has run for two years, to see whether pages stay quick."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from fulfillment.models import Order
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.housekeeping.load import seed
from stickertrendz.housekeeping.load.plan import Plan
from stickertrendz.ops.errors import Halt
from trends.models import Trend


class Command(BaseCommand):
    help = (
        "Fill an empty sandbox database with two years of a made-up shop, for measuring. No customer is real, and "
        "each sealed text serves 32 orders; pictures are named but not there. Ctrl-C leaves the database empty."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--stickers", type=int, default=100_000)
        parser.add_argument("--order-lines", type=int, default=1_000_000)
        parser.add_argument("--days", type=int, default=730, help="how long the shop has run")
        parser.add_argument("--seed", type=int, default=1, help="another one makes another shop")

    def handle(self, *args: Any, stickers: int, order_lines: int, **options: Any) -> None:
        self._refuse_what_is_in_use()
        if stickers < 300 or order_lines < stickers:
            raise CommandError("at least 300 stickers are needed, and as many order lines as stickers")
        on_sale = min(settings.MAX_ACTIVE_LISTINGS, stickers // 9)
        plan = Plan(stickers, order_lines, options["seed"], clock.now(), on_sale, options["days"])
        begun = time.monotonic()

        def told(words: str, count: int) -> None:
            self.stdout.write(f"{time.monotonic() - begun:7.1f} s  {count:>9,} {words}")

        try:
            seed.fill(plan, told)
        except Halt as wrong_database:
            raise CommandError(str(wrong_database)) from wrong_database
        except KeyboardInterrupt:
            raise CommandError("stopped; what was written is taken back") from None
        self.stdout.write(f"Done in {time.monotonic() - begun:.0f} s. manage.py createsuperuser lets you in.")

    def _refuse_what_is_in_use(self) -> None:
        if settings.LIVE:
            raise CommandError(
                "this is the live shop; made-up orders have no place in it. Set STICKERTRENDZ_MODE=sandbox and "
                "point DATABASE_URL at a new database"
            )
        found = {model: model._default_manager.count() for model in (Trend, Sticker, Order)}
        if any(found.values()):
            told = ", ".join(f"{count:,} {model._meta.verbose_name_plural}" for model, count in found.items())
            raise CommandError(
                f"this database is in use ({told}): point DATABASE_URL at a new one and run manage.py migrate first"
            )
