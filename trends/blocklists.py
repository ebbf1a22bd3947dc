"""The blocklists in the database: what they find in a text, how terms come and go, and which topics they shut out."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Max

from stickertrendz import clock
from stickertrendz.ops import audit
from trends import matching
from trends.disguise import tokens
from trends.matching import Hit
from trends.models import BlockedTopic, Term

FILES = {Term.Kind.TRADEMARK: "trademark_blocklist.txt", Term.Kind.KEYWORD: "keyword_blocklist.txt"}
Version = tuple[int, int | None, datetime | None, datetime | None]


@dataclass(frozen=True)
class Blocklist:
    """All terms in force at one moment, ready to search."""

    matcher: matching.Matcher
    kinds: dict[int, str]

    def find(self, text: str) -> list[Hit]:
        """Every term in the text; `kind` is trademark or keyword, the section is told in `why`."""
        return [replace(hit, kind=self.kinds[hit.id]) for hit in self.matcher.find(text) if hit.id is not None]


_loaded: tuple[Version, Blocklist] | None = None


def find(text: str) -> list[Hit]:
    return current().find(text)


def current() -> Blocklist:
    """Built once per process and again whenever a term came or went; asking costs one small query."""
    global _loaded
    version = _version()
    if _loaded is None or _loaded[0] != version:
        _loaded = (version, _build())
    return _loaded[1]


def _version() -> Version:
    row = Term.objects.aggregate(n=Count("pk"), last=Max("pk"), added=Max("added_at"), retired=Max("retired_at"))
    return row["n"], row["last"], row["added"], row["retired"]


def _build() -> Blocklist:
    rows = list(Term.objects.filter(retired_at=None))
    terms = [matching.Term(row.text, row.section or row.kind, row.match, row.pk) for row in rows]
    return Blocklist(matching.build(terms), {row.pk: row.kind for row in rows})


def fold(text: str) -> str:
    """The words a term is compared by: two spellings of one term fold alike."""
    return " ".join(token.word for token in tokens(text))


def add(
    text: str, kind: str, *, by: str, why: str, match: str = Term.Match.WORD, section: str = "", origin: str = "console"
) -> Term:
    """Puts a term in force, also one that was retired; ValueError when it has no word to look for."""
    text = " ".join(text.split())
    folded = fold(text)
    if not folded:
        raise ValueError(f"“{text}” has no letters or digits to look for.")
    wanted = {"text": text, "match": match, "section": section, "origin": origin, "added_by": by, "retired_at": None}
    with transaction.atomic():
        # Also for a known term the time is new: it is what other processes see the change by.
        term, _ = Term.objects.update_or_create(kind=kind, folded=folded, defaults={**wanted, "added_at": clock.now()})
        audit.record(by, "added term", term, why, text=text, kind=kind, match=match)
    return term


def retire(term: Term, *, by: str, why: str) -> None:
    """The term no longer blocks; it stays listed with the time it went."""
    with transaction.atomic():
        changed = Term.objects.filter(pk=term.pk, retired_at=None).update(retired_at=clock.now())
        if changed:
            audit.record(by, "retired term", term, why, text=term.text)


def count_blocked(topic: str, hit: Hit) -> None:
    """Notes a topic kept out, once per day with a count, so that a wrong block is seen."""
    today, topic = clock.today(), topic[:200]
    rows = BlockedTopic.objects.filter(topic=topic, day=today)
    for _ in range(2):
        if rows.update(count=F("count") + 1):
            return
        try:
            with transaction.atomic():
                BlockedTopic.objects.create(topic=topic, day=today, term=hit.term, kind=hit.kind)
            return
        except IntegrityError:
            continue  # another worker noted it first: its row is counted up


def seed(model: Any, folder: Path) -> None:
    """Fills an empty table of terms from the files in `folder`; the first of two spellings that fold alike is kept."""
    rows: dict[tuple[str, str], Any] = {}
    for kind, name in FILES.items():
        with (folder / name).open(encoding="utf-8") as lines:
            for term in matching.read_terms(lines):
                wanted = {"text": term.text, "section": term.kind, "match": term.context, "origin": name}
                rows.setdefault((kind, fold(term.text)), model(kind=kind, folded=fold(term.text), **wanted))
    model.objects.bulk_create(rows.values(), batch_size=500)
