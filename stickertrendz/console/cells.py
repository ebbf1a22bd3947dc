"""How a value is shown in a list or on a page: links, labels, pictures, small tables."""

from typing import Any

from django.db.models import Model, QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from stickertrendz.ops.subjects import address

from . import files

# Colours of the theme's labels by what a status means for the operator.
_MEANING = {
    "success": "completed approved active published done passed delivered shipped told good",
    "warning": "partial flagged needs_address pending_manual warning inactive expired by_hand",
    "danger": "failed abandoned rejected error unsafe quality_failed generation_failed dead",
}


class Colours(dict[str, str]):
    """Every status has a colour: what is neither good nor bad is on its way."""

    def __missing__(self, status: str) -> str:
        return "info"


COLOURS = Colours({status: colour for colour, statuses in _MEANING.items() for status in statuses.split()})
PROVIDERS = {"self_usps": "our own hands", "sticker_mule": "Sticker Mule"}
LINK = '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>'
PICTURE = '<img class="design" src="{}" width="{}" height="{}" alt="" loading="lazy">'


def link(row: Model | None, text: str = "") -> SafeString | str:
    """The row as a link to its console page."""
    return subject_link(f"{row._meta.label_lower}:{row.pk}", text or str(row)) if row else "–"


def subject_link(subject: str, text: str = "") -> SafeString | str:
    href = address(subject)
    return format_html(LINK, href, text or subject) if href else text or subject


def links(rows: QuerySet[Any] | list[Any]) -> SafeString | str:
    return format_html_join(", ", "{}", ((link(row),) for row in rows)) or "–"


def picture(key: str, size: int = 64) -> SafeString | str:
    """A public picture on white, as it looks in the shop."""
    return format_html(PICTURE, files.address("public", key), size, size) if key else "–"


def short(text: str, length: int = 60) -> SafeString | str:
    """The beginning of a long text on one line, the whole of it on hover."""
    cut = text if len(text) <= length else text[: length - 1].rstrip(" -") + "…"
    return format_html('<span class="short" title="{}">{}</span>', text, cut) if text else "–"


def with_note(cell: SafeString | str, note: str) -> SafeString | str:
    """A cell with what a person has to know of its row below it, in small letters; the whole of it on hover."""
    return format_html('{}<br><span class="kind" title="{}">{}</span>', cell, note, short(note)) if note else cell


def in_words(name: str) -> str:
    """A tier's or provider's name, or a text that names some, as people say it."""
    for provider, words in PROVIDERS.items():
        name = name.replace(provider, words)
    return name.replace("_", " ")


def paragraphs(text: str) -> SafeString | str:
    return format_html('<div class="paragraphs">{}</div>', text) if text else "–"


def pairs(values: dict[str, Any]) -> SafeString | str:
    """A small table of names and figures."""
    if not values:
        return "–"
    rows = ((name.replace("_", " "), _figure(value)) for name, value in sorted(values.items()))
    return format_html('<table class="pairs">{}</table>', format_html_join("", "<tr><th>{}</th><td>{}</td></tr>", rows))


def _figure(value: Any) -> Any:
    return f"{value:.3g}" if isinstance(value, float) else value
