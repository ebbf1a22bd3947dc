"""judge_blocklists: how well the blocklist files of data/ find protected names, on labelled files."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from trends import judging
from trends.judging import Share

FILES = {
    "household": (judging.household, "lines “category TAB name” everybody knows"),
    "titles": (judging.titles, "tab-separated label, names, title"),
    "terms": (judging.terms, "CSV with category and term"),
    "listing": (judging.listing, "CSV with a column title"),
}


class Command(BaseCommand):
    help = "Judge data/trademark_blocklist.txt and data/keyword_blocklist.txt on labelled files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name, (_, form) in FILES.items():
            parser.add_argument(f"--{name}", type=Path, metavar="FILE", help=form)
        parser.add_argument("--half", choices=judging.HALVES, default="", help="judge only this half of each file")
        parser.add_argument("--misses", action="store_true", help="also list the texts that were judged wrongly")
        parser.add_argument("--json", action="store_true", help="print JSON instead of tables")

    def handle(self, *args: Any, **options: Any) -> None:
        given = [(judge, options[name]) for name, (judge, _) in FILES.items() if options[name]]
        if not given:
            raise CommandError("Name at least one file: " + ", ".join(f"--{name} FILE" for name in FILES) + ".")
        try:
            ours = judging.lists(Path(settings.BASE_DIR) / "data")
            shares = [share for judge, path in given for share in judge(path, ours, options["half"])]
        except (OSError, UnicodeDecodeError, KeyError, ValueError) as fault:
            raise CommandError(f"A file could not be read: {fault}") from fault
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(shares), indent=2, ensure_ascii=False))
        else:
            self._print(shares, options["misses"])

    def _print(self, shares: list[Share], misses: bool) -> None:
        self.stdout.ending = ""  # rich ends its lines itself
        console = Console(file=cast(IO[str], self.stdout), soft_wrap=True)
        for name in dict.fromkeys(share.table for share in shares):
            console.print(_table(name, [share for share in shares if share.table == name]))
        for share in shares if misses else ():
            for text in share.missed if share.row != "all" and share.measure != judging.KEYWORD else ():
                console.print(f"{share.table}, {share.row}, {share.measure}: {text}", markup=False, highlight=False)


def _table(title: str, shares: list[Share]) -> Table:
    table = Table("row", "measure", "texts", "hit", "%", title=title)
    for share in shares:
        table.add_row(share.row, share.measure, str(share.total), str(share.hit), f"{share.percent:.1f}")
    return table


def _as_json(shares: Iterable[Share]) -> dict[str, Any]:
    """{table: {row: {measure: {"total": n, "hit": n, "percent": x}}}}"""
    out: dict[str, Any] = {}
    for share in shares:
        cell = {"total": share.total, "hit": share.hit, "percent": round(share.percent, 2)}
        out.setdefault(share.table, {}).setdefault(share.row, {})[share.measure] = cell
    return out
