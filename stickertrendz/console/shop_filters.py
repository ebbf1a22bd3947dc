"""Filters of the shop's lists: the questions an operator asks of listings, prices, orders and prints."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest

from fulfillment import costs
from fulfillment.adapters import PROVIDERS
from fulfillment.costs import BY_HAND
from fulfillment.fees import FEES
from fulfillment.models import Order, OrderItem, PrintJob
from fulfillment.tracking_codes import NAMES
from pricing.book import NOT_SOLD
from pricing.models import Tier
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.housekeeping import metrics
from stickertrendz.ops.errors import NeedsPerson

from . import quick_search
from .cells import in_words

Choice = tuple[str, str]
Only = Callable[[QuerySet[Any]], QuerySet[Any]]
AT_PRINTER = (Order.Status.SENT_TO_PRINT, Order.Status.PRINT_CONFIRMED)
EVER, FIRST, LAST = "ever", date(2000, 1, 1), date(2999, 1, 1)
SIZES = [("3in", "3″"), ("4in", "4″")]


def question(name: str, parameter: str, answers: dict[str, tuple[str, Only]]) -> type[admin.SimpleListFilter]:
    """A filter by what is told by hand. answers: the word in the address, the one on the page, and its rows."""

    class Question(admin.SimpleListFilter):
        title = name
        parameter_name = parameter

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[Choice]:
            return [(value, words) for value, (words, _) in answers.items()]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            answer = answers.get(self.value() or "")
            return answer[1](queryset) if answer else queryset

    return Question


def among(name: str, column: str, choices: Callable[[], Iterable[Choice]]) -> type[admin.SimpleListFilter]:
    """The rows with one of a few known values, which are not looked for in the whole table."""

    class Among(admin.SimpleListFilter):
        title = name
        parameter_name = f"{column}__exact"

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[Choice]:
            return list(choices())

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            return queryset.filter(**{column: self.value()}) if self.value() else queryset

    return Among


def provider_name(provider: str) -> str:
    return in_words(provider) or "–"


def providers() -> list[Choice]:
    return [(name, provider_name(name)) for name in PROVIDERS]


def tiers() -> list[Choice]:
    return [(name, in_words(name)) for name in Tier.objects.values_list("name", flat=True)]


def carriers() -> list[Choice]:
    return list(NAMES.items())


def sizes() -> list[Choice]:
    return SIZES


ON_SALE = question("shelf", "on_sale", {
    "yes": ("Wanted on sale", lambda rows: rows.filter(sticker__shelf=Sticker.Shelf.WANTED)),
    "no": ("Off sale", lambda rows: rows.exclude(sticker__shelf=Sticker.Shelf.WANTED)),
})  # fmt: skip
FOLLOWS = question("Etsy", "follows", {
    "no": ("Has not followed yet", lambda rows: rows.exclude(state_asked="").exclude(state_asked=F("state_seen"))),
    "missing": ("Does not know it", lambda rows: rows.exclude(missing_since=None)),
})  # fmt: skip
PRICE = question("price", "price", {
    "waits": ("Waits to be sent", lambda rows: rows.exclude(pushed_price=F("wanted_price"))),
    "floor": ("At its floor", lambda rows: rows.filter(wanted_price=F("floor_price"))),
})  # fmt: skip
OF_OURS = question("design", "known", {
    "no": ("No design of ours", lambda rows: rows.filter(sticker=None)),
    "yes": ("One of ours", lambda rows: rows.exclude(sticker=None)),
})  # fmt: skip
COPIES = question("copy", "copy_of", {"again": ("Printed again", lambda rows: rows.exclude(replaces=None))})
WITH_ERASED = question("customer", "customer", {
    "erased": ("Erased", lambda rows: rows.exclude(purged_at=None)),
    "kept": ("Not erased yet", lambda rows: rows.filter(purged_at=None)),
})  # fmt: skip


def _ends_within(days: int) -> Only:
    def rows_ending(rows: QuerySet[Any]) -> QuerySet[Any]:
        now = clock.now()
        return rows.filter(released_at=None, ends_at__gt=now, ends_at__lte=now + timedelta(days=days))

    return rows_ending


ENDS = question("ends", "ends_in", {
    str(days): (words, _ends_within(days)) for days, words in ((1, "Within a day"), (3, "Within 3 days"),
                                                               (7, "Within a week"))
})  # fmt: skip


def _left_below(dollars: str) -> Only:
    """Offers of which less is left after the fees and the dearest way of sending; none where costs are not known."""

    def rows_below(rows: QuerySet[Any]) -> QuerySet[Any]:
        known, fees, below = costs.table(), FEES["full"], Q(pk__in=[])
        for size, _ in SIZES:
            try:
                least = costs.dearest(known, size).total + fees.fixed + Decimal(dollars)
            except NeedsPerson:
                continue
            below |= Q(size=size, wanted_price__lt=least / (1 - fees.rate))
        return rows.filter(below)

    return rows_below


LEFT = question("left of a sale", "left", {
    f"{cents}": (f"Less than {words}", _left_below(dollars))
    for cents, words, dollars in (("0", "nothing", "0"), ("50", "$0.50", "0.50"), ("100", "$1.00", "1.00"))
})  # fmt: skip


def _at_printer(days: int) -> Only:
    def rows_waiting(rows: QuerySet[Any]) -> QuerySet[Any]:
        before = clock.now() - timedelta(days=days)
        if rows.model is PrintJob:
            outside = rows.filter(status__in=("sent", "confirmed")).exclude(provider=BY_HAND)
            return outside.filter(status_since__lte=before)
        return rows.filter(status__in=AT_PRINTER, status_since__lte=before)

    return rows_waiting


PRINTER = question("at the printer", "printer_days", {
    str(days): (words, _at_printer(days))
    for days, words in ((0, "Now"), (3, "Without news for 3 days"), (7, "Without news for a week"))
})  # fmt: skip


class SoldIn(admin.SimpleListFilter):
    """What the figures of some days count: paid, and not given back. Its value is `first..last`, both included."""

    title = "in the figures of"
    parameter_name = "sold"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Choice]:
        today = clock.today()
        month = today.replace(day=1)
        before = month - timedelta(days=1)
        known = [
            (span_value(today, today), "Today"), (span_value(month, today), "This month"),
            (span_value(before.replace(day=1), before), "Last month"),
        ]  # fmt: skip
        known.append((EVER, "All time"))
        value = self.value()
        asked = [(value, value.replace("..", " to "))] if value and value not in dict(known) else []
        return [*known, *asked]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        try:
            first, last = (
                (FIRST, LAST) if self.value() == EVER else map(date.fromisoformat, str(self.value()).split(".."))
            )
            start, end = metrics.span(first)[0], metrics.span(last)[1]
        except (ValueError, OverflowError):
            return queryset.none()
        lines = metrics.sold(start, end)
        if queryset.model is OrderItem:
            within = queryset.filter(sold_at__gte=start, sold_at__lt=end, refunded=False)
            return within.exclude(order__status__in=NOT_SOLD)
        return queryset.filter(pk__in=lines.order_by().values("order"))


def span_value(first: date, last: date) -> str:
    return f"{first}..{last}"


class OfDesign(admin.SimpleListFilter):
    """Orders that hold one design, each once; offered only where a link asks for it."""

    title = "design"
    parameter_name = "items__sticker__id__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Choice]:
        key = self.value()
        return [(key, f"ST-{int(key):06d}" if key.isdecimal() else "one that is gone")] if key else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not (key := self.value()):
            return queryset
        known = key.isdecimal() and len(key) < 19  # no column holds a longer number
        return queryset.filter(quick_search.orders_of([int(key)])) if known else queryset.none()
