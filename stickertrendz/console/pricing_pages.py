"""Pages of the price table, price changes and daily figures."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from unfold.decorators import display

from pricing import models as pricing
from pricing.effect import signed
from stickers.models import Sticker
from stickertrendz.ops.models import Run

from . import deciding, shop_cells, shop_deeds, shop_filters
from .cells import COLOURS, in_words, link, pairs, short
from .filters import belonging_to, lately
from .quick_search import QuickSearch
from .rows import ReadOnlyAdmin, SettingsAdmin
from .shop_filters import among


@admin.register(pricing.Tier)
class TierAdmin(SettingsAdmin):
    about = (
        "The price table: what both sizes cost by the age of their trend in days, the first day included, the last"
        " not. Change a price here, look at the price plan, and the next run of the engine prices by it."
    )
    list_display = ("name", "min_days", "max_days", "price_small", "price_large")
    search_fields = ("name",)


@admin.register(pricing.PriceChange)
class PriceChangeAdmin(QuickSearch, ReadOnlyAdmin):
    about = (
        "Every change of a price or tier: from what to what, why, and by which run. Put one back from here or from"
        " the page of its run; an override then keeps the old price until you release it."
    )
    list_display = ("thumbnail", "of_offer", "price", "moved", "floor", "at_tier", "how", "because", "of_run", "made")
    list_display_links = ("thumbnail",)
    list_filter = (
        "status", among("tier", "tier", shop_filters.tiers), "under_override", lately("created_at", "made"),
        belonging_to("offer", pricing.Offer, "offer"), belonging_to("offer__sticker", Sticker, "design"),
        belonging_to("run", Run, "run"),
    )  # fmt: skip
    list_select_related = ("offer__sticker", "run")
    search_fields = ("offer__sticker__title", "reason")
    search_help_text = "SKU, number or words of the design"
    design, size = "offer__sticker", "offer__size"
    date_hierarchy = "created_at"
    list_before_template = "console/pricing/changes_intro.html"
    actions = ("put_price_back",)
    fields = (
        "of_offer", "price", "at_tier", "status", "reason", "of_run", "takes_back", "created_at", "pushed_at",
        "floor_price", "inputs",
    )  # fmt: skip

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("pricing.change_offer")

    @admin.action(description="Put back the price before it …", permissions=["operate"])
    def put_price_back(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        ticked = deciding.chosen(request, rows, shop_deeds.FEW)
        return deciding.ask(self, request, rows, shop_deeds.put_back(ticked))

    @display(description="")
    def thumbnail(self, change: pricing.PriceChange) -> SafeString | str:
        return shop_cells.small(change.offer.sticker)

    @display(description="offer", ordering="offer")
    def of_offer(self, change: pricing.PriceChange) -> SafeString | str:
        return link(change.offer)

    @display(description="price", ordering="new_price")
    def price(self, change: pricing.PriceChange) -> SafeString | str:
        before = f"${change.old_price} → " if change.old_price not in (None, change.new_price) else ""
        return short(f"{before}${change.new_price}")

    @display(description="by")
    def moved(self, change: pricing.PriceChange) -> str:
        if change.old_price is None:
            return "first price"
        return signed(change.new_price - change.old_price) if change.new_price != change.old_price else "–"

    @display(description="floor", ordering="floor_price")
    def floor(self, change: pricing.PriceChange) -> str:
        return f"${change.floor_price}"

    @display(description="tier", ordering="tier")
    def at_tier(self, change: pricing.PriceChange) -> str:
        return in_words(change.tier)

    @display(description="status", ordering="status", label=COLOURS)
    def how(self, change: pricing.PriceChange) -> tuple[str, str]:
        return change.status, change.get_status_display()

    @display(description="why", ordering="reason")
    def because(self, change: pricing.PriceChange) -> SafeString | str:
        return short(in_words(change.reason), 32)

    @display(description="run")
    def of_run(self, change: pricing.PriceChange) -> SafeString | str:
        return link(change.run, str(change.run_id))

    @display(description="made", ordering="created_at")
    def made(self, change: pricing.PriceChange) -> SafeString | str:
        return shop_cells.when(change.created_at)

    @display(description="takes back")
    def takes_back(self, change: pricing.PriceChange) -> SafeString | str:
        return link(change.reverts)

    @display(description="made of")
    def inputs(self, change: pricing.PriceChange) -> SafeString | str:
        """What the floor was reckoned from."""
        return pairs(change.floor_inputs)


@admin.register(pricing.StickerDay)
class StickerDayAdmin(QuickSearch, ReadOnlyAdmin):
    about = (
        "Views and favourites of each design as Etsy told them that day, as running totals; a dash is a day of "
        "which Etsy told nothing. Look here when the archiver or the search page surprises you; nothing is done "
        "here."
    )
    list_display = ("day", "of_design", "seen", "liked")
    list_filter = (belonging_to("sticker", Sticker, "design"),)
    list_select_related = ("sticker__trend",)
    search_fields = ("sticker__title",)
    search_help_text = "Number or words of the design"
    design = "sticker"
    ordering = ("-pk",)  # as they came, day by day: the day itself has no index

    @display(description="design", ordering="sticker")
    def of_design(self, row: pricing.StickerDay) -> SafeString | str:
        return shop_cells.design(row.sticker)

    @display(description="views", ordering="views")
    def seen(self, row: pricing.StickerDay) -> str:
        return "–" if row.views is None else f"{row.views:,}"

    @display(description="favourites", ordering="favourites")
    def liked(self, row: pricing.StickerDay) -> str:
        return "–" if row.favourites is None else f"{row.favourites:,}"
