"""Searches that stay quick with a million rows: numbers by their indexes, words among the designs only."""

import re
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from fulfillment.models import OrderItem
from stickers.models import Sticker

from .rows import ConsoleAdmin

SKU = re.compile(r"(?:st-?)?0*(\d{1,15})(?:-([34]))?", re.IGNORECASE)
MOST = 500  # designs that a word may mean
TOO_MANY = f"More than {MOST} designs have these words: only the newest of them are looked for. Add a word or a number."


class QuickSearch(ConsoleAdmin):
    """A list whose rows are found by the design they belong to, and by whole numbers.

    design: the lookup that leads to the design, empty for none; size: the one of the size, where a SKU means one.
    numbers: lookups of whole numbers, codes: of texts, both compared as a whole and each with an index of its own.
    """

    design: str = ""
    size: str = ""
    numbers: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        if known := self._numbered(term):
            return queryset.filter(pk__in=known), False
        found = Q(pk__in=[])
        if number := SKU.fullmatch(term):
            found |= self.of_number(int(number[1]), f"{number[2]}in" if number[2] else "")
        elif self.design:
            keys = self.meant(term)
            if len(keys) > MOST:
                messages.warning(request, TOO_MANY)
            found |= self.of_designs(keys[:MOST])
        return queryset.filter(found), False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """What a filter of the list is called by, also where it leads over two tables."""
        named = {getattr(each, "parameter_name", "") for each in self.list_filter or ()}
        return lookup in named or super().lookup_allowed(lookup, value, request)

    def _numbered(self, term: str) -> set[int]:
        """Keys of the rows with that number or code; looked up one by one, as no index serves two columns."""
        asked = [(column, term) for column in self.codes]
        if term.isdecimal():
            asked += [(column, term) for column in self.numbers]
        rows = self.model._default_manager.order_by()
        return {key for column, value in asked for key in rows.filter(**{column: value}).values_list("pk", flat=True)}

    def of_number(self, number: int, size: str) -> Q:
        """The rows of the design of that number."""
        return self.of_designs([number], size)

    def meant(self, words: str) -> list[int]:
        """Keys of what `design` leads to, for these words; at most one more than MOST."""
        return designs(words)

    def of_designs(self, keys: Sequence[int], size: str = "") -> Q:
        """The rows of these designs; `size` as in a SKU, empty for any."""
        if not self.design:
            return Q(pk__in=[])
        sized = Q(**{self.size: size}) if size and self.size else Q()
        return Q(**{f"{self.design}__in": keys}) & sized


def designs(words: str) -> list[int]:
    """Keys of the designs whose title or topic has all these words, the newest first; at most one more than MOST."""
    rows = Sticker.objects.order_by("-pk")
    for word in words.split():
        rows = rows.filter(Q(title__icontains=word) | Q(trend__topic__icontains=word))
    return list(rows.values_list("pk", flat=True)[: MOST + 1])


def orders_of(keys: Sequence[int], size: str = "") -> Q:
    """Orders that hold these designs, each once."""
    lines = OrderItem.objects.filter(sticker__in=keys, **({"size": size} if size else {}))
    return Q(pk__in=lines.order_by().values("order"))
