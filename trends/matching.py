"""Finds protected or unwanted terms in a text by whole words, whatever they are disguised as; knows no database."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trends.disguise import Token, readings, tokens
from trends.vocabulary import BRAND_CUES, CUES_BY_KIND, STOP_WORDS

WORD, PHRASE, BRAND = "word", "phrase", "brand"
CONTEXTS = (WORD, PHRASE, BRAND)
CUE_DISTANCE = 4  # words between a brand that is an everyday word and the cue that shows it is meant as a brand
GLUED_MIN = 6
APART_MIN = 8
HYPHENATED_MIN = 5
SPELLED_MIN = 4


@dataclass(frozen=True, slots=True)
class Term:
    """`context`: word = anywhere with every variant, phrase = exactly these words, brand = only in a brand context."""

    text: str
    kind: str
    context: str = WORD
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """`span` counts characters of the searched text; `why` is a sentence for the operator."""

    term: str
    kind: str
    span: tuple[int, int]
    why: str
    id: int | None = None


class Matcher:
    """An index over terms: one look-up per word of the text, however many terms there are."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._single: dict[str, tuple[Term, ...]] = {}
        self._glued: dict[str, tuple[Term, ...]] = {}
        self._phrases: dict[str, tuple[Term, ...]] = {}
        self._lengths: dict[str, tuple[int, ...]] = {}
        for term in terms:
            self._add(term)

    def _add(self, term: Term) -> None:
        parts = [token.word for token in tokens(term.text)]
        if not parts:
            return
        if len(parts) == 1:
            _append(self._single, parts[0], term)
            return
        _append(self._phrases, " ".join(parts), term)
        lengths = self._lengths.get(parts[0], ())
        if len(parts) not in lengths:
            self._lengths[parts[0]] = (*lengths, len(parts))
        glued = "".join(parts)
        if len(glued) >= GLUED_MIN and term.context != BRAND:
            _append(self._glued, glued, term)

    def find(self, text: str) -> list[Hit]:
        """Every term in the text, in reading order, each place once."""
        hits: dict[tuple[str, str, tuple[int, int]], Hit] = {}
        for how, reading in readings(text):
            for hit in self._scan(text, reading, how):
                hits.setdefault((hit.term, hit.kind, hit.span), hit)
        return sorted(hits.values(), key=lambda hit: hit.span)

    def _scan(self, text: str, reading: list[Token], how: str) -> Iterator[Hit]:
        single, glued, lengths = self._single, self._glued, self._lengths
        last = len(reading) - 1
        for i, token in enumerate(reading):
            word = token.word
            for form in _singulars(word) if word[-1] == "s" else (word,):
                if form in single:
                    yield from self._hits(text, reading, i, i, single[form], how or _inflected(form, word))
                if form in glued:
                    yield from self._hits(text, reading, i, i, glued[form], how or "written as one word")
            if word in lengths:
                yield from self._phrases_at(text, reading, i, how)
            if i < last and word + reading[i + 1].word in single:
                yield from self._written_apart(text, reading, i, how)
            if len(word) == 1 and i < last and len(reading[i + 1].word) == 1:
                yield from self._spelled(text, reading, i, how)

    def _phrases_at(self, text: str, reading: list[Token], i: int, how: str) -> Iterator[Hit]:
        for length in self._lengths[reading[i].word]:
            end = i + length - 1
            if end >= len(reading):
                continue
            head = " ".join([token.word for token in reading[i:end]])
            word = reading[end].word
            for form in _singulars(word) if word[-1] == "s" else (word,):
                terms = self._phrases.get(f"{head} {form}", ())
                yield from self._hits(text, reading, i, end, terms, how or _inflected(form, word))

    def _written_apart(self, text: str, reading: list[Token], i: int, how: str) -> Iterator[Hit]:
        """Such as "face book": only long words and no stop words, or "the rapist" would be a "therapist"."""
        left, right = reading[i], reading[i + 1]
        glued = left.word + right.word
        joined = text[left.end : right.start] in ("", "-", "\u2010", "\u2011", "\u2013")
        plain = left.word not in STOP_WORDS and right.word not in STOP_WORDS
        if (joined and len(glued) >= HYPHENATED_MIN) or (plain and len(glued) >= APART_MIN):
            yield from self._hits(text, reading, i, i + 1, self._single[glued], how or "written apart")

    def _spelled(self, text: str, reading: list[Token], i: int, how: str) -> Iterator[Hit]:
        """Such as "n.i.k.e": a run of single letters, read from where it begins."""
        if i and len(reading[i - 1].word) == 1:
            return
        end = i
        while end + 1 < len(reading) and len(reading[end + 1].word) == 1:
            end += 1
        spelled = "".join(token.word for token in reading[i : end + 1])
        if len(spelled) >= SPELLED_MIN:
            terms = self._single.get(spelled, ())
            yield from self._hits(text, reading, i, end, terms, how or "spelled letter by letter")

    def _hits(
        self, text: str, reading: list[Token], i: int, end: int, terms: tuple[Term, ...], how: str
    ) -> Iterator[Hit]:
        span = (reading[i].start, reading[end].end)
        for term in terms:
            if term.context == PHRASE and how == INFLECTED:
                continue
            context = brand_context(text, reading, i, end, term.kind) if term.context == BRAND else ""
            if term.context != BRAND or context:
                yield Hit(term.text, term.kind, span, _why(term, how, context), term.id)


