"""Template tags of the console."""

import tomllib
from decimal import Decimal
from functools import cache
from typing import Any

from django import template
from django.conf import settings
from django.utils.text import capfirst

from fulfillment.models import PrintJob
from stickertrendz.console import navigation
from stickertrendz.console.cells import in_words, picture
from stickertrendz.console.packing_frame import STEP_NAMES
from stickertrendz.ops.models import Switch

register = template.Library()


@register.simple_tag(takes_context=True)
def heading(context: template.Context) -> str:
    """The page's name: a list's as the sidebar has it, a row's own, else what the view calls it.

    A row that is called by a bare number says of what kind it is.
    """
    if rows := context.get("cl"):
        return navigation.title_of(context["request"].path) or capfirst(rows.opts.verbose_name_plural)
    name, row = str(context.get("subtitle") or context.get("title") or ""), context.get("original")
    return f"{capfirst(row._meta.verbose_name)} {name}" if row and name.isdecimal() else in_words(name)


@register.simple_tag(takes_context=True)
def about(context: template.Context) -> str:
    """What the page is and what one does with it: as its view says it, else its admin."""
    shown = context.get("cl") or context.get("adminform")
    return str(context.get("about") or getattr(getattr(shown, "model_admin", None), "about", ""))


@register.inclusion_tag("console/banners.html")
def banners() -> dict[str, Any]:
    """What every page must say: that this is the sandbox, and what is halted."""
    return {"sandbox": not settings.LIVE, "switches": Switch.objects.all()}


@register.inclusion_tag("console/footer.html")
def footer() -> dict[str, Any]:
    """What Etsy demands of everybody who uses its API, on every page; and which version this is."""
    return {"version": _version()}


@cache
def _version() -> str:
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())
    return str(project["project"]["version"])


@register.filter
def begins(title: str) -> str:
    """What a listing's title begins with: the rest is for Etsy's search."""
    return title.split(" - ")[0]


@register.simple_tag
def design(key: str, size: int) -> str:
    return picture(key, size)


@register.filter
def inches(size: str) -> str:
    return f"{size[0]}″" if size else "unknown size"


@register.filter
def percent(share: Decimal | float) -> str:
    return f"{share * 100:.1f} %"


@register.filter
def words(name: str) -> str:
    """A tier's or provider's name, or a text that names some, as people say it."""
    return in_words(name)


@register.filter
def step(status: str) -> str:
    """How far a sticker is on the bench."""
    return STEP_NAMES.get(status, status)


@register.filter
def reason(name: str) -> str:
    """Why something was printed again, in words."""
    return PrintJob.Reason(name).label.lower() if name in PrintJob.Reason else name
