"""A searched text with its hits marked, each hit with its term, and the ways in which the text was read."""

from dataclasses import dataclass

from trends import blocklists
from trends.disguise import readings
from trends.matching import Hit
from trends.models import Term

SHOWN = 1_000  # characters of a reading


@dataclass(frozen=True)
class Part:
    """A stretch of the text; kind is that of its first hit, empty where nothing hit."""

    text: str
    kind: str = ""


@dataclass(frozen=True)
class Found:
    hit: Hit
    term: Term
    words: str


@dataclass(frozen=True)
class Marked:
    parts: list[Part]
    found: list[Found]
    read_as: list[tuple[str, str]]


def marked(text: str) -> Marked:
    hits = blocklists.find(text)
    terms = Term.objects.in_bulk([hit.id for hit in hits if hit.id is not None])
    found = [Found(hit, terms[hit.id], text[slice(*hit.span)]) for hit in hits if hit.id in terms]
    return Marked(parts(text, hits), found, _read_as(text))


def parts(text: str, hits: list[Hit]) -> list[Part]:
    """The whole text in order; hits that overlap share one mark."""
    made: list[Part] = []
    at = 0
    for start, end, kind in _merged(hits):
        made += [Part(text[at:start]), Part(text[start:end], kind)]
        at = end
    return [part for part in [*made, Part(text[at:])] if part.text]


def _merged(hits: list[Hit]) -> list[tuple[int, int, str]]:
    merged: list[tuple[int, int, str]] = []
    for hit in sorted(hits, key=lambda hit: hit.span):
        start, end = hit.span
        if merged and start < merged[-1][1]:
            first, last, kind = merged[-1]
            merged[-1] = (first, max(last, end), kind)
        else:
            merged.append((start, end, hit.kind))
    return merged


def _read_as(text: str) -> list[tuple[str, str]]:
    return [(how or "plainly", " ".join(token.word for token in words)[:SHOWN] or "–") for how, words in readings(text)]
