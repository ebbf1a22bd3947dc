"""Lists of terms in the form of data/*.txt: what of a file is new, and taking that into the blocklists."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import transaction

from stickertrendz import clock
from stickertrendz.ops import audit
from trends import blocklists, matching
from trends.models import Term

AT_ONCE = 500


@dataclass(frozen=True)
class Line:
    """A term as the file has it; `folded` is what two spellings of it share."""

    number: int
    term: matching.Term
    folded: str


@dataclass(frozen=True)
class Bad:
    number: int
    text: str
    why: str


@dataclass
class Plan:
    """What taking a file in would do: only `new` is added; what was retired by a person stays retired."""

    kind: str
    origin: str
    new: list[Line] = field(default_factory=list)
    there: list[Line] = field(default_factory=list)
    otherwise: list[Line] = field(default_factory=list)  # in force, but matched by another rule
    retired: list[Line] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)


def plan(lines: Iterable[str], kind: str, origin: str) -> Plan:
    """Changes nothing. Of two lines that fold alike the first counts."""
    made = Plan(kind, origin)
    read: dict[str, Line] = {}
    for line in parse(lines):
        if isinstance(line, Bad):
            made.bad.append(line)
        elif line.folded in read:
            made.there.append(line)
        else:
            read[line.folded] = line
    known = _known(kind) if read else {}
    for line in read.values():
        _column(made, line, known.get(line.folded)).append(line)
    return made


def parse(lines: Iterable[str]) -> Iterator[Line | Bad]:
    """Each term of the file, and each line that is none, with its number from 1."""
    section = ""
    for number, raw in enumerate(lines, 1):
        text = raw.strip().lstrip("\ufeff")
        if text.startswith("[") and text.endswith("]"):
            section = text[1:-1].strip()[:40]
            continue
        try:
            for term in matching.read_terms([f"[{section or 'none yet'}]", text]):
                yield _line(number, term, section)
        except ValueError as error:
            told = str(error).removeprefix("line 2: ")
            yield Bad(number, text[:80], told.partition(": ")[0] if told.startswith("expected") else told)


def _line(number: int, term: matching.Term, section: str) -> Line:
    if not section:
        raise ValueError("expected a [section] line above the first term")
    if "\x00" in term.text:
        raise ValueError("this is no text file")
    text, folded = blocklists.checked(term.text)
    return Line(number, matching.Term(text, section, term.context), folded)


def _known(kind: str) -> dict[str, tuple[str, bool]]:
    """Every term of the list by its folded form: its rule, and whether it is in force."""
    rows = Term.objects.filter(kind=kind).values_list("folded", "match", "retired_at")
    return {folded: (match, retired_at is None) for folded, match, retired_at in rows}


def _column(made: Plan, line: Line, known: tuple[str, bool] | None) -> list[Line]:
    if known is None:
        return made.new
    match, in_force = known
    if not in_force:
        return made.retired
    return made.there if match == line.term.context else made.otherwise


def take(made: Plan, *, by: str, why: str) -> int:
    """Adds what is new, as one change of the lists with one line in the audit; how many terms came."""
    if not made.new:
        return 0
    now = clock.now()
    with transaction.atomic():
        came = {"kind": made.kind, "origin": made.origin[:60], "added_by": by, "added_at": now,
                "revision": blocklists.next_revision()}  # fmt: skip
        # The lock of the revision is held: whatever another process added meanwhile is seen here.
        known = _known(made.kind)
        rows = [
            Term(text=each.term.text, folded=each.folded, section=each.term.kind, match=each.term.context, **came)
            for each in made.new
            if each.folded not in known
        ]
        Term.objects.bulk_create(rows, batch_size=AT_ONCE)
        first = [row.text for row in rows[:20]]
        audit.record(by, "imported terms", None, why, kind=made.kind, origin=made.origin, terms=len(rows), first=first)
    return len(rows)


def shipped() -> list[Plan]:
    """What the lists that came with this version hold and the database does not, as one plan per file."""
    return [_shipped(kind, name) for kind, name in blocklists.FILES.items()]


def _shipped(kind: str, name: str) -> Plan:
    with (Path(settings.BASE_DIR) / "data" / name).open(encoding="utf-8") as lines:
        return plan(lines, kind, name)
