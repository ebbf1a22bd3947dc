"""price_plan: what the pricing engine would do now, with its effect in money; nothing is changed."""

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pricing import archive, jobs, plan
from pricing.archive import Leaving
from pricing.book import read_book
from pricing.effect import signed
from pricing.moves import Move
from pricing.plan import Plan
from stickertrendz import clock
from stickertrendz.ops import switches
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.management import migrated

ROW = "{:<12} {:<30} {:<26} {:<17} {:>6}  {:>10} {:>10}  {}"
HEADER = ("offer", "design", "tier", "price", "floor", "revenue", "profit", "why")
PATIENCE = 2  # seconds without a word


class Command(BaseCommand):
    help = "Show what the pricing engine would change now and what it brings; nothing is changed (its dry run)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        migrated.require()
        self._told = time.monotonic()
        try:
            book = read_book(clock.now())
            leaving = archive.leaving(book)  # first: its ranking is gone again before the plan needs the memory
            found = plan.make_plan(book, tick=self._progress)
        except NeedsPerson as error:
            raise CommandError(f"There is no plan: {error}") from error
        tell = self._json if options["json"] else self._table
        tell(found, leaving)

    def _progress(self, count: int) -> None:
        if time.monotonic() - self._told > PATIENCE:
            self._told = time.monotonic()
            self.stderr.write(f"{count} offers looked at …")

    def _table(self, found: Plan, leaving: list[Leaving]) -> None:
        moves = [move for move in found.moves if move.is_told]
        if moves:
            self.stdout.write(ROW.format(*HEADER))
        for move in moves:
            self.stdout.write(ROW.format(*_cells(move)).rstrip())
        for one in leaving:
            self.stdout.write(f"ST-{one.sticker_id:06d}    {one.title[:30]:<30} leaves the shelf: {one.why}")
        self.stdout.write(f"{found.offers} offers looked at, {len(found.repriced)} change their price.")
        if found.repriced:
            self.stdout.write(f"Together: {found.effect}.")
        self.stdout.write(_verdict(found, leaving))

    def _json(self, found: Plan, leaving: list[Leaving]) -> None:
        """A move a line, never all of them in memory."""
        total = found.effect
        rest = {
            "offers": found.offers,
            "archived": [{"design": f"ST-{one.sticker_id:06d}", "why": one.why} for one in leaving],
            "units_30_days": total.units,
            "revenue_30_days": str(total.revenue),
            "profit_30_days": str(total.profit),
            "halted": found.trouble(),
            "skipped": _skipped(),
        }
        self.stdout.write('{"moves": [')
        comma = ""
        for move in found.moves:
            if move.is_told:
                self.stdout.write(comma + json.dumps(_told(move)))
                comma = ","
        self.stdout.write("]," + json.dumps(rest, indent=2).removeprefix("{"))


def _cells(move: Move) -> tuple[object, ...]:
    tier = f"{move.old.tier} → {move.verdict.tier}" if move.retiers else move.verdict.tier
    price = f"${move.old.price} → ${move.new_price}" if move.reprices else f"${move.new_price}"
    gained = move.effect
    money = (signed(gained.revenue), signed(gained.profit)) if move.reprices else ("", "")
    return move.sku, move.title[:30], tier, price, f"${move.verdict.floor}", *money, move.verdict.priced.note


def _told(move: Move) -> dict[str, object]:
    return {
        "sku": move.sku,
        "title": move.title,
        "old_tier": move.old.tier,
        "new_tier": move.verdict.tier,
        "old_price": str(move.old.price),
        "new_price": str(move.new_price),
        "floor": str(move.verdict.floor),
        "reason": move.verdict.priced.note,
        "units_30_days": move.units,
        "revenue_30_days": str(move.effect.revenue),
        "profit_30_days": str(move.effect.profit),
    }


def _verdict(found: Plan, leaving: list[Leaving]) -> str:
    if trouble := found.trouble():
        return f"It would be HALTED for a person to approve: {trouble}"
    if skipped := _skipped():
        return f"It would not be applied today: {skipped}"
    if not found.repriced and not leaving:
        return "Nothing would change on Etsy."
    return "It would be applied."


def _skipped() -> str:
    switch = switches.thrown("pricing")
    return str(switch) if switch else jobs.etsy_is_short()
