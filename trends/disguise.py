"""Reads a text as a person would see it: accents, look-alike letters, digits for letters, hashtags run together."""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple


class Token(NamedTuple):
    """A word as compared, and where it stands in the text it came from."""

    word: str
    start: int
    end: int


_LOOK_ALIKES_OF = {  # Cyrillic, Greek, Armenian and small capitals, after case folding
    "a": "\u0430\u03b1\u1d00\u0251",
    "b": "\u0432\u044c\u03b2\u0299",
    "c": "\u0441\u1d04\u04ab\u03f2",
    "d": "\u0501\u0111\u1d05",
    "e": "\u0435\u03b5\u1d07",
    "f": "\u0493\ua730",
    "g": "\u0261\u0262",
    "h": "\u04bb\u043d\u0127\u029c\u0570",
    "i": "\u0456\u0457\u03b9\u0131\u026a",
    "j": "\u0458\u1d0a",
    "k": "\u043a\u03ba\u1d0b",
    "l": "\u04cf\u0142\u029f",
    "m": "\u043c\u1d0d",
    "n": "\u03b7\u0274",
    "o": "\u043e\u03bf\u00f8\u1d0f\u0585",
    "p": "\u0440\u03c1\u1d18",
    "q": "\u051b\u01eb",
    "r": "\u0433\u0280",
    "s": "\u0455\ua731",
    "t": "\u0442\u03c4\u1d1b",
    "u": "\u03c5\u1d1c\u057d",
    "v": "\u03bd\u1d20",
    "w": "\u051d\u03c9\u1d21",
    "x": "\u0445\u03c7",
    "y": "\u0443\u028f",
    "z": "\u1d22",
}
_LOOK_ALIKES = {sign: letter for letter, signs in _LOOK_ALIKES_OF.items() for sign in signs}
_WORD = re.compile(r"&|[^\W_]+(?:[&'][^\W_]+)*")
_LEET_WORD = re.compile(r"(?:[^\W_]|[@$!\u20ac|](?=[^\W_])|(?<=[^\W\d_])[$\u20ac])+")
_LEET_MARK = re.compile(r"[0134578@$!\u20ac|]")
_LEET_I = str.maketrans("0134578@$!\u20ac|", "oieastbasiel")
_LEET_L = str.maketrans("0134578@$!\u20ac|", "oleastbaslel")
_LEET_MIN = 4
_SIGNS = "\u00a9\u00ae\u2120\u2122"  # would otherwise be letters of the word before them
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_HASHTAG = re.compile(r"#(\w+)")


class _Fold(dict[str, str]):
    """Character to the letters it reads as; worked out once per character."""

    def __missing__(self, ch: str) -> str:
        letters = unicodedata.normalize("NFKC", ch).casefold() if ch not in _SIGNS else " "
        self[ch] = folded = "".join(_read_as(c) for c in letters)
        return folded


_fold = _Fold()


def readings(text: str) -> Iterator[tuple[str, list[Token]]]:
    """How the text can be read, each with a word for it: plainly, digits as letters, hashtags taken apart."""
    plain = tokens(text)
    yield "", plain
    if _LEET_MARK.search(text):
        seen = {text}
        for table in (_LEET_I, _LEET_L):
            undone = _undo_leet(text, table)
            if undone not in seen:
                seen.add(undone)
                yield "digits or signs for letters", tokens(undone)
    if "#" in text:
        apart = _hashtags_apart(text)
        if apart:
            yield "in a hashtag", apart


def tokens(text: str) -> list[Token]:
    if text.isascii():
        return _tokens(text.lower())
    letters: list[str] = []
    origin: list[int] = []
    for at, ch in enumerate(text):
        folded = _fold[ch]
        letters.append(folded)
        origin += [at] * len(folded)
    return [Token(word, origin[start], origin[end - 1] + 1) for word, start, end in _tokens("".join(letters))]


def _tokens(folded: str) -> list[Token]:
    found = []
    for match in _WORD.finditer(folded):
        word = match.group()
        if "'" in word:
            word = word.replace("'", "")
        elif word == "&":
            word = "and"
        found.append(Token(word, match.start(), match.end()))
    return found


def _undo_leet(text: str, table: dict[int, int]) -> str:
    """Same length as the text, so that places stay; numbers and very short words are left alone."""

    def undo(match: re.Match[str]) -> str:
        word = match.group()
        letters = any(ch.isalpha() for ch in word)
        return word.translate(table) if letters and len(word) >= _LEET_MIN else word

    return _LEET_WORD.sub(undo, text)


def _hashtags_apart(text: str) -> list[Token]:
    """The words of hashtags such as #BabyHippoDay, as one reading of their own."""
    found: list[Token] = []
    for tag in _HASHTAG.finditer(text):
        parts = list(_CAMEL.finditer(text, *tag.span(1)))
        if tag.group(1).isascii() and len(parts) > 1:
            found += [Token(part.group().lower(), *part.span()) for part in parts]
    return found


def _read_as(ch: str) -> str:
    code = ord(ch)
    if 0x1F150 <= code <= 0x1F169:  # letters in black circles, which NFKC leaves as they are
        return chr(code - 0x1F150 + ord("a"))
    if 0x1F170 <= code <= 0x1F189:  # letters in black squares
        return chr(code - 0x1F170 + ord("a"))
    if ch in "\u2018\u2019\u02bc\u00b4`":
        return "'"
    decomposed = unicodedata.normalize("NFD", ch)
    if unicodedata.category(ch) in ("Mn", "Me", "Cf"):
        return ""
    if len(decomposed) > 1 and decomposed[0].isascii():
        return decomposed[0]
    return _LOOK_ALIKES.get(ch, ch)
