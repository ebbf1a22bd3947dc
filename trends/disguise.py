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


_LOOK_ALIKES = dict(
    zip(
        "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d\u04cf\u044c\u0433\u0457"
        "\u03b1\u03b2\u03b5\u03b7\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03c9\u0131\u0142\u00f8\u0111\u0127\u0261\u026a\u0280\u029f\u0299\u0274\u029c\u1d00\u1d04\u1d05\u1d07\u1d0a\u1d0b\u1d0d\u1d0f\u1d18\u1d1b\u1d1c\u1d20\u1d21\u1d22\u0570\u057d\u0585\u04ab",
        "abekmhopctyxijshdqwlbriabeniknvoptuxwilodhgirlbnhacdejkmoptuvwzhuoc",
        strict=False,
    )
)
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
