"""Pages of the offers: the list, one size of one design, and the addresses of everything a person decides of prices."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.views import ChangeList

from pricing.models import Offer
from stickers.models import Sticker
from stickertrendz.ops.errors import NeedsPerson

from . import (
    deciding,
    price_frame,
    price_plan_pages,
    price_story,
    relist_pages,
    revert_pages,
    shop_cells,
    shop_deeds,
    shop_figures,
    shop_filters,
    shop_neighbours,
    slot_pages,
)
from .cells import in_words, picture, short
from .filters import belonging_to
from .quick_search import QuickSearch
from .rows import ReadOnlyAdmin
from .shop_filters import LEFT, ON_SALE, PRICE, among

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
class OfferAdmin(QuickSearch, ReadOnlyAdmin):
    about = (
        "Every size of every design with its price, the floor it never goes below, and what is left of a sale. "
        "Open one for where its price comes from, to fix or hold it; price many by today’s rules by the action "
        "below."
    )
    list_display = ("thumbnail", "sku", "design_name", "price", "floor", "left", "at_tier", "on_etsy", "because")
    list_display_links = ("thumbnail", "sku")
    list_filter = (
        ON_SALE, PRICE, LEFT, among("tier", "tier", shop_filters.tiers), among("size", "size", shop_filters.sizes),
        "under_override", belonging_to("sticker", Sticker, "design"),
    )  # fmt: skip
    list_select_related = ("sticker__trend",)
    search_fields = ("sticker__title", "sticker__trend__topic")
    search_help_text = "SKU, number or words of the design"
    design, size = "sticker", "size"
    list_before_template = "console/pricing/offers_intro.html"
    actions = ("reprice",)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(revert_pages.MAY)

    @admin.action(description="Price by the rules now …", permissions=["operate"])
    def reprice(self, request: HttpRequest, rows: QuerySet[Offer]) -> HttpResponse | None:
        try:
            deed = shop_deeds.reprice(deciding.chosen(request, rows, shop_deeds.FEW))
        except NeedsPerson as trouble:
            return price_frame.back(request, request.get_full_path(), str(trouble), done=False)
        return deciding.ask(self, request, rows, deed)

    def get_changelist(self, request: HttpRequest, **told: Any) -> type[ChangeList]:
        return shop_figures.OfferList

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
        return price_frame.page(
            self.admin_site,
            request,
            "offer",
            title,
            offer=offer,
            **price_story.of(offer),
            **may,
            neighbours=shop_neighbours.of_offer(request, offer),
            about=self.about,
        )

    @display(description="")
    def thumbnail(self, offer: Offer) -> SafeString | str:
        return picture(offer.sticker.thumbnail_key, 48)

    @display(description="offer", ordering="sticker")
    def sku(self, offer: Offer) -> SafeString | str:
        return short(f"{offer.sticker.number}, {offer.size[0]}″")

    @display(description="design", ordering="sticker__title")
    def design_name(self, offer: Offer) -> SafeString | str:
        return shop_cells.design(offer.sticker)

    @display(description="tier", ordering="tier")
    def at_tier(self, offer: Offer) -> SafeString | str:
        return short(f"{in_words(offer.tier)}, since {offer.tier_since:%-d %b}")

    @display(description="price", ordering="wanted_price")
    def price(self, offer: Offer) -> str:
        return f"${offer.wanted_price}"

    @display(description="floor", ordering="floor_price")
    def floor(self, offer: Offer) -> str:
        return f"${offer.floor_price}"

    @display(description="left of a sale")
    def left(self, offer: Any) -> SafeString | str:
        return short(offer.left_of_sale)

    @display(description="on Etsy", ordering="pushed_price")
    def on_etsy(self, offer: Offer) -> SafeString | str:
        if offer.pushed_price is None:
            return short("not yet")
        return short("the same" if offer.pushed_price == offer.wanted_price else f"still ${offer.pushed_price}")

    @display(description="why", ordering="reason")
    def because(self, offer: Offer) -> SafeString | str:
        return short(offer.reason, 40)
