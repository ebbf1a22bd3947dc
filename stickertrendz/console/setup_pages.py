"""Shop set-up: what every listing refers to."""

from django.contrib import admin

from etsy.models import SetupObject

from .rows import ReadOnlyAdmin


@admin.register(SetupObject)
class SetupObjectAdmin(ReadOnlyAdmin):
    list_display = ("kind", "name", "etsy_id", "checked_at")
    list_filter = ("kind",)
    search_fields = ("name", "etsy_id")
