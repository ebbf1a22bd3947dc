"""What the pages of the bench share: who may do it, how a page is made, and what came of many rows in one sentence."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from fulfillment.bench import Tally
from fulfillment.models import Order

MAY_LOOK, MAY_WORK, MAY_SEE = "fulfillment.view_order", "fulfillment.change_order", "fulfillment.see_customer"
STEP_NAMES = {"sent": "to print", "printed": "printed", "packed": "packed"}
SHOWN_REFUSALS = 3


def require(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def page(site: admin.AdminSite, request: HttpRequest, name: str, title: str, **facts: Any) -> TemplateResponse:
    may = {"may_work": request.user.has_perm(MAY_WORK), "may_see": request.user.has_perm(MAY_SEE)}
    context = {**site.each_context(request), "opts": Order._meta, "title": title, **may, **facts}
    return TemplateResponse(request, f"console/bench/{name}.html", context)


def bench(request: HttpRequest) -> str:
    """The bench, at the page of it that was open."""
    number = request.POST.get("page", "")
    return reverse("admin:fulfillment_order_bench") + (f"?page={number}" if number.isdecimal() else "")


def back(request: HttpRequest, where: str, words: str, *, done: bool) -> HttpResponse:
    """To that page, which tells what became of it."""
    (messages.success if done else messages.warning)(request, words)
    return HttpResponseRedirect(where)


def told(tally: Tally, thing: str, what: str) -> str:
    """One sentence for a batch: `12 stickers marked as printed; 2 were before; 1 not: …`."""
    parts = [f"{_count(tally.done, thing)} {what}"]
    if tally.already:
        parts.append(f"{tally.already} had that behind {'it' if tally.already == 1 else 'them'}")
    if tally.refused:
        more = len(tally.refused) - SHOWN_REFUSALS
        reasons = " ".join(tally.refused[:SHOWN_REFUSALS]) + (f" And {more} more." if more > 0 else "")
        parts.append(f"{len(tally.refused)} not: {reasons}")
    words = "; ".join(parts)
    return words if tally.refused else f"{words}."


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def time_left(until: datetime, now: datetime) -> str:
    """In the words of somebody who has to be done by then."""
    span = abs(until - now)
    words = _words(span)
    return f"{words} late" if until <= now else f"{words} left"


def _words(span: timedelta) -> str:
    if span >= timedelta(hours=48):
        return f"{span.days} days"
    hours = round(span / timedelta(hours=1))
    return f"{hours} hour{'' if hours == 1 else 's'}" if hours else f"{round(span / timedelta(minutes=1))} min"


def numbers(told: Iterable[str]) -> list[int]:
    return [int(one) for one in told if one.isdecimal() and len(one) < 19]
