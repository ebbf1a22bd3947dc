"""The pages of the monthly statement: all months, one of them line by line, and the same as CSV."""

import csv
from datetime import date, datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from etsy import ledger
from stickertrendz import clock
from stickertrendz.housekeeping import etsy_fees, statement
from stickertrendz.housekeeping.statement import Month

from .front_needs import rows_of

MAY_SEE = "ops.view_metric"


def months(request: HttpRequest) -> HttpResponse:
    _require(request)
    return _page(request, "statements", "Statement", months=statement.months(clock.today()))


def month(request: HttpRequest, name: str) -> HttpResponse:
    _require(request)
    found = statement.month(_first(name), clock.today())
    told = found.ledger
    facts: dict[str, Any] = {"month": found, "lines": list(statement.lines(found))}
    if told:
        facts["parts"] = [(label, -told.of(part)) for part, label in etsy_fees.NAMES.items()]
        facts["computed"] = etsy_fees.computed(found.books)
        facts["difference"] = told.fees - facts["computed"]
        facts["reasons"] = etsy_fees.reasons(found.books, told, *statement.bounds(found.first))
        facts["labels"], facts["reach"] = -told.of("labels"), ledger.reach()
        start, end = statement.bounds(found.first)
        facts["entries"] = rows_of("etsy.ledgerentry", posted_at__gte=start, posted_at__lt=end)
    return _page(request, "statement", f"Statement of {found.first:%B %Y}", **facts)


def all_as_csv(request: HttpRequest) -> HttpResponse:
    _require(request)
    return _csv("statement.csv", statement.months(clock.today()))


def month_as_csv(request: HttpRequest, name: str) -> HttpResponse:
    _require(request)
    return _csv(f"statement-{name}.csv", [statement.month(_first(name), clock.today())])


def _require(request: HttpRequest) -> None:
    if not request.user.has_perm(MAY_SEE):
        raise PermissionDenied


def _first(name: str) -> date:
    """The month's first day; not found when there is no such month, or it has not begun."""
    try:
        first = datetime.strptime(name, "%Y-%m").date()  # noqa: DTZ007  a month has no zone
    except ValueError as wrong:
        raise Http404(f"{name} is no month; write it like 2026-11.") from wrong
    if first > clock.today():
        raise Http404(f"{name} has not begun yet.")
    return first


def _csv(name: str, found: list[Month]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'})
    rows = csv.writer(response)
    rows.writerow(statement.COLUMNS)
    rows.writerows(one.row for one in found)
    return response


def _page(request: HttpRequest, name: str, title: str, **facts: Any) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": title, **facts}
    return TemplateResponse(request, f"console/front/{name}.html", context)
