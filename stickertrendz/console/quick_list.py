"""Long lists open as quickly as short ones: rows are counted up to a bound, dates are stepped by their ends."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Max, Min, QuerySet
from django.http import HttpRequest
from unfold.views import ChangeList

MOST = 10_000  # rows counted, and so reached by turning pages; what lies behind is found by filter, search or date

FEW = 500  # rows found by a search; more are found again quickly


class AtLeast(int):
    """A number of rows of which there are more."""

    def __str__(self) -> str:
        return f"more than {int(self):,}"


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # not subscriptable at run time
    """Counts no further than MOST: counting a million rows takes longer than showing fifty of them."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        found = int(rows.order_by()[: MOST + 1].count())
        return AtLeast(MOST) if found > MOST else found


class QuickList(ChangeList):
    """A list whose steps of dates come from its first and last row alone, so that one without rows may be offered."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: list[str | None] | None = None) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request, exclude_parameters)
        if self.query:
            rows = _looked_for_once(rows)

        def steps(column: str, kind: str) -> list[date]:
            ends = rows.order_by().aggregate(first=Min(column), last=Max(column))
            return list(between(ends["first"], ends["last"], kind)) if ends["first"] else []

        rows.dates = rows.datetimes = steps  # what the theme's row of dates asks for
        found: QuerySet[Any] = rows
        return found


def _looked_for_once(rows: Any) -> Any:
    """Few found rows are taken by their keys afterwards, so that counting, dating and showing them searches no more."""
    keys = list(rows.order_by().values_list("pk", flat=True)[: FEW + 1])
    return rows.filter(pk__in=keys) if len(keys) <= FEW else rows


def between(first: date, last: date, kind: str) -> Iterator[date]:
    """The beginning of each year, month or day from the first to the last moment, both included."""
    place, stride = {"year": (1, 366), "month": (2, 31), "day": (3, 1)}[kind]
    midnight = {"hour": 0, "minute": 0, "second": 0, "microsecond": 0} if isinstance(first, datetime) else {}
    parts = {"month": 1, "day": 1} if place == 1 else {"day": 1} if place == 2 else {}  # what a step begins with
    at = first.replace(**parts, **midnight)
    while at <= last:
        yield at
        at = (at + timedelta(days=stride)).replace(**parts)
