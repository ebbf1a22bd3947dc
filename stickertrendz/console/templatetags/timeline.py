"""Template tags of timelines."""

from typing import Any

from django import template
from django.db.models import Model
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from stickertrendz import clock
from stickertrendz.console import timeline_pages
from stickertrendz.console.cells import subject_link
from stickertrendz.console.timeline import Moment

register = template.Library()


@register.inclusion_tag("console/timeline/card.html")
def timeline(row: Model | None) -> dict[str, Any]:
    """The newest moments of that row as a card; nothing where there is no row yet."""
    return timeline_pages.facts(row) if row is not None and row.pk else {}


@register.simple_tag
def thing(subject: str, words: str) -> SafeString | str:
    """Another row as a link to its page."""
    return subject_link(subject, words)


@register.filter
def icon(moment: Moment) -> str:
    return timeline_pages.ICONS[moment.kind]


@register.filter
def age(moment: Moment) -> str:
    """How long ago it was, or how long until it comes, in one unit."""
    now = clock.now()
    if moment.at > now:
        return f"in {timesince(now, moment.at, depth=1)}"
    return f"{timesince(moment.at, now, depth=1)} ago"
