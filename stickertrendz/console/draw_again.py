"""A trend of which no design came out, drawn again: its cost and what is left of the day are told first."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from stickers import redraw, tries
from stickers.generate import estimate_micro
from stickers.prompts import DESIGNS_PER_TREND
from stickertrendz import money
from stickertrendz.ops import meters, switches
from stickertrendz.ops.errors import NeedsPerson
from trends.models import Trend


def offered(request: HttpRequest, trend: Trend | None) -> bool:
    return trend is not None and trend.status in redraw.CLOSED and not trend.shut_why and allowed(request)


def allowed(request: HttpRequest) -> bool:
    """Whoever may have a picture drawn may have three."""
    return request.user.has_perm("stickers.change_generation")


def view(site: admin.AdminSite, request: HttpRequest, key: int) -> HttpResponse:
    """GET asks, POST has it drawn."""
    if not allowed(request):
        raise PermissionDenied
    trend = get_object_or_404(Trend, pk=key)
    wrong = ""
    if request.method == "POST":
        try:
            redraw.anew(trend, by=request.user.get_username())
        except NeedsPerson as refusal:
            wrong = str(refusal)
        else:
            messages.success(request, "It is drawn within the next minutes; reload this page to see its designs.")
            return redirect(reverse("admin:trends_trend_change", args=[key]))
    return TemplateResponse(request, "console/trends/draw.html", {**site.each_context(request), **_told(trend, wrong)})


def _told(trend: Trend, wrong: str) -> dict[str, Any]:
    least = DESIGNS_PER_TREND * estimate_micro()
    return {
        "title": f"Draw “{trend}” again", "trend": trend, "wrong": wrong, "designs": DESIGNS_PER_TREND,
        "cost": f"{money.from_micro(least):.2f}", "most": f"{money.from_micro(least * (tries.LAST_TRY + 1)):.2f}",
        "day": meters.level("images"), "switch": switches.thrown("generation"),
    }  # fmt: skip
