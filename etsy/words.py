"""What a listing says, mended and hashed, and the last line by which an orphan is recognised."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from stickers.models import Sticker
from stickertrendz.ops.errors import NeedsPerson

from . import lint

MARKER = re.compile(r"Design no\. (ST-\d+)")


@dataclass(frozen=True)
class Words:
    title: str
    description: str
    tags: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Equal for equal words; Etsy may give tags back in another order."""
        return _digest(self.title, self.description, self.tags)


def _digest(title: str, description: str, tags: Iterable[str]) -> str:
    told = [title, description.replace("\r\n", "\n").strip(), sorted(tag.casefold() for tag in tags)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def marker(sticker: Sticker) -> str:
    return f"Design no. {sticker.number}"


def number_in(description: str) -> str:
    """The design number in the last line, or nothing."""
    match = MARKER.fullmatch(description.strip().rpartition("\n")[2].strip())
    return match[1] if match else ""


def wanted(sticker: Sticker) -> Words:
    """NeedsPerson names what shortening and removing cannot mend."""
    text = lint.description(sticker.description)
    words = Words(lint.title(sticker.title), f"{text}\n\n{marker(sticker)}", tuple(lint.tags(sticker.tags)))
    if wrong := lint.problems(words.title, words.description, list(words.tags)):
        raise NeedsPerson(" ".join(wrong))
    return words
