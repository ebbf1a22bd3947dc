"""Pages of order lines, print jobs, shipments and costs; orders and customer data have pages of their own."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from etsy import tracking
from fulfillment import models as fulfillment
from fulfillment.models import Order, OrderItem, PrintJob, Shipment
from stickers.models import Sticker
from stickertrendz.ops.errors import NeedsPerson

from . import deciding, order_decisions, shop_cells, shop_filters
from .cells import COLOURS, in_words, link, short
from .deciding import Deed
from .filters import NeedsSomebody, belonging_to
from .order_story import carrier
from .quick_search import QuickSearch
from .rows import WORK, NumbersSearched, ReadOnlyAdmin, SettingsAdmin, WorkAdmin
from .shop_filters import COPIES, OF_OURS, PRINTER, SoldIn, among, provider_name

MAY_WORK = "fulfillment.change_order"


@admin.register(OrderItem)
class OrderItemAdmin(QuickSearch, ReadOnlyAdmin):
    about = (
        "Every line of every order: which design was bought in which size, for how much, at which tier. Look here "
        "what a design sold; a line that was paid back on Etsy is marked so here, which stops its print."
    )
    list_display = ("thumbnail", "what", "units", "goods", "tier", "of_order", "sold")
    list_display_links = ("thumbnail",)
    list_filter = (
        among("size", "size", shop_filters.sizes), "refunded", OF_OURS, SoldIn,
        belonging_to("sticker", Sticker, "design"), belonging_to("order", Order, "order"),
    )  # fmt: skip
    list_select_related = ("order", "sticker")
    search_fields = ("sku", "title", "transaction_id")
    search_help_text = "SKU, words of the design, number of the line or of its order"
    design, size = "sticker", "size"
    numbers = ("transaction_id", "order__receipt_id")
    date_hierarchy = "sold_at"
    actions = ("paid_back",)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAY_WORK)

    @admin.action(description="Was paid back: stop it …", permissions=["operate"])
    def paid_back(self, request: HttpRequest, rows: QuerySet[OrderItem]) -> HttpResponse:
        return order_decisions.page(self.admin_site, request, "paid-back", _keys(rows))

    @display(description="")
    def thumbnail(self, item: OrderItem) -> SafeString | str:
        return shop_cells.small(item.sticker)

    @display(description="design", ordering="sticker")
    def what(self, item: OrderItem) -> SafeString | str:
        return shop_cells.design(item.sticker, item.title)

    @display(description="units", ordering="quantity")
    def units(self, item: OrderItem) -> SafeString:
        size = f"{item.size[0]}″" if item.size else "size unknown"
        return format_html('<span class="number-cell">{} × {}</span>', item.quantity, size)

    @display(description="goods", ordering="unit_price")
    def goods(self, item: OrderItem) -> SafeString | str:
        amount = f"${item.unit_price * item.quantity}"
        return format_html('{}<br><span class="urgent">paid back</span>', amount) if item.refunded else amount

    @display(description="tier at sale", ordering="pricing_tier_at_sale")
    def tier(self, item: OrderItem) -> str:
        words = in_words(item.pricing_tier_at_sale) or "–"
        return f"{words}, overridden" if item.under_override else words

    @display(description="order", ordering="order")
    def of_order(self, item: OrderItem) -> SafeString:
        return format_html("{} {}", link(item.order), item.order.get_status_display().lower())

    @display(description="sold", ordering="sold_at")
    def sold(self, item: OrderItem) -> SafeString | str:
        return shop_cells.when(item.sold_at)


@admin.register(PrintJob)
class PrintJobAdmin(NumbersSearched, QuickSearch, WorkAdmin):
    about = (
        "Every sticker that is printed, by a provider or on our own bench: one row for each line of an order, one "
        "more for each copy. Look here what is at the printer for long, and try again what is parked."
    )
    list_display = ("thumbnail", "what", "how", "printed_by", "of_order", "due_by", "paid", "again", "made")
    list_display_links = ("thumbnail",)
    list_filter = (
        "status", among("printed by", "provider", shop_filters.providers), PRINTER, NeedsSomebody, COPIES,
        belonging_to("item__order", Order, "order"), belonging_to("item__sticker", Sticker, "design"),
    )  # fmt: skip
    list_select_related = ("item__order", "item__sticker")
    search_fields = ("provider_order_id", "item__transaction_id")
    search_help_text = "SKU, number of the order, of its line, or the printer’s own"
    design, size = "item__sticker", "item__size"
    numbers = ("item__transaction_id", "item__order__receipt_id")
    codes = ("provider_order_id",)
    readonly_fields = ("of_order", "of_line", "what", "replaced")
    fieldsets = (
        (None, {"fields": (
            "what", "of_order", "of_line", "provider", "provider_order_id", "cost", "replaced", "reason", "note",
            "created_at",
        )}),
        WORK,
    )  # fmt: skip

    @display(description="")
    def thumbnail(self, job: PrintJob) -> SafeString | str:
        return shop_cells.small(job.item.sticker)

    @display(description="sticker", ordering="item__sticker")
    def what(self, job: PrintJob) -> SafeString:
        item, copy = job.item, f", copy {job.copy}" if job.copy > 1 else ""
        size = f" {item.size[0]}″" if item.size else ""
        return format_html("{} ×{} {}{}", item.quantity, size, shop_cells.design(item.sticker, item.title), copy)

    @display(description="status", ordering="status", label=COLOURS)
    def how(self, job: PrintJob) -> tuple[str, str]:
        """One that is parked says so: its status alone would look as if a job were at it."""
        if job.needs_attention:
            return "error", "Needs you"
        return job.status, f"{job.get_status_display()}, {shop_cells.age(job.status_since)}"

    @display(description="printed by", ordering="provider")
    def printed_by(self, job: PrintJob) -> str:
        return provider_name(job.provider)

    @display(description="order", ordering="item__order")
    def of_order(self, job: PrintJob) -> SafeString | str:
        return link(job.item.order)

    @display(description="line")
    def of_line(self, job: PrintJob) -> SafeString | str:
        return link(job.item)

    @display(description="replaces")
    def replaced(self, job: PrintJob) -> SafeString | str:
        return link(job.replaces)

    @display(description="ship by", ordering="item__order__ship_by")
    def due_by(self, job: PrintJob) -> SafeString | str:
        return shop_cells.ship_by(job.item.order)

    @display(description="cost", ordering="cost")
    def paid(self, job: PrintJob) -> str:
        return "–" if job.cost is None else f"${job.cost}"

    @display(description="why again", ordering="reason")
    def again(self, job: PrintJob) -> SafeString | str:
        return short(", ".join(filter(None, (job.get_reason_display(), job.note))), 32)

    @display(description="made", ordering="created_at")
    def made(self, job: PrintJob) -> SafeString | str:
        return shop_cells.when(job.created_at)


def _copied(shipment: Shipment) -> str:
    if shipment.status == Shipment.Status.TOLD:
        raise NeedsPerson("Etsy knows of it already")
    return f"Counts as told to Etsy for order {shipment.order}: no program tells it again."


COPIED = Deed(
    "Copied to Etsy by hand",
    "Copy each code into its order in Etsy’s shop manager first. From then on these count as told, and nothing here "
    "tells Etsy of them again; it cannot be taken back.",
    _copied, tracking.copied_by_hand, "I copied them", form=forms.Form,
)  # fmt: skip


@admin.register(Shipment)
class ShipmentAdmin(NumbersSearched, QuickSearch, WorkAdmin):
    about = (
        "Every parcel and letter that was posted, and whether Etsy knows of it. What Etsy takes from no program is"
        " to be copied by hand: do so there, then say here that you did."
    )
    list_display = ("parcel", "of_order", "how", "posted", "delivered")
    list_filter = (
        "status", among("carrier", "carrier", shop_filters.carriers), NeedsSomebody,
        ("delivered_at", admin.EmptyFieldListFilter), belonging_to("order", Order, "order"),
    )  # fmt: skip
    list_select_related = ("order",)
    search_fields = ("tracking_code", "order__receipt_id")
    search_help_text = "Tracking code or number of the order"
    numbers = ("order__receipt_id",)
    codes = ("tracking_code",)
    actions = ("copied_by_hand", "try_again")
    readonly_fields = ("of_order",)
    fieldsets = (
        (None, {"fields": ("of_order", "carrier", "tracking_code", "posting", "shipped_at", "delivered_at")}),
        WORK,
    )

    @admin.action(description="I copied the tracking to Etsy …", permissions=["operate"])
    def copied_by_hand(self, request: HttpRequest, rows: QuerySet[Shipment]) -> HttpResponse | None:
        return deciding.ask(self, request, rows.select_related("order"), COPIED)

    @display(description="parcel", ordering="tracking_code")
    def parcel(self, shipment: Shipment) -> str:
        return f"{carrier(shipment)} {shipment.tracking_code}".strip()

    @display(description="order", ordering="order")
    def of_order(self, shipment: Shipment) -> SafeString | str:
        return format_html("{} {}", link(shipment.order), shipment.order.get_status_display().lower())

    @display(description="status", ordering="status", label=COLOURS)
    def how(self, shipment: Shipment) -> tuple[str, str]:
        if shipment.needs_attention:
            return "error", "Needs you"
        return shipment.status, f"{shipment.get_status_display()}, {shop_cells.age(shipment.status_since)}"

    @display(description="posted", ordering="shipped_at")
    def posted(self, shipment: Shipment) -> SafeString | str:
        return shop_cells.when(shipment.shipped_at)

    @display(description="delivered", ordering="delivered_at")
    def delivered(self, shipment: Shipment) -> SafeString | str:
        return shop_cells.when(shipment.delivered_at) if shipment.delivered_at else "on its way"


@admin.register(fulfillment.PrintCost)
class PrintCostAdmin(SettingsAdmin):
    about = (
        "What each provider takes for printing one sticker. Floors are reckoned from it: a dearer cost raises "
        "prices at the next run of the price engine, and the price plan shows beforehand which."
    )
    list_display = ("printed_by", "size", "cost")
    list_filter = ("provider",)
    search_fields = ("provider",)

    @display(description="provider", ordering="provider")
    def printed_by(self, row: fulfillment.PrintCost) -> str:
        return provider_name(row.provider)


@admin.register(fulfillment.ShippingRate)
class ShippingRateAdmin(SettingsAdmin):
    about = (
        "What posting and packaging of one sticker cost with each provider. Floors are reckoned from the active "
        "rates of the United States: change one, look at the price plan, and the next run prices by it."
    )
    list_display = ("printed_by", "size", "shipping_cost", "packaging_cost", "region", "is_active")
    list_filter = ("provider", "is_active")
    search_fields = ("provider",)

    @display(description="provider", ordering="provider")
    def printed_by(self, row: fulfillment.ShippingRate) -> str:
        return provider_name(row.provider)


def _keys(rows: QuerySet[Any]) -> list[int]:
    return list(rows.order_by().values_list("pk", flat=True)[: order_decisions.MOST + 1])
