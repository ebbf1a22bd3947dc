"""Pages of listings, set-up objects and the token."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display

from etsy import models as etsy

from .cells import COLOURS, link, links, picture
from .rows import WORK, ReadOnlyAdmin, WorkAdmin


@admin.register(etsy.Listing)
class ListingAdmin(WorkAdmin):
    list_display = (
        "thumbnail",
        "of_sticker",
        "etsy_id",
        "how",
        "state_seen",
        "prices",
        "first_active_at",
        "needs_attention",
    )
    list_filter = ("status", "state_seen")
    list_select_related = ("sticker__trend",)
    search_fields = ("etsy_id", "sticker__title", "sticker__trend__topic")
    date_hierarchy = "created_at"
    readonly_fields = ("of_sticker", "pictures", "prices", "evidence", "orders")
    fieldsets = (
        (None, {"fields": ("pictures", "of_sticker", "etsy_id", "prices", "evidence", "orders")}),
        (
            "On Etsy",
            {"fields": ("state_asked", "state_seen", "section_asked", "section_seen", "seen_at", "first_active_at")},
        ),
        WORK,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.prefetch_related("sticker__offers")

    @display(description="")
    def thumbnail(self, listing: etsy.Listing) -> SafeString | str:
        return picture(listing.sticker.thumbnail_key)

    @display(description="sticker", ordering="sticker__title")
    def of_sticker(self, listing: etsy.Listing) -> SafeString | str:
        return link(listing.sticker, listing.sticker.title.split(" - ")[0])

    @display(description="status", ordering="status", label=COLOURS)
    def how(self, listing: etsy.Listing) -> tuple[str, str]:
        return listing.status, listing.get_status_display()

    @display(description="prices")
    def prices(self, listing: etsy.Listing) -> str:
        return ", ".join(
            f"{offer.size} ${offer.pushed_price or offer.wanted_price}" for offer in listing.sticker.offers.all()
        )

    @display(description="pictures")
    def pictures(self, listing: etsy.Listing) -> SafeString | str:
        return format_html_join(" ", "{}", ((picture(key, 220),) for key in listing.sticker.listing_images)) or "–"

    @display(description="evidence")
    def evidence(self, listing: etsy.Listing) -> SafeString | str:
        """The posts and searches this listing came from."""
        trend = listing.sticker.trend
        return format_html("{}: {}", link(trend), links(trend.signals.order_by("-score", "pk")[:30]))

    @display(description="orders")
    def orders(self, listing: etsy.Listing) -> SafeString | str:
        return links([item.order for item in listing.sticker.order_items.select_related("order")[:20]])


@admin.register(etsy.Token)
class TokenAdmin(ReadOnlyAdmin):
    list_display = ("shop_id", "expires_at", "refreshed_at")
    search_fields = ("shop_id",)
    exclude = ("access_sealed", "refresh_sealed", "previous_refresh_sealed")


@admin.register(etsy.SetupObject)
class SetupObjectAdmin(ReadOnlyAdmin):
    list_display = ("kind", "name", "etsy_id", "checked_at")
    list_filter = ("kind",)
    search_fields = ("name", "etsy_id")
