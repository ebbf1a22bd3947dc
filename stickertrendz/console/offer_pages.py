"""Pages of the offers: the list, one size of one design, and the addresses of everything a person decides of prices."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from unfold.decorators import display

from pricing.models import Offer

from . import price_frame, price_plan_pages, price_story, relist_pages, revert_pages, slot_pages
from .cells import picture, short
from .rows import ReadOnlyAdmin

PAGES = {
    "plan/": (price_plan_pages.view, "plan"),
    "slots/": (slot_pages.view, "slots"),
    "slots/<int:key>/archive/": (slot_pages.archive_page, "archive"),
    "came-back/": (relist_pages.view, "came_back"),
    "came-back/<int:key>/relist/": (relist_pages.relist_page, "relist"),
    "put-back/run/<int:key>/": (revert_pages.of_run, "put_back_run"),
    "put-back/design/<int:key>/": (revert_pages.of_design, "put_back_design"),
    "put-back/change/<int:key>/": (revert_pages.of_change, "put_back_change"),
    "reprice/<int:key>/": (revert_pages.reprice, "reprice"),
}


@admin.register(Offer)
class OfferAdmin(ReadOnlyAdmin):
    list_display = ("thumbnail", "sku", "design", "at_tier", "price", "floor", "on_etsy", "because")
    list_display_links = ("thumbnail", "sku")
    list_filter = ("tier", "size", "under_override")
    list_select_related = ("sticker__trend",)
    search_fields = ("sticker__title", "sticker__trend__topic")
    list_before_template = "console/pricing/offers_intro.html"

    def get_urls(self) -> list[URLPattern]:
        own = [path(where, self._view(view), name=f"pricing_offer_{name}") for where, (view, name) in PAGES.items()]
        return [*own, *super().get_urls()]

    def _view(self, view: Any) -> Any:
        def answer(request: HttpRequest, **key: int) -> HttpResponse:
            response: HttpResponse = view(self.admin_site, request, **key)
            return response

        return self.admin_site.admin_view(answer)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Where its price comes from, what it leaves, what comes next, and what can be done about it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = Offer.objects.select_related("sticker__trend")
        offer = get_object_or_404(rows, pk=object_id if object_id.isdecimal() else 0)
        may = {"may_override": request.user.has_perm("pricing.add_override"),
               "may_put_back": request.user.has_perm(revert_pages.MAY)}  # fmt: skip
        title = f"{offer.sticker.number}, {offer.size[0]}″"
        return price_frame.page(self.admin_site, request, "offer", title, offer=offer, **price_story.of(offer), **may)

    @display(description="")
    def thumbnail(self, offer: Offer) -> SafeString | str:
        return picture(offer.sticker.thumbnail_key, 48)

    @display(description="offer", ordering="sticker")
    def sku(self, offer: Offer) -> SafeString | str:
        return short(f"{offer.sticker.number}, {offer.size[0]}″")

    @display(description="design", ordering="sticker__title")
    def design(self, offer: Offer) -> SafeString | str:
        return short(str(offer.sticker), 32)

    @display(description="tier", ordering="tier")
    def at_tier(self, offer: Offer) -> SafeString | str:
        return short(f"{offer.tier}, since {offer.tier_since:%-d %b}")

    @display(description="price", ordering="wanted_price")
    def price(self, offer: Offer) -> str:
        return f"${offer.wanted_price}"

    @display(description="floor", ordering="floor_price")
    def floor(self, offer: Offer) -> str:
        return f"${offer.floor_price}"

    @display(description="on Etsy", ordering="pushed_price")
    def on_etsy(self, offer: Offer) -> str:
        return "not yet" if offer.pushed_price is None else f"${offer.pushed_price}"

    @display(description="why", ordering="reason")
    def because(self, offer: Offer) -> SafeString | str:
        return short(offer.reason, 40)
