"""Template tags of the console."""

from typing import Any

from django import template
from django.conf import settings

from stickertrendz.console.cells import picture
from stickertrendz.ops.models import Switch

register = template.Library()


@register.inclusion_tag("console/banners.html")
def banners() -> dict[str, Any]:
    """What every page must say: that this is the sandbox, and what is halted."""
    return {"sandbox": not settings.LIVE, "switches": Switch.objects.all()}


@register.filter
def begins(title: str) -> str:
    """What a listing's title begins with: the rest is for Etsy's search."""
    return title.split(" - ")[0]


@register.simple_tag
def design(key: str, size: int) -> str:
    return picture(key, size)
