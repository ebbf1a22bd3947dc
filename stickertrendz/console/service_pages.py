"""The page of how well the shop serves: the time of each step, and the operational figures with their limits."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from stickertrendz import clock
from stickertrendz.housekeeping import service

from .statement_pages import MAY_SEE

ABOUT = (
    "How the shop fares against what was planned: each operational figure of the last 30 closed days, and how long "
    "each step takes. Look here when something is amber or red; nothing here needs a decision."
)


def page(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm(MAY_SEE):
        raise PermissionDenied
    found = service.read(clock.today())
    facts = {"tables": [("Operational figures", found.kpis), ("Time of each step", found.steps)], "days": service.DAYS}
    context = {**admin.site.each_context(request), "title": "Service", "about": ABOUT, **facts}
    return TemplateResponse(request, "console/front/service.html", context)
