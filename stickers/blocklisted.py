"""What the blocklists find in the texts of a design, apart from the terms its owner exempted it from."""

from collections.abc import Callable, Iterable

from trends import blocklists
from trends.matching import Hit

from .copy import own_words
from .models import Exemption, Sticker
from .prompts import concept_of

Found = list[tuple[str, Hit]]


def texts(sticker: Sticker) -> list[tuple[str, str]]:
    """Every text of a design that the blocklists judge, with the name of its place."""
    return [
        ("title", sticker.title), ("description", own_words(sticker.description)),
        ("prompt", concept_of(sticker.generation.prompt)), *(("tag", tag) for tag in sticker.tags),
        ("topic", sticker.trend.topic),
    ]  # fmt: skip


def exempted(stickers: Iterable[Sticker]) -> set[tuple[int, int]]:
    """Pairs of a design and a term that does not count for it."""
    rows = Exemption.objects.filter(sticker__in=[one.pk for one in stickers], withdrawn_at=None)
    return set(rows.values_list("sticker", "term"))


def search(sticker: Sticker, find: Callable[[str], list[Hit]], exempt: set[tuple[int, int]]) -> Found:
    hits = ((place, hit) for place, text in texts(sticker) for hit in find(text))
    return [(place, hit) for place, hit in hits if (sticker.pk, hit.id) not in exempt]


def found(sticker: Sticker) -> Found:
    """What all terms in force find in it now."""
    return search(sticker, blocklists.current().find, exempted([sticker]))


def places(found: Found) -> dict[Hit, list[str]]:
    """The first hit of each term, and all places that hold the term."""
    first = {hit.id: hit for _, hit in reversed(found)}
    held: dict[Hit, list[str]] = {first[hit.id]: [] for _, hit in found}
    for place, hit in found:
        if place not in (known := held[first[hit.id]]):
            known.append(place)
    return held


def in_words(found: Found) -> str:
    return "; ".join(f"“{hit.term}” in the {', '.join(held)}" for hit, held in places(found).items())
