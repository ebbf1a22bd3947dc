"""Measures the blocklist files on labelled files: what names they find and how often they hit without one."""

import csv
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from trends import matching
from trends.matching import Matcher

SENTENCE = "my friend showed me a {} sticker yesterday"
TRADEMARK, KEYWORD = "trademark", "keyword"
HALVES = ("a", "b")


@dataclass(frozen=True)
class Lists:
    """The two blocklists as matchers of their own, so that their hits can be told apart."""

    trademark: Matcher
    keyword: Matcher

    def hits(self, text: str, kind: str = TRADEMARK) -> bool:
        return bool((self.trademark if kind == TRADEMARK else self.keyword).find(text))


@dataclass(frozen=True)
class Share:
    """`hit` of `total` texts of one row of a table; `missed` are the texts that were not as they should be."""

    table: str
    row: str
    measure: str
    total: int
    hit: int
    missed: tuple[str, ...] = ()

    @property
    def percent(self) -> float:
        return 100 * self.hit / self.total if self.total else 0.0


def lists(folder: Path) -> Lists:
    """The blocklist files of a folder; FileNotFoundError or ValueError when they cannot be read."""
    return Lists(_matcher(folder / "trademark_blocklist.txt"), _matcher(folder / "keyword_blocklist.txt"))


def _matcher(path: Path) -> Matcher:
    with path.open(encoding="utf-8") as lines:
        return matching.build(matching.read_terms(lines))


def half(text: str) -> str:
    """Which half of a file a text belongs to, so that one can be learnt from and the other judged unseen."""
    return HALVES[hashlib.md5(text.encode()).digest()[-1] % 2]


def household(path: Path, ours: Lists, only: str = "") -> Iterator[Share]:
    """Lines `category TAB name`: recall of the name alone and inside a sentence."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [(row[0], row[1]) for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if len(row) > 1]
    names = [(kind, name) for kind, name in rows if only in ("", half(name))]
    yield from _by_row("household", "alone", names, ours.hits)
    yield from _by_row("household", "in a sentence", names, lambda name: ours.hits(SENTENCE.format(name)))


def titles(path: Path, ours: Lists, only: str = "") -> Iterator[Share]:
    """Tab-separated columns label (clean or protected), names, title: the share of titles each list hits."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [(row["label"], row["title"]) for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]
    told = [(label, title) for label, title in rows if only in ("", half(title))]
    yield from _by_row("titles", TRADEMARK, told, ours.hits, wrong_is_hit="clean", total=False)
    yield from _by_row("titles", KEYWORD, told, lambda title: ours.hits(title, KEYWORD), total=False)


def terms(path: Path, ours: Lists, only: str = "") -> Iterator[Share]:
    """CSV columns category and term: recall of the term alone."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [(row["category"], row["term"]) for row in csv.DictReader(lines)]
    yield from _by_row("terms", "alone", [(kind, term) for kind, term in rows if only in ("", half(term))], ours.hits)


def listing(path: Path, ours: Lists, only: str = "") -> Iterator[Share]:
    """CSV with a column title: the share of titles each list hits, and by which rule the trademark list did."""
    with path.open(encoding="utf-8", newline="") as lines:
        found = [row["title"] for row in csv.DictReader(lines)]
    rows = [title for title in found if only in ("", half(title))]
    for kind in (TRADEMARK, KEYWORD):
        yield Share("listing", "all titles", kind, len(rows), sum(ours.hits(title, kind) for title in rows))
    rules = Counter(hit.rule for title in rows for hit in ours.trademark.find(title))
    for rule, count in rules.most_common():
        yield Share("listing", "trademark hits", rule, rules.total(), count)


def _by_row(
    table: str,
    measure: str,
    rows: Iterable[tuple[str, str]],
    hits: Callable[[str], bool],
    *,
    wrong_is_hit: str = "",
    total: bool = True,
) -> Iterator[Share]:
    """One share per category and, if asked, one over all; `wrong_is_hit` names the category that should not hit."""
    texts: dict[str, list[tuple[str, bool]]] = {}
    for category, text in rows:
        texts.setdefault(category, []).append((text, hits(text)))
    if total and texts:
        texts["all"] = [pair for pairs in list(texts.values()) for pair in pairs]
    for category, pairs in texts.items():
        missed = tuple(text for text, hit in pairs if hit == (category == wrong_is_hit))
        yield Share(table, category, measure, len(pairs), sum(hit for _, hit in pairs), missed)
