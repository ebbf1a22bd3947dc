"""The front page: what needs the operator, whether the shop is well, its money, and how far it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.housekeeping import progress

from . import front_charts, front_health, front_money, front_needs
from .front_needs import Task

MAY_SEE_FIGURES = "ops.view_metric"
NEWEST = 12


@dataclass(frozen=True)
class Headline:
    """The page in one sentence. state: busy, ill or well."""

    state: str
    words: str


def context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    return {**context, "title": "Today", **cards(request, clock.now())}


def part(request: HttpRequest) -> HttpResponse:
    """The cards alone, which the open page asks for each minute."""
    response = TemplateResponse(request, "console/front/cards.html", cards(request, clock.now()))
    response["X-Front"] = "cards"
    return response


def cards(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """What this person may see of it, in a number of queries that does not depend on how many rows there are."""
    tasks = [task for task in front_needs.tasks(now) if request.user.has_perm(task.permission)]
    wellness = front_health.wellness(now)
    newest = Sticker.objects.exclude(thumbnail_key="").select_related("trend")[:NEWEST]
    facts = {"now": now, "tasks": tasks, "wellness": wellness, "newest": newest,
             "headline": headline(tasks, wellness)}  # fmt: skip
    return {**facts, **figures(now)} if request.user.has_perm(MAY_SEE_FIGURES) else facts


def figures(now: datetime) -> dict[str, Any]:
    """Money, charts and progress, from the same functions as the summary mail."""
    spans = front_money.spans(now)
    return {
        "spans": spans, "falls": list(front_money.falls(spans)), "charts": front_charts.per_day(now, spans),
        "tiers": front_charts.by_tier(), "progress": progress.read(now.date()), "statement": reverse("statement"),
    }  # fmt: skip


def headline(tasks: list[Task], wellness: front_health.Wellness) -> Headline:
    urgent = sum(task.urgent for task in tasks)
    needs = {0: "Nothing needs you", 1: "1 thing needs you"}.get(len(tasks), f"{len(tasks)} things need you")
    needs += f", {urgent} urgent" if urgent else ""
    ill = len(wellness.ill)
    health = "the shop is well" if not ill else f"{ill} sign{'s' * (ill != 1)} of trouble"
    state = "ill" if ill or urgent else ("busy" if tasks else "well")
    return Headline(state, f"{needs}; {health}.")
