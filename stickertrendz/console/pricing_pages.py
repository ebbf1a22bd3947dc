"""Pages of the price table, price changes and daily figures."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display

from pricing import models as pricing

from .cells import COLOURS, link, pairs
from .rows import ReadOnlyAdmin, SettingsAdmin


@admin.register(pricing.Tier)
class TierAdmin(SettingsAdmin):
    list_display = ("name", "min_days", "max_days", "price_small", "price_large")
    search_fields = ("name",)


@admin.register(pricing.PriceChange)
class PriceChangeAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "of_offer", "price", "tier", "how", "reason", "of_run")
    list_filter = ("status", "tier", "under_override")
    list_select_related = ("offer", "run")
    search_fields = ("offer__sticker__title", "reason")
    date_hierarchy = "created_at"
    list_before_template = "console/pricing/changes_intro.html"
    fields = (
        "of_offer", "price", "tier", "status", "reason", "of_run", "takes_back", "created_at", "pushed_at",
        "floor_price", "inputs",
    )  # fmt: skip

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """The page of a run leads to what it changed."""
        return lookup == "run__id__exact" or super().lookup_allowed(lookup, value, request)

    @display(description="offer", ordering="offer")
    def of_offer(self, change: pricing.PriceChange) -> SafeString | str:
        return link(change.offer)

    @display(description="price", ordering="new_price")
    def price(self, change: pricing.PriceChange) -> str:
        before = f"${change.old_price} → " if change.old_price not in (None, change.new_price) else ""
        return f"{before}${change.new_price}"

    @display(description="status", ordering="status", label=COLOURS)
    def how(self, change: pricing.PriceChange) -> tuple[str, str]:
        return change.status, change.get_status_display()

    @display(description="run")
    def of_run(self, change: pricing.PriceChange) -> SafeString | str:
        return link(change.run)

    @display(description="takes back")
    def takes_back(self, change: pricing.PriceChange) -> SafeString | str:
        return link(change.reverts)

    @display(description="made of")
    def inputs(self, change: pricing.PriceChange) -> SafeString | str:
        """What the floor was reckoned from."""
        return pairs(change.floor_inputs)


@admin.register(pricing.StickerDay)
class StickerDayAdmin(ReadOnlyAdmin):
    list_display = ("day", "sticker", "views", "favourites")
    list_select_related = ("sticker__trend",)
    search_fields = ("sticker__title",)
    date_hierarchy = "day"
