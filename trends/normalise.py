"""Brings a topic to the form in which two spellings of one trend are equal."""

import re
import unicodedata
from collections.abc import Set
from functools import lru_cache

import snowballstemmer

from trends.vocabulary import STOP_WORDS

SAME_ABOVE = 0.6
LONGEST_STEM = 24  # characters; what is longer is cut, so that whatever somebody types fits into a column

_stemmer = snowballstemmer.stemmer("english")
_LATIN_MARKS = re.compile("[\u0300-\u036f]")
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc\uff07]")
_ASCII_WORD = re.compile("[a-z0-9]+")
_POSSESSIVE = re.compile("(?<=\\w)['\u2018\u2019\u02bc]s\\b")


def fold(text: str) -> str:
    """NFKC, lower case, without Latin accents: "Pokémon" and "POKEMON" come out alike."""
    if text.isascii():
        return text.lower()
    for _ in range(3):  # case folding can leave a form NFKC would change again; two rounds settle every known one
        before = text
        text = unicodedata.normalize("NFKC", text).casefold()
        text = unicodedata.normalize("NFKC", _LATIN_MARKS.sub("", unicodedata.normalize("NFD", text)))
        if text == before:
            break
    return text


def words(text: str) -> list[str]:
    """The words of a text, folded; punctuation and emoji separate, an apostrophe does not."""
    folded = _APOSTROPHES.sub("", _POSSESSIVE.sub("", fold(text)))
    if folded.isascii():
        return _ASCII_WORD.findall(folded)
    return "".join(ch if _in_word(ch) else " " for ch in folded).split()


def stems(text: str) -> tuple[str, ...]:
    """Stems in reading order without stop words; a text of nothing but stop words keeps them."""
    everything = tuple(stem(word) for word in words(text))
    return tuple(word for word in everything if word not in STOP_WORDS) or everything


def stem_key(text: str) -> str:
    """The sorted unique stems: equal for any two orderings of the same words."""
    return " ".join(sorted(set(stems(text))))


def jaccard(a: Set[object], b: Set[object]) -> float:
    """Shared part of two keyword sets, 0 to 1; two empty sets share nothing."""
    union = len(a | b)
    return len(a & b) / union if union else 0.0


def same(a: str, b: str) -> bool:
    """Whether two topics are one trend. Topics without any word are never the same."""
    stems_a, stems_b = set(stems(a)), set(stems(b))
    return bool(stems_a) and (stems_a == stems_b or jaccard(stems_a, stems_b) > SAME_ABOVE)


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Snowball, repeated until it rests: one round of it may leave a word that a second round cuts again."""
    word = word[:LONGEST_STEM]
    for _ in range(8):
        shorter = str(_stemmer.stemWord(word))
        if shorter == word:
            break
        word = shorter
    return word


def _in_word(ch: str) -> bool:
    return ch.isalnum() or (not ch.isascii() and unicodedata.category(ch)[0] == "M")
