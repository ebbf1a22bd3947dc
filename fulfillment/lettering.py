"""Letters of many scripts: fonts that step in for one another, how wide a text is in them, where its lines break."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FONTS = Path(__file__).resolve().parent.parent / "assets" / "fonts"
BACKUPS = ("DroidSansFallback", "NotoEmoji-Regular")
PLAIN, BOLD = ("NotoSans-Regular", *BACKUPS), ("NotoSans-Bold", *BACKUPS)
UNKNOWN = "\N{REPLACEMENT CHARACTER}"
SKIN_TONES = range(0x1F3FB, 0x1F400)
VARIATIONS = (range(0xFE00, 0xFE10), range(0xE0000, 0xE0200))
BOX = 0.6  # em: width of the box for a letter that no font has

Run = tuple[str, str]  # font, or "" for letters that none has; and the letters


@lru_cache(maxsize=8)
def _font(name: str) -> TTFont:
    font = TTFont(name, str(FONTS / f"{name}.ttf"))
    pdfmetrics.registerFont(font)
    return font


def clean(text: str) -> str:
    """One line as it can be drawn: control characters are spaces, marks without a shape of their own are gone."""
    kept = (_drawn(letter) for letter in unicodedata.normalize("NFC", text))
    return " ".join("".join(kept).split())


def _drawn(letter: str) -> str:
    category, code = unicodedata.category(letter), ord(letter)
    if category in ("Cc", "Zs", "Zl", "Zp"):
        return " "
    if category == "Cs":
        return UNKNOWN
    shapeless = category == "Cf" or code in SKIN_TONES or any(code in span for span in VARIATIONS)
    return "" if shapeless else letter


def runs(text: str, bold: bool = False) -> list[Run]:
    """The text in stretches of one font. A letter in fancy dress that no font has is taken in plain."""
    chain = BOLD if bold else PLAIN
    letters: list[Run] = []
    for letter in text:
        plain = unicodedata.normalize("NFKC", letter)
        font = _having(letter, chain)
        if not font and plain != letter and all(_having(each, chain) for each in plain):
            letters += [(_having(each, chain), each) for each in plain]
        else:
            letters.append((font, letter))
    return [(font, "".join(each for _, each in run)) for font, run in groupby(letters, key=lambda run: run[0])]


@lru_cache(maxsize=4096)
def _having(letter: str, chain: tuple[str, ...]) -> str:
    if letter == UNKNOWN:
        return ""
    return next((name for name in chain if ord(letter) in _font(name).face.charToGlyph), "")


def missing(text: str) -> str:
    """The letters of a text that no font has, each once."""
    return "".join(dict.fromkeys("".join(letters for font, letters in runs(clean(text)) if not font)))


def width(text: str, size: float, bold: bool = False) -> float:
    return sum(run_width(run, size) for run in runs(text, bold))


def run_width(run: Run, size: float) -> float:
    font, letters = run
    return float(pdfmetrics.stringWidth(letters, font, size)) if font else BOX * size * len(letters)


def wrapped(text: str, room: float, size: float, bold: bool = False) -> list[str]:
    """Lines no wider than the room, broken at spaces, and inside words only where a word is wider than a line."""
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        lines += _wrapped_line(clean(paragraph), room, size, bold)
    return lines


def _wrapped_line(text: str, room: float, size: float, bold: bool) -> list[str]:
    lines, line, used = [], "", 0.0
    space = width(" ", size, bold)
    for word in text.split(" "):
        for part in _parts(word, room, size, bold):
            wide = width(part, size, bold)
            if line and used + space + wide > room:
                lines.append(line)
                line, used = part, wide
            else:
                line, used = (f"{line} {part}", used + space + wide) if line else (part, wide)
    return [*lines, line]


def _parts(word: str, room: float, size: float, bold: bool) -> Iterable[str]:
    """The word whole, or in pieces of a line's width."""
    if width(word, size, bold) <= room:
        return [word]
    parts, part, used = [], "", 0.0
    for letter in word:
        wide = width(letter, size, bold)
        if part and used + wide > room:
            parts.append(part)
            part, used = "", 0.0
        part, used = part + letter, used + wide
    return [*parts, part]


def at_most(lines: list[str], most: int) -> list[str]:
    """The first lines, with “…” where there are more."""
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1]} …"]


def leading(size: float) -> float:
    """From one baseline to the next."""
    return size * 1.3
