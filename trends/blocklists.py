"""The blocklists in the database: what they find in a text, how terms come and go, and which topics they shut out."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max, QuerySet

from stickertrendz import clock
from stickertrendz.ops import audit
from trends import matching
from trends.disguise import tokens
from trends.matching import Hit
from trends.models import BlockedTopic, Term
from trends.models.terms import BlocklistRevision

FILES = {Term.Kind.TRADEMARK: "trademark_blocklist.txt", Term.Kind.KEYWORD: "keyword_blocklist.txt"}
LONGEST = 120
EVER = -1  # before the terms the shop came with, whose revision is 0
Version = tuple[int, datetime | int | None]


@dataclass(frozen=True)
class Blocklist:
    """Terms in force at one moment, ready to search."""

    matcher: matching.Matcher
    kinds: dict[int, str]

    def find(self, text: str) -> list[Hit]:
        """Every term in the text; `kind` is trademark or keyword, the section is told in `why`."""
        return [replace(hit, kind=self.kinds[hit.id]) for hit in self.matcher.find(text) if hit.id is not None]


_loaded: tuple[Version, Blocklist] | None = None


def find(text: str) -> list[Hit]:
    return current().find(text)


def current() -> Blocklist:
    """Built once per process and again whenever a term came, went or changed; asking costs one small query."""
    global _loaded
    version = _version()  # before the terms are read: a change in between is seen the next time
    if _loaded is None or _loaded[0] != version:
        _loaded = (version, build(Term.objects.filter(retired_at=None)))
    return _loaded[1]


def since(revision: int, until: int) -> Blocklist:
    """Only the terms in force that came or changed after the one revision, up to and including the other."""
    return build(Term.objects.filter(retired_at=None, revision__gt=revision, revision__lte=until))


def build(rows: QuerySet[Term]) -> Blocklist:
    kept = rows.values_list("pk", "kind", "text", "section", "match")  # half the time that twenty thousand models take
    terms = [matching.Term(text, section or kind, match, pk) for pk, kind, text, section, match in kept]
    return Blocklist(matching.build(terms), {pk: kind for pk, kind, *_ in kept})


def revision() -> int:
    """The number of the last change that is committed; 0 before the first."""
    return _version()[0]


def _version() -> Version:
    """With the time, as after a restored backup the same number may mean another list."""
    row = BlocklistRevision.objects.values_list("number", "at").first()
    return row or (0, Term.objects.aggregate(newest=Max("pk"))["newest"])


def next_revision() -> int:
    """To be called in the transaction of the change: the next one waits for its end, so numbers commit in order."""
    rows = BlocklistRevision.objects.filter(pk=1)
    if not rows.update(number=F("number") + 1, at=clock.now()):
        try:
            with transaction.atomic():
                BlocklistRevision.objects.create(pk=1)
        except IntegrityError:  # another process made the very first change just now
            rows.update(number=F("number") + 1, at=clock.now())
    return rows.get().number


def fold(text: str) -> str:
    """The words a term is compared by: two spellings of one term fold alike."""
    return " ".join(token.word for token in tokens(text))


def checked(text: str) -> tuple[str, str]:
    """The term in one line, and folded; ValueError in the operator's words when it cannot be a term."""
    text = " ".join(text.split())
    folded = fold(text)
    if not folded:
        raise ValueError(f"“{text}” has no letters or digits to look for.")
    if max(len(text), len(folded)) > LONGEST:
        raise ValueError(f"“{text[:40]}…” is longer than {LONGEST} characters.")
    return text, folded


def add(
    text: str, kind: str, *, by: str, why: str, match: str = Term.Match.WORD, section: str = "", origin: str = "console"
) -> Term:
    """Puts a term in force, also one that was retired; ValueError when it has no word to look for."""
    text, folded = checked(text)
    wanted: dict[str, Any] = {
        "text": text,
        "match": match,
        "section": section,
        "origin": origin,
        "added_by": by,
        "retired_at": None,
    }
    with transaction.atomic():
        wanted |= {"added_at": clock.now(), "revision": next_revision()}
        term, _ = Term.objects.update_or_create(kind=kind, folded=folded, defaults=wanted)
        audit.record(by, "added term", term, why, text=text, kind=kind, match=match)
    return term


def retire(term: Term, *, by: str, why: str) -> bool:
    """The term no longer blocks; it stays listed with the time it went. False when it was retired already."""
    in_force = Term.objects.filter(pk=term.pk, retired_at=None)
    return _change(in_force, term, "retired term", by, why, retired_at=clock.now())


def reinstate(term: Term, *, by: str, why: str) -> bool:
    """A retired term blocks again; False when it was in force already."""
    retired = Term.objects.filter(pk=term.pk).exclude(retired_at=None)
    return _change(retired, term, "reinstated term", by, why, retired_at=None)


def change_match(term: Term, match: str, *, by: str, why: str) -> bool:
    """How the term matches from now on; False when it does so already."""
    others = Term.objects.filter(pk=term.pk).exclude(match=match)
    return _change(others, term, "changed how a term matches", by, why, match=match)


def _change(rows: Any, term: Term, action: str, by: str, why: str, **columns: Any) -> bool:
    with transaction.atomic():
        changed = bool(rows.update(revision=next_revision(), **columns))
        if changed:
            audit.record(by, action, term, why, text=term.text, match=columns.get("match", term.match))
    return changed


def count_blocked(topic: str, hit: Hit) -> None:
    """Notes a topic kept out, once per day with a count, so that a wrong block is seen."""
    today, topic = clock.today(), topic[:200]
    rows = BlockedTopic.objects.filter(topic=topic, day=today)
    for _ in range(2):
        if rows.update(count=F("count") + 1):
            return
        try:
            with transaction.atomic():
                BlockedTopic.objects.create(topic=topic, day=today, term=hit.term, kind=hit.kind, listed_id=hit.id)
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
