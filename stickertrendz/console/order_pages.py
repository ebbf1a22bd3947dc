"""The pages of orders: the list by ship-by date, one order with all that happened to it, and deeds on many at once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.views import ChangeList

from fulfillment.models import Order
from stickertrendz import clock

from . import (
    order_decisions,
    order_story,
    packing_pages,
    packing_shipping,
    quick_search,
    reprint_pages,
    shop_cells,
    shop_filters,
    shop_neighbours,
)
from .cells import COLOURS, picture
from .filters import NeedsSomebody
from .import_pages import import_page
from .order_story import UNSENT
from .privacy_pages import erase_customers, may_handle
from .quick_list import QuickList
from .quick_search import QuickSearch
from .rows import WORK, NumbersSearched, WorkAdmin
from .shop_filters import PRINTER, WITH_ERASED, OfDesign, SoldIn, among, provider_name

PICTURES = 4


class DueFirst(QuickList):
    """What is not sent comes first, the earliest ship-by date before; then the rest, the newest before.

    Asked as two questions, each of which has its index: one for both would sort all orders there are.
    """

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if ORDER_VAR in request.GET:  # sorted by a person
            return
        whole = self.show_all or not self.multi_page
        size = self.result_count if whole else self.list_per_page
        first = 0 if whole else (self.page_num - 1) * size
        due = self.queryset.filter(status__in=UNSENT).order_by("ship_by", "pk")
        rows = list(due[first : first + size])
        if len(rows) < size:
            before = due.count() if first else len(rows)
            others = self.queryset.exclude(status__in=UNSENT).order_by("-ordered_at", "-pk")
            rows += others[max(0, first - before) : first + size - before]
        self.result_list = rows


class ShipBy(admin.SimpleListFilter):
    """Only what is not sent can be late."""

    title = "ship-by date"
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("late", "Late"), ("soon", "Due within 24 hours"), ("open", "Not sent yet")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        until = {"late": timedelta(0), "soon": timedelta(hours=24)}
        asked = self.value()
        if asked not in ("late", "soon", "open"):
            return queryset
        rows = queryset.filter(status__in=UNSENT)
        return rows.filter(ship_by__lte=clock.now() + until[asked]) if asked in until else rows


@admin.register(Order)
class OrderAdmin(NumbersSearched, QuickSearch, WorkAdmin):
    about = (
        "Every order as Etsy tells it, those to be sent first and the earliest ship-by date before. Open one for "
        "all that happened to it; post, print by hand or end many at once by the actions below."
    )
    list_display = ("number", "lines", "how", "due_by", "goods", "printed_by", "ordered")
    list_filter = (
        "status", ShipBy, PRINTER, NeedsSomebody, among("printed by", "fulfillment_provider", shop_filters.providers),
        SoldIn, WITH_ERASED, OfDesign,
    )  # fmt: skip
    search_fields = ("receipt_id", "items__sku")
    numbers = ("receipt_id",)
    search_help_text = "Order number or SKU; customers are found under privacy"
    date_hierarchy = "ordered_at"
    list_before_template = "console/etsy/orders_intro.html"
    change_form_before_template = "console/bench/order.html"
    fieldsets = (WORK,)
    actions = ("mark_shipped", "mark_delivered", "into_our_hands", erase_customers, "try_again")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        told: QuerySet[Any] = rows.prefetch_related("items__sticker")
        return told

    def get_changelist(self, request: HttpRequest, **told: Any) -> type[ChangeList]:
        return DueFirst

    def of_designs(self, keys: Sequence[int], size: str = "") -> Q:
        return quick_search.orders_of(keys, size)

    def get_urls(self) -> list[URLPattern]:
        def importing(request: HttpRequest) -> HttpResponse:
            return import_page(request, self.admin_site, self.opts)

        def deciding(request: HttpRequest, name: str) -> HttpResponse:
            return order_decisions.view(self.admin_site, request, name)

        def benching(request: HttpRequest) -> HttpResponse:
            return packing_pages.view(self.admin_site, request)

        def posting(request: HttpRequest) -> HttpResponse:
            return packing_shipping.view(self.admin_site, request)

        def reprinting(request: HttpRequest, key: int) -> HttpResponse:
            return reprint_pages.view(self.admin_site, request, key)

        wrap = self.admin_site.admin_view
        return [
            path("import/", wrap(importing), name="fulfillment_order_import"),
            path("bench/", wrap(benching), name="fulfillment_order_bench"),
            path("bench/post/", wrap(posting), name="fulfillment_order_ship"),
            path("bench/again/<int:key>/", wrap(reprinting), name="fulfillment_printjob_again"),
            path("decide/<slug:name>/", wrap(deciding), name="fulfillment_order_decide"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        allowed = object_id.isdecimal() and self.has_view_permission(request)
        story = order_story.of(int(object_id)) if allowed else {}
        story["may_work"] = self.has_operate_permission(request)
        if order := story.get("order"):
            story["neighbours"] = shop_neighbours.of_order(request, order)
        shown: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), **story})
        return shown

    def has_erase_permission(self, request: HttpRequest) -> bool:
        return may_handle(request)

    @admin.action(description="Post …", permissions=["operate"])
    def mark_shipped(self, request: HttpRequest, rows: QuerySet[Order]) -> HttpResponse:
        return packing_shipping.ask(self.admin_site, request, list(rows.order_by("ship_by", "pk")))

    @admin.action(description="Delivered …", permissions=["operate"])
    def mark_delivered(self, request: HttpRequest, rows: QuerySet[Order]) -> HttpResponse:
        return order_decisions.page(self.admin_site, request, "delivered", list(rows.values_list("pk", flat=True)))

    @admin.action(description="Print with our own hands …", permissions=["operate"])
    def into_our_hands(self, request: HttpRequest, rows: QuerySet[Order]) -> HttpResponse:
        return order_decisions.page(self.admin_site, request, "in-hand", list(rows.values_list("pk", flat=True)))

    @display(description="order", ordering="receipt_id")
    def number(self, order: Order) -> str:
        return str(order)

    @display(description="lines")
    def lines(self, order: Order) -> SafeString | str:
        items = list(order.items.all())
        shown = [item.sticker.thumbnail_key for item in items if item.sticker and item.sticker.thumbnail_key][:PICTURES]
        units = sum(item.quantity for item in items)
        cells = format_html_join("", "{}", ((picture(key, 40),) for key in shown))
        return format_html('<span class="order-pictures">{}<span class="why">{}</span></span>', cells, f"× {units}")

    @display(description="status", ordering="status", label=COLOURS)
    def how(self, order: Order) -> tuple[str, str]:
        """One that is parked says so: its status alone would look as if a job were at it."""
        if order.needs_attention:
            return "error", "Needs you"
        return order.status, f"{order.get_status_display()}, {shop_cells.age(order.status_since)}"

    @display(description="ship by", ordering="ship_by")
    def due_by(self, order: Order) -> SafeString | str:
        return shop_cells.ship_by(order)

    @display(description="goods", ordering="total_amount")
    def goods(self, order: Order) -> str:
        return f"${order.total_amount - order.refunded_amount}"

    @display(description="printed by", ordering="fulfillment_provider")
    def printed_by(self, order: Order) -> str:
        return provider_name(order.fulfillment_provider)

    @display(description="ordered", ordering="ordered_at")
    def ordered(self, order: Order) -> SafeString | str:
        return shop_cells.when(order.ordered_at)
