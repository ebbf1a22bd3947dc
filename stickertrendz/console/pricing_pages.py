"""Pages of the price table, offers, price changes, overrides and daily figures."""

from django.contrib import admin
from django.utils.safestring import SafeString
from unfold.decorators import display

from pricing import models as pricing

from .cells import COLOURS, link
from .rows import ReadOnlyAdmin, SettingsAdmin


@admin.register(pricing.Tier)
class TierAdmin(SettingsAdmin):
    list_display = ("name", "min_days", "max_days", "price_small", "price_large")
    search_fields = ("name",)


@admin.register(pricing.Offer)
class OfferAdmin(ReadOnlyAdmin):
    list_display = ("of_sticker", "size", "tier", "tier_since", "wanted_price", "pushed_price", "floor_price", "reason")
    list_filter = ("tier", "size")
    list_select_related = ("sticker__trend",)
    search_fields = ("sticker__title", "sticker__trend__topic")

    @display(description="sticker")
    def of_sticker(self, offer: pricing.Offer) -> SafeString | str:
        return link(offer.sticker)


@admin.register(pricing.PriceChange)
class PriceChangeAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "offer", "old_price", "new_price", "tier", "how", "reason", "of_run")
    list_filter = ("status", "tier")
    list_select_related = ("offer", "run")
    search_fields = ("offer__sticker__title", "reason")
    date_hierarchy = "created_at"

    @display(description="status", ordering="status", label=COLOURS)
    def how(self, change: pricing.PriceChange) -> tuple[str, str]:
        return change.status, change.get_status_display()

    @display(description="run")
    def of_run(self, change: pricing.PriceChange) -> SafeString | str:
        return link(change.run)


@admin.register(pricing.Override)
class OverrideAdmin(ReadOnlyAdmin):
    list_display = ("kind", "scope", "percent", "price", "starts_at", "ends_at", "released_at", "reason", "made_by")
    list_filter = ("kind", "scope")
    search_fields = ("reason", "tag")


@admin.register(pricing.StickerDay)
class StickerDayAdmin(ReadOnlyAdmin):
    list_display = ("day", "sticker", "views", "favourites")
    list_select_related = ("sticker__trend",)
    search_fields = ("sticker__title",)
    date_hierarchy = "day"
