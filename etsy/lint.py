"""Etsy's rules for what a listing carries; mending words only shortens or removes, so what was moderated covers it."""

import io
import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from PIL import Image, UnidentifiedImageError

from stickertrendz.ops.errors import NeedsPerson

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
KINDS_NOWHERE = ("Cc", "Cs")  # control characters and halves of surrogate pairs
LONGEST_SKU, LONGEST_SECTION = 32, 24
LEAST_PRICE, MOST_PRICE = Decimal("0.20"), Decimal("50000.00")
MOST_QUANTITY = 999
PICTURES, LARGEST_PICTURE, LEAST_PIXELS = 20, 1_000_000, 2000  # bytes; pixels on the longer side


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
    """Composed letters (an accent of its own is refused), and single spaces between words."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


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
    """Without control characters; lines end as Etsy gives them back."""
    lines = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in lines if char in "\n\t" or unicodedata.category(char) not in KINDS_NOWHERE).strip()


def value(text: str) -> str:
    """What a buyer chooses, without parentheses: Etsy refuses them there."""
    return _spaced(
        "".join(char for char in text if char not in "()" and unicodedata.category(char) not in KINDS_NOWHERE)
    )


def problems(title: str, description: str, tags: list[str]) -> list[str]:
    """What Etsy or our own promise has against the words of a listing, each with what to do about it."""
    return [*_against_title(title), *_against_description(description), *_against_tags(tags)]


def _against_title(text: str) -> list[str]:
    mended = title(text)
    if not mended:
        return ["The title is empty: write one."]
    return [] if mended == text else [f'Etsy refuses this title: shorten it to "{mended}".']


def _against_description(text: str) -> list[str]:
    found = []
    if description(text) != text.strip():
        found.append("The description has control characters: take them out.")
    if DISCLOSURE.casefold() not in text.casefold():
        found.append("The description does not say that AI tools were used: Etsy demands it.")
    return found


def _against_tags(given: list[str]) -> list[str]:
    found = [
        f'Etsy refuses the tag "{one}": ' + (f'shorten it to "{tag(one)}".' if tag(one) else "take it out.")
        for one in given
        if tag(one) != one
    ]
    usable = len(tags(given))
    if len(given) != TAGS or usable != TAGS:
        found.append(
            f"There are {usable} usable tags: {TAGS} distinct ones of at most {LONGEST_TAG} characters are needed."
        )
    if FREE_SHIPPING not in given:
        found.append(f'The tag "{FREE_SHIPPING}" is missing.')
    return found


def insist(found: Iterable[str]) -> None:
    """The last look before anything is sent: NeedsPerson with what is wrong."""
    if wrong := list(found):
        raise NeedsPerson(" ".join(wrong))


def against_product(sku: str, choice: str, price: Decimal, quantity: int) -> list[str]:
    """What Etsy has against one size of a listing."""
    found = []
    if not sku or len(sku) > LONGEST_SKU:
        found.append(f'The SKU "{sku}" must have 1 to {LONGEST_SKU} characters.')
    if not choice or value(choice) != choice:
        found.append(f'Etsy refuses the choice "{choice}": write "{value(choice)}".')
    if not LEAST_PRICE <= price <= MOST_PRICE or price != round(price, 2):
        found.append(
            f"${price} is no price for Etsy: it must be from ${LEAST_PRICE} to ${MOST_PRICE:,}, in whole cents."
        )
    if not 1 <= quantity <= MOST_QUANTITY:
        found.append(f"A quantity of {quantity} is refused: it must be from 1 to {MOST_QUANTITY}.")
    return found


def against_picture(rank: int, content: bytes) -> list[str]:
    """What Etsy has against a picture, or would make of it."""
    found = []
    if not 1 <= rank <= PICTURES:
        found.append(f"Picture {rank} is one too many: a listing shows at most {PICTURES}. Take some out.")
    if len(content) > LARGEST_PICTURE:
        found.append(f"Picture {rank} has {len(content):,} bytes: make it again with at most {LARGEST_PICTURE:,}.")
    return found + _against_pixels(rank, content)


def _against_pixels(rank: int, content: bytes) -> list[str]:
    try:
        with Image.open(io.BytesIO(content)) as image:
            kind, longer, clear = image.format, max(image.size), image.has_transparency_data
    except (UnidentifiedImageError, OSError, ValueError):
        return [f"Picture {rank} cannot be read: make it again."]
    found = []
    if kind not in ("JPEG", "PNG"):
        found.append(f"Picture {rank} is {kind}: make it again as JPEG or PNG.")
    if clear:
        found.append(f"Picture {rank} is transparent, which Etsy shows black: make it again on white.")
    if longer < LEAST_PIXELS:
        found.append(f"Picture {rank} is {longer} pixels long: make it again with at least {LEAST_PIXELS}.")
    return found


def against_section(name: str) -> list[str]:
    if name.strip() and len(name) <= LONGEST_SECTION:
        return []
    return [f'The section "{name}" must have a name of 1 to {LONGEST_SECTION} characters.']
