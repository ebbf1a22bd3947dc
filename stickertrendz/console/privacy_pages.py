"""Pages of what was done with customer data: who looked at it, and what customers asked for."""

from django.contrib import admin

from fulfillment import models as fulfillment

from .rows import ReadOnlyAdmin


@admin.register(fulfillment.AccessLog)
class AccessLogAdmin(ReadOnlyAdmin):
    list_display = ("at", "who", "order", "why")
    list_select_related = ("order",)
    search_fields = ("who", "order__receipt_id")
    date_hierarchy = "at"


@admin.register(fulfillment.PrivacyRequest)
class PrivacyRequestAdmin(ReadOnlyAdmin):
    list_display = ("kind", "received_at", "due_at", "answered_at", "handled_by")
    list_filter = ("kind",)
    search_fields = ("handled_by",)
