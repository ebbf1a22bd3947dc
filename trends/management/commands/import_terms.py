"""import_terms: takes a list of terms into the blocklists, through the same function as the console's page."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stickertrendz.ops.management import migrated
from trends import term_files
from trends.models import Term

SHOWN = 20


class Command(BaseCommand):
    help = "Take a file in the form of data/*.txt into the blocklists, or what is new in the files that came with us."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE")
        parser.add_argument("--kind", choices=Term.Kind.values, help="the list that the file belongs to")
        parser.add_argument("--shipped", action="store_true", help="the files that came with this version")
        parser.add_argument("--by", default="import_terms", help="who takes them in, for the audit")
        parser.add_argument("--why", default="", help="the reason, for the audit")
        parser.add_argument("--dry-run", action="store_true", help="only tell what would be taken")

    def handle(self, *args: Any, file: Path | None, kind: str | None, shipped: bool, **options: Any) -> None:
        migrated.require()
        if shipped == bool(file) or bool(file) != bool(kind):
            raise CommandError("Say which: a FILE with --kind trademark or keyword, or --shipped.")
        for made in term_files.shipped() if shipped else [_read(file, kind)]:
            self._tell(made)
            if not options["dry_run"]:
                came = term_files.take(made, by=options["by"], why=options["why"])
                self.stdout.write(f"{made.origin}: {came} terms taken")

    def _tell(self, made: term_files.Plan) -> None:
        for bad in made.bad[:SHOWN]:
            self.stdout.write(f"{made.origin}:{bad.number}: skipped, {bad.why}")
        self.stdout.write(
            f"{made.origin}: {len(made.new)} new, {len(made.there)} there already, {len(made.otherwise)} there with "
            f"another rule, {len(made.retired)} retired, {len(made.bad)} lines skipped"
        )


def _read(file: Path | None, kind: str | None) -> term_files.Plan:
    try:
        lines = Path(str(file)).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read as a text in UTF-8: {error}") from error
    return term_files.plan(lines, str(kind), Path(str(file)).name)
