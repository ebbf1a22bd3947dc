"""The timeline of one thing: the newest moments on its page, all of them on a page of their own."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.dateparse import parse_datetime

from stickertrendz.ops import subjects
from stickertrendz.ops.models import Run

from . import timeline_runs, timeline_strands
from .timeline import Page, page
from .timeline_lives import LIVES

ICONS = {
    "made": "add_circle", "seen": "visibility", "decided": "gavel", "sent": "cloud_upload", "price": "sell",
    "trouble": "error", "told": "mail", "model": "psychology", "looked": "shield_person", "sale": "shopping_cart",
    "print": "print", "post": "local_shipping", "shelf": "storefront", "stands": "flag",
}  # fmt: skip

ABOUT = (
    "Everything that is known to have happened to it, newest first, with what it was for; the time is UTC. Follow a "
    "line’s links to the run, the call, the error or the other thing that it was about."
)


def told(row: Model, before: datetime | None = None) -> Page:
    """What happened to it before that time; a constant number of queries."""
    if isinstance(row, Run):
        return page(timeline_runs.strands(row), timeline_runs.known(row), before)
    life = LIVES[type(row)](row)
    return page(timeline_strands.strands(life), [*life.moments, *timeline_strands.intents(life)], before)


def facts(row: Model, before: datetime | None = None) -> dict[str, Any]:
    """What the template needs."""
    return {"timeline": told(row, before), "timeline_of": subjects.subject_of(row), "timeline_before": before}


def view(request: HttpRequest, subject: str) -> HttpResponse:
    """Who may look at a thing may look at what happened to it."""
    label, _, key = subject.partition(":")
    models: list[type[Model]] = [*LIVES, Run]
    model = next((known for known in models if known._meta.label_lower == label), None)
    if model is None or not key.isdecimal():
        raise Http404
    if not request.user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}"):
        raise PermissionDenied
    row = subjects.find(subject)
    if row is None:
        raise Http404
    context = {
        **admin.site.each_context(request), "opts": model._meta, "title": f"What happened: {row}", "about": ABOUT,
        "row": row, "row_url": subjects.address(subject), **facts(row, _time(request.GET.get("before", ""))),
    }  # fmt: skip
    return TemplateResponse(request, "console/timeline/page.html", context)


def _time(text: str) -> datetime | None:
    """As the page's own link wrote it; anything else begins with the newest."""
    try:
        found = parse_datetime(text)
        return found.astimezone(UTC) if found and found.tzinfo else None
    except (ValueError, OverflowError):  # no such day, or one that is outside of the calendar in UTC
        return None
