"""Finds protected or unwanted terms in a text by whole words, whatever they are disguised as; knows no database."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from trends.brand_cues import BRAND_CUES, CUES_BY_KIND
from trends.disguise import Token, readings, tokens
from trends.vocabulary import STOP_WORDS

WORD, PHRASE, BRAND = "word", "phrase", "brand"
CONTEXTS = (WORD, PHRASE, BRAND)
CUE_DISTANCE = 4  # words between an everyday word with a capital and its cue; without one they stand side by side
GLUED_MIN = 6
ARTICLES = ("a", "an", "the")
CLOSE_WORDS, CLOSE_TEXT = 12, 20  # how many words and characters around a word tell whether its capital stands out
APART_MIN = 8
HYPHENATED_MIN = 5
SPELLED_MIN = 4
SINGLE_WORDS = frozenset("ai")  # words of one letter


@dataclass(frozen=True, slots=True)
class Term:
    """`context`: word = anywhere with every variant, phrase = exactly these words, brand = only in a brand context."""

    text: str
    kind: str
    context: str = WORD
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """`span` counts characters of the searched text; `why` is told the operator; `rule` groups hits of one manner."""

    term: str
    kind: str
    span: tuple[int, int]
    why: str
    id: int | None = None
    rule: str = field(default="", compare=False)


class Matcher:
    """An index over terms: one look-up per word of the text, however many terms there are."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._single: dict[str, tuple[Term, ...]] = {}
        self._glued: dict[str, tuple[Term, ...]] = {}
        self._phrases: dict[str, tuple[Term, ...]] = {}
        self._firsts: set[str] = set()
        self._longer: dict[str, tuple[int, ...]] = {}  # first two words to the lengths of phrases longer than that
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
        self._firsts.add(parts[0])
        pair = " ".join(parts[:2])
        lengths = self._longer.get(pair, ())
        if len(parts) > 2 and len(parts) not in lengths:
            self._longer[pair] = (*lengths, len(parts))
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
        single, glued, firsts = self._single, self._glued, self._firsts
        last = len(reading) - 1
        for i, token in enumerate(reading):
            word = token.word
            for form in _singulars(word) if word[-1] == "s" else (word,):
                if form in single:
                    yield from self._hits(text, reading, i, i, single[form], how or _inflected(form, word))
                if form in glued:
                    yield from self._hits(text, reading, i, i, glued[form], how or "written as one word")
            if i < last and word in firsts:
                yield from self._phrases_at(text, reading, i, how)
            if i < last and word + reading[i + 1].word in single:
                yield from self._written_apart(text, reading, i, how)
            if len(word) == 1 and i < last and len(reading[i + 1].word) == 1:
                yield from self._spelled(text, reading, i, how)

    def _phrases_at(self, text: str, reading: list[Token], i: int, how: str) -> Iterator[Hit]:
        pair = f"{reading[i].word} {reading[i + 1].word}"
        for length in (2, *self._longer.get(pair, ())):
            end = i + length - 1
            if end >= len(reading):
                continue
            head = " ".join([token.word for token in reading[i:end]])
            word = reading[end].word
            for form in _singulars(word) if word[-1] == "s" else (word,):
                terms = self._phrases.get(f"{head} {form}")
                if terms:
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
        """Such as "n.i.k.e": a run of single letters from where it begins; of "a n.i.k.e" also without the "a"."""
        if i and len(reading[i - 1].word) == 1:
            return
        end = i
        while end + 1 < len(reading) and len(reading[end + 1].word) == 1:
            end += 1
        for start in (i, i + 1) if reading[i].word in SINGLE_WORDS else (i,):
            spelled = "".join(token.word for token in reading[start : end + 1])
            if len(spelled) >= SPELLED_MIN:
                terms = self._single.get(spelled, ())
                yield from self._hits(text, reading, start, end, terms, how or "spelled letter by letter")

    def _hits(
        self, text: str, reading: list[Token], i: int, end: int, terms: tuple[Term, ...], how: str
    ) -> Iterator[Hit]:
        span = (reading[i].start, reading[end].end)
        for term in terms:
            if how == INFLECTED and not _may_inflect(term, text[slice(*span)]):
                continue
            context = brand_context(text, reading, i, end, term) if term.context == BRAND else ""
            if term.context != BRAND or context:
                rule = context.partition(" \u201c")[0] or how or ("word as written" if i == end else "words as written")
                yield Hit(term.text, term.kind, span, _why(term, how, context), term.id, rule)


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


