"""Etsy's rules for a listing's words; mending only shortens or removes, so what was moderated covers the rest."""

import re
import unicodedata
from collections.abc import Iterable

LONGEST_TITLE = 140
LONGEST_TAG = 20
TAGS = 13
FREE_SHIPPING = "free shipping"
DISCLOSURE = "AI tools"
ONCE_EACH = "%:&+"
REFUSED_IN_TITLES = "$^`"
MARKS = "™©®"
KINDS_IN_TITLES = ("L", "Nd", "P", "Sm", "Zs")
KINDS_IN_TAGS = ("L", "Nd", "Zs")


def title(text: str) -> str:
    """Without refused characters, `% : & +` once each, at most 140 characters ending with a whole word."""
    seen: set[str] = set()
    kept = "".join(char for char in _spaced(text) if _belongs_in_title(char) and not _again(char, seen))
    return shorten(_spaced(kept), LONGEST_TITLE)


def _belongs_in_title(char: str) -> bool:
    return _of_kind(char, KINDS_IN_TITLES) and char not in REFUSED_IN_TITLES


def _of_kind(char: str, kinds: tuple[str, ...]) -> bool:
    return char in MARKS or unicodedata.category(char).startswith(kinds)


def _again(char: str, seen: set[str]) -> bool:
    if char not in ONCE_EACH:
        return False
    known = char in seen
    seen.add(char)
    return known


def _spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def shorten(text: str, most: int) -> str:
    """Cut after the last whole word that fits."""
    if len(text) <= most:
        return text
    cut = text[: most + 1].rpartition(" ")[0] or text[:most]
    return cut.rstrip(" -,:&+")


def tag(text: str) -> str:
    kept = "".join(char for char in _spaced(text) if char in "-'" or _of_kind(char, KINDS_IN_TAGS))
    return shorten(_spaced(kept).lstrip("-' "), LONGEST_TAG)


def tags(given: Iterable[str]) -> list[str]:
    """At most thirteen distinct ones; "free shipping" keeps its place among them."""
    distinct = list({mended.casefold(): mended for text in given if (mended := tag(text))}.values())
    if len(distinct) > TAGS and FREE_SHIPPING in distinct[TAGS:]:
        return [*distinct[: TAGS - 1], FREE_SHIPPING]
    return distinct[:TAGS]


def description(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n").strip()


def problems(title: str, description: str, tags: list[str]) -> list[str]:
    """What mending cannot mend, each with what to do about it."""
    found: list[str] = []
    if not title:
        found.append("The title is empty: write one.")
    if len(tags) != TAGS:
        found.append(
            f"There are {len(tags)} usable tags: {TAGS} distinct ones of at most {LONGEST_TAG} characters are needed."
        )
    if FREE_SHIPPING not in tags:
        found.append(f'The tag "{FREE_SHIPPING}" is missing.')
    if DISCLOSURE.casefold() not in description.casefold():
        found.append("The description does not say that AI tools were used: Etsy demands it.")
    return found
