"""Filters of the lists: what waits for a person, what came lately, and what belongs to one row beside it."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from stickertrendz import clock

SPANS = {"day": ("Last 24 hours", 1), "week": ("Last 7 days", 7), "month": ("Last 30 days", 30)}


class NeedsSomebody(admin.SimpleListFilter):
    title = "needs attention"
    parameter_name = "parked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Waits for a person")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.exclude(needs_attention="") if self.value() else queryset


def lately(column: str, words: str) -> type[admin.SimpleListFilter]:
    """The rows whose time in `column` lies within the last day, week or month; the column wants an index."""

    class Lately(admin.SimpleListFilter):
        title = words
        parameter_name = f"{column}_within"

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            return [(name, told) for name, (told, _) in SPANS.items()]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            if (name := self.value()) not in SPANS:
                return queryset
            return queryset.filter(**{f"{column}__gte": clock.now() - timedelta(days=SPANS[name][1])})

    return Lately


def belonging_to(column: str, model: type[Model], words: str) -> type[admin.SimpleListFilter]:
    """Only the rows of one row of `model`, to which links on its page lead; it is offered only where it is asked for.

    Its name in the address is Django's own for such a question, so that a count can be made by the same words.
    """

    class Belonging(admin.SimpleListFilter):
        title = words
        parameter_name = f"{column}__id__exact"

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            if not (key := self.value()):
                return []
            row = model._default_manager.filter(pk=key).first() if key.isdecimal() else None
            return [(key, str(row) if row else "one that is gone")]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            if not (key := self.value()):
                return queryset
            return queryset.filter(**{f"{column}__id": int(key)}) if key.isdecimal() else queryset.none()

    return Belonging