def build(terms: Iterable[Term]) -> Matcher:
    return Matcher(terms)


def read_terms(lines: Iterable[str]) -> Iterator[Term]:
    """Terms of a blocklist file: `[section]` headers, one term per line, ` | brand` or ` | phrase` behind it."""
    kind = ""
    for number, raw in enumerate(lines, 1):
        line = raw.split("#", 1)[0].strip() if raw.lstrip().startswith("#") else raw.strip()
        if not line:
            continue
        if line.startswith("[") and line.endswith("]"):
            kind = line[1:-1].strip()
            continue
        text, _, context = (part.strip() for part in line.partition(" | "))
        if not kind or not text or (context or WORD) not in CONTEXTS:
            raise ValueError(f"line {number}: expected a term below a [section], with | brand or | phrase: {line!r}")
        yield Term(text, kind, context or WORD)


INFLECTED = "as plural or possessive"


def brand_context(text: str, reading: list[Token], i: int, end: int, kind: str) -> str:
    """What shows that an everyday word is meant as a brand here; empty if nothing does."""
    start, stop = reading[i].start, reading[end].end
    if text[stop : stop + 1] in ("\u00ae", "\u2122"):
        return "it carries a trademark sign"
    cues = CUES_BY_KIND.get(kind, frozenset()) | BRAND_CUES
    for token in reading[max(0, i - CUE_DISTANCE) : i] + reading[end + 1 : end + 1 + CUE_DISTANCE]:
        if token.word in cues:
            return f"near \u201c{token.word}\u201d"
    if not text[start:stop][:1].isupper():
        return "after \u201cat\u201d" if _place(reading, i, end) else ""
    if len(reading) == end - i + 1:
        return "it stands alone with a capital letter"
    return "a capital letter inside a sentence" if _capital_stands_out(text, reading, i, end) else ""


def _place(reading: list[Token], i: int, end: int) -> bool:
    """Such as "bought at target": no article, and nothing behind it that it could belong to."""
    bare_end = end + 1 == len(reading) or reading[end + 1].word in STOP_WORDS
    return i > 0 and reading[i - 1].word == "at" and bare_end


def _capital_stands_out(text: str, reading: list[Token], i: int, end: int) -> bool:
    """A capital says something only inside a sentence whose other words are mostly small."""
    before = text[: reading[i].start].rstrip(" \"'\u201c\u2018(")
    if not before or before[-1] in ".!?:;\u2026\n":
        return False
    others = [text[t.start] for n, t in enumerate(reading) if n < i or n > end]
    return sum(ch.islower() for ch in others) * 2 > len(others)


def _singulars(word: str) -> tuple[str, ...]:
    if len(word) < 4 or word[-2] == "s":
        return (word,)
    if word.endswith("ies"):
        return (word, word[:-1], word[:-3] + "y")
    if word.endswith("es"):
        return (word, word[:-1], word[:-2])
    return (word, word[:-1])


def _inflected(form: str, word: str) -> str:
    return "" if form == word else INFLECTED


def _why(term: Term, how: str, context: str) -> str:
    said = "; ".join(part for part in (how, context) if part)
    return f"\u201c{term.text}\u201d ({term.kind})" + (f": {said}" if said else "")


def _append(index: dict[str, tuple[Term, ...]], key: str, term: Term) -> None:
    index[key] = (*index.get(key, ()), term)
