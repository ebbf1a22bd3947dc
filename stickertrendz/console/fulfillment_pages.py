"""Pages of order lines, print jobs, shipments and costs; orders and customer data have pages of their own."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display

from etsy import tracking
from fulfillment import models as fulfillment
from stickertrendz.ops.errors import Beaten, IllegalMove

from .cells import COLOURS, link
from .rows import NumbersSearched, ReadOnlyAdmin, SettingsAdmin, WorkAdmin


@admin.register(fulfillment.OrderItem)
class OrderItemAdmin(ReadOnlyAdmin):
    list_display = ("sku", "title", "quantity", "unit_price", "pricing_tier_at_sale", "of_order", "sold_at")
    list_filter = ("size", "refunded")
    list_select_related = ("order",)
    search_fields = ("sku", "title", "transaction_id")
    date_hierarchy = "sold_at"

    @display(description="order")
    def of_order(self, item: fulfillment.OrderItem) -> SafeString | str:
        return link(item.order)


@admin.register(fulfillment.PrintJob)
class PrintJobAdmin(NumbersSearched, WorkAdmin):
    list_display = ("external_id", "how", "provider", "provider_order_id", "cost", "created_at", "needs_attention")
    list_filter = ("status", "provider")
    list_select_related = ("item",)
    search_fields = ("provider_order_id", "item__transaction_id")

    @display(description="status", ordering="status", label=COLOURS)
    def how(self, job: fulfillment.PrintJob) -> tuple[str, str]:
        return job.status, job.get_status_display()


@admin.register(fulfillment.Shipment)
class ShipmentAdmin(NumbersSearched, WorkAdmin):
    list_display = ("order", "carrier", "tracking_code", "how", "shipped_at", "delivered_at")
    list_filter = ("status", "carrier")
    list_select_related = ("order",)
    search_fields = ("tracking_code", "order__receipt_id")
    actions = ("copied_by_hand", "try_again")

    @admin.action(description="I copied the tracking to Etsy", permissions=["operate"])
    def copied_by_hand(self, request: HttpRequest, rows: QuerySet[fulfillment.Shipment]) -> None:
        who, done = request.user.get_username(), 0
        for shipment in rows.select_related("order"):
            try:
                tracking.copied_by_hand(shipment, by=who)
                done += 1
            except (Beaten, IllegalMove) as refusal:
                messages.warning(request, str(refusal))
        messages.success(request, f"{done} of {len(rows)} count as told to Etsy now.")

    @display(description="status", ordering="status", label=COLOURS)
    def how(self, shipment: fulfillment.Shipment) -> tuple[str, str]:
        return shipment.status, shipment.get_status_display()


@admin.register(fulfillment.PrintCost)
class PrintCostAdmin(SettingsAdmin):
    list_display = ("provider", "size", "cost")
    list_filter = ("provider",)
    search_fields = ("provider",)


@admin.register(fulfillment.ShippingRate)
class ShippingRateAdmin(SettingsAdmin):
    list_display = ("provider", "size", "shipping_cost", "packaging_cost", "region", "is_active")
    list_filter = ("provider",)
    search_fields = ("provider",)
