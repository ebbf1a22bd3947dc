"""Listing copy: title, thirteen tags and description, in the shop's form and in characters Etsy takes."""

import unicodedata
from collections.abc import Iterable

from pydantic import BaseModel, Field

from stickertrendz.ops import prompt_files

from .ask import ask
from .models import Size, Sticker
from .prompts import concept_of

TITLE_LENGTH, TAG_LENGTH, TAGS = 140, 20, 13
FREE_SHIPPING = "free shipping"
EVERGREEN = (
    "vinyl sticker", "laptop sticker", "waterproof decal", "water bottle sticker", "die cut sticker", "vinyl decal",
    "notebook sticker", "phone sticker", "laptop decal", "small gift", "planner sticker", "waterproof sticker",
)  # fmt: skip
AUDIENCE = ("funny sticker", "meme sticker", "gift for him", "gift for friends")
DISCLOSURE = "This sticker design was created with the assistance of AI tools."
TITLE = "{topic} Sticker - {style} Vinyl Decal - Laptop Water Bottle Sticker - Trending {category}"
DESCRIPTION = """\
{words}

--- What You Get ---
- 1x premium vinyl sticker ({size})
- Waterproof & UV-resistant
- Perfect for laptops, water bottles, notebooks, and more

--- Size & Material ---
- Size: {size}
- Material: Premium vinyl, waterproof
- Finish: Glossy
- Durable outdoor-grade adhesive

--- Shipping ---
FREE SHIPPING! Ships within 3-5 business days via USPS First-Class Mail.
US addresses only.

--- About This Design ---
{disclosure}
Inspired by trending topics and pop culture moments.

--- Shop Policies ---
Questions? Message us! We respond within 24 hours."""
STANDING_LINES = frozenset(DESCRIPTION.splitlines())
SIZES = {Size.Inches.SMALL: '3" x 3"', Size.Inches.LARGE: '4" x 4"'}
ONCE_IN_A_TITLE = "%:&+"


class ListingCopy(BaseModel):
    topic_title: str = Field(max_length=200)
    style: str = Field(max_length=100)
    category: str = Field(max_length=100)
    description: str = Field(max_length=3000)
    topic_tags: list[str]
    audience_tags: list[str]


def write(sticker: Sticker) -> None:
    """Gives the sticker its words. Written before moderation, which judges exactly what will be published."""
    prompt = prompt_files.load("stickers", "listing_copy")
    asked = prompt.filled(topic=sticker.trend.topic, design=concept_of(sticker.generation.prompt))
    copy = ask("listing_copy", asked, ListingCopy, sticker, _complaint)
    style, category = plain(copy.style)[:24].strip(), plain(copy.category)[:20].strip()
    Sticker.objects.filter(pk=sticker.pk, title="").update(
        title=title(copy.topic_title, style, category), tags=tags(copy, sticker.trend.topic, sticker.trend.keywords),
        description=description(copy.description, [size.size for size in sticker.sizes.all()]),
        style=style, category=category, copy_version=prompt.version,
    )  # fmt: skip


def _complaint(copy: ListingCopy) -> str:
    empty = [name for name in ("topic_title", "style", "category", "description") if not plain(getattr(copy, name))]
    return f"nothing is left of {', '.join(empty)} in characters Etsy takes" if empty else ""


def title(topic: str, style: str, category: str) -> str:
    """The shop's form in at most 140 characters: the topic gives way, at a word's end."""
    room = TITLE_LENGTH - len(TITLE.format(topic="", style=style, category=category))
    return _each_once(TITLE.format(topic=_shortened(plain(topic), room), style=style, category=category))


def _shortened(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room + 1].rpartition(" ")[0] or text[:room]


def _each_once(text: str) -> str:
    """Etsy takes each of these signs once in a title."""
    kept = [" " if sign in ONCE_IN_A_TITLE and sign in text[:place] else sign for place, sign in enumerate(text)]
    return " ".join("".join(kept).split())


def tags(copy: ListingCopy, topic: str, keywords: Iterable[str]) -> list[str]:
    """Exactly 13: up to seven about the topic, two or three for whom, at least three evergreen, and free shipping."""
    names = [topic, *keywords]
    about = _valid([*copy.topic_tags, *names, *(f"{name} sticker" for name in names)], ())[:7]
    for_whom = _valid([*copy.audience_tags, *AUDIENCE], about)[: 2 if len(about) == 7 else 3]
    chosen = [*about, *for_whom]
    evergreen = _valid(EVERGREEN, chosen)[: TAGS - 1 - len(chosen)]
    return [*chosen, *evergreen, FREE_SHIPPING]


def _valid(wanted: Iterable[str], taken: Iterable[str]) -> list[str]:
    """Those that Etsy takes as tags, without repeats and without those taken; longer ones are left out, not cut."""
    known, found = {each.casefold() for each in (*taken, FREE_SHIPPING)}, []
    for each in map(_tag, wanted):
        if each and len(each) <= TAG_LENGTH and each.casefold() not in known:
            known.add(each.casefold())
            found.append(each)
    return found


def _tag(text: str) -> str:
    composed = unicodedata.normalize("NFC", text.replace("’", "'").lower())
    kept = "".join(sign if _is_letter_or_digit(sign) or sign in "-' " else " " for sign in composed)
    return " ".join(kept.split()).lstrip("-' ")


def description(words: str, sizes: Iterable[str]) -> str:
    lines = [plain(line) for line in words.splitlines()]
    size = " or ".join(SIZES[Size.Inches(each)] for each in sizes)
    return DESCRIPTION.format(words="\n".join(lines).strip(), size=size, disclosure=DISCLOSURE)


def own_words(text: str) -> str:
    """A description without the shop's standing lines, which name the post and are nobody's to block."""
    return "\n".join(line for line in text.splitlines() if line not in STANDING_LINES)


def plain(text: str) -> str:
    """Letters, digits, punctuation, mathematical signs and spaces: no emoji, no currency, no control characters."""
    kept = "".join(sign if _may_stand(sign) else " " for sign in unicodedata.normalize("NFC", text))
    return " ".join(kept.split())


def _may_stand(sign: str) -> bool:
    return (
        _is_letter_or_digit(sign) or unicodedata.category(sign)[0] == "P" or unicodedata.category(sign) in ("Sm", "Zs")
    )


def _is_letter_or_digit(sign: str) -> bool:
    return unicodedata.category(sign)[0] == "L" or unicodedata.category(sign) == "Nd"