def brand_context(text: str, reading: list[Token], i: int, end: int, term: Term) -> str:
    """What shows that an everyday word is meant as a brand here; empty if nothing does."""
    start, stop = reading[i].start, reading[end].end
    if text[stop : stop + 1] in ("\u00ae", "\u2122"):
        return "it carries a trademark sign"
    capital = _written_as_name(text[start:stop], term)
    if not capital and all(token.word in STOP_WORDS for token in reading[i : end + 1]):
        return ""  # "kids are always on their phones" is not about the brand Always
    cue = _cue_near(reading, i, end, term.kind, CUE_DISTANCE if capital else 1)
    if cue:
        return f"near the word \u201c{cue}\u201d"
    if not capital:
        return "after the word \u201cat\u201d" if term.kind == "brands" and _place(reading, i, end) else ""
    if len(reading) <= end - i + 2 and all(token.word in ARTICLES for token in reading[:i] + reading[end + 1 :]):
        return "it stands alone with a capital letter"
    return "a capital letter inside a sentence" if _capital_stands_out(text, reading, i, end) else ""


def _written_as_name(written: str, term: Term) -> bool:
    """With a capital as the term has it: "UP" is a shout or an abbreviation, "Ups" is not UPS, "60 Minutes" is one."""
    first = next((ch for ch in written if ch.isalpha()), "")
    return first.isupper() and (len(written) == 1 or written.isupper() == term.text.isupper())


def _cue_near(reading: list[Token], i: int, end: int, kind: str, distance: int) -> str:
    cues = CUES_BY_KIND.get(kind, frozenset()) | BRAND_CUES
    near = reading[max(0, i - distance) : i] + reading[end + 1 : end + 1 + distance]
    return next((token.word for token in near if token.word in cues), "")


def _place(reading: list[Token], i: int, end: int) -> bool:
    """Such as "bought at target": no article, and nothing behind it that it could belong to."""
    bare_end = end + 1 == len(reading) or reading[end + 1].word in STOP_WORDS
    return i > 0 and reading[i - 1].word == "at" and bare_end


def _capital_stands_out(text: str, reading: list[Token], i: int, end: int) -> bool:
    """A capital says something only inside a sentence whose other words are mostly small."""
    start = reading[i].start
    before = text[max(0, start - CLOSE_TEXT) : start].rstrip(" \"'\u201c\u2018(")
    if not before or before[-1] in ".!?:;\u2026\n":
        return False
    if _capital(text, reading, i - 1) or _capital(text, reading, end + 1):
        return False  # a piece of a longer name: "Monster Stars", "Jordan Smith"
    others = [text[t.start] for t in reading[max(0, i - CLOSE_WORDS) : i] + reading[end + 1 : end + 1 + CLOSE_WORDS]]
    return sum(ch.islower() for ch in others) * 2 > len(others)


def _capital(text: str, reading: list[Token], n: int) -> bool:
    """A word with a capital that the first word of a sentence, or "I", would not have anyway."""
    return 0 < n < len(reading) and text[reading[n].start].isupper() and reading[n].word not in STOP_WORDS


def _singulars(word: str) -> tuple[str, ...]:
    if len(word) < 4 or word[-2] == "s":
        return (word,)
    if word.endswith("ies"):
        return (word, word[:-1], word[:-3] + "y")
    if word.endswith(("ses", "xes", "zes", "ches", "shes", "oes")):
        return (word, word[:-1], word[:-2])
    return (word, word[:-1])


def _may_inflect(term: Term, written: str) -> bool:
    """A slogan stays as it is; an everyday word may be a possessive ("Target's"), but "boxes" are no brand Box."""
    return term.context == WORD or (term.context == BRAND and ("'" in written or "\u2019" in written))


def _inflected(form: str, word: str) -> str:
    return "" if form == word else INFLECTED


def _why(term: Term, how: str, context: str) -> str:
    said = "; ".join(part for part in (how, context) if part)
    return f"\u201c{term.text}\u201d ({term.kind})" + (f": {said}" if said else "")


def _append(index: dict[str, tuple[Term, ...]], key: str, term: Term) -> None:
    index[key] = (*index.get(key, ()), term)
