"""The pages of listings."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from unfold.decorators import display
from unfold.views import ChangeList

from etsy import lost_draft, renewal, room
from etsy import models as etsy
from etsy.shelf import ENDED
from pricing.models import Offer
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops.errors import NeedsPerson

from . import deciding, listing_story, price_falls, shop_cells, shop_deeds, shop_figures, shop_neighbours
from .blocklist_forms import ReasonForm
from .cells import COLOURS, link, links, picture
from .deciding import Deed
from .filters import NeedsSomebody, belonging_to
from .quick_search import QuickSearch
from .rows import WORK, WorkAdmin
from .shop_filters import FOLLOWS, ON_SALE, among

OUTSIDE = (
    '<a class="text-primary-600 dark:text-primary-500" href="https://www.etsy.com/listing/{}" target="_blank" '
    'rel="noopener noreferrer">{}</a>'
)


def states() -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in etsy.Listing.Status.choices]


def _price(offer: Offer) -> str:
    shown, wanted = offer.pushed_price, offer.wanted_price
    if shown is None or shown == wanted:
        return f"{offer.size} ${wanted}"
    return f"{offer.size} ${shown} → ${wanted}"


class DraftForm(ReasonForm):
    etsy_id = forms.IntegerField(min_value=1, label="Number of the listing on Etsy")


def _renewed(listing: etsy.Listing) -> str:
    if listing.status not in ENDED or listing.sticker.shelf != Sticker.Shelf.WANTED:
        raise NeedsPerson("neither expired nor sold out, or its design is not wanted on sale")
    return f"{listing.get_status_display()}: goes on sale again for ${room.LISTING_FEE}."


def _waits(listing: etsy.Listing) -> None:
    if listing.status != etsy.Listing.Status.PLANNED or not listing.needs_attention:
        raise NeedsPerson("does not wait for a word about its draft")


def _sent_again(listing: etsy.Listing) -> str:
    _waits(listing)
    return "The draft is sent to Etsy once more."


def _pointed_out(listing: etsy.Listing) -> str:
    _waits(listing)
    return "The draft with your number is taken for this design's, if its last line names it."


PUBLISHER = "The next publisher does it."
RENEW = Deed(
    "Renew on Etsy",
    f"Etsy takes ${room.LISTING_FEE} for each. The next publisher renews them, as far as the caps allow.",
    _renewed, renewal.renew, "Renew", PUBLISHER,
)  # fmt: skip
SEND_AGAIN = Deed(
    "Send the lost draft again",
    "Look among the drafts in Etsy's shop manager first. The next publisher sends the draft once more.",
    _sent_again, lost_draft.send_again, "Send again", PUBLISHER,
)  # fmt: skip
POINT_OUT = Deed(
    "Point out the lost draft",
    "One listing at a time. The next publisher looks whether the draft's last line names this design.",
    _pointed_out, lost_draft.point_out, "It is there", PUBLISHER, DraftForm, most=1,
)  # fmt: skip


@admin.register(etsy.Listing)
class ListingAdmin(QuickSearch, WorkAdmin):
    about = (
        "Every listing of ours on Etsy: how it stands, its prices with what is left of a sale, what it was seen and "
        "sold. Open one for all that happened to it; take off sale, relist, hold or renew many by the actions below."
    )
    list_display = (
        "thumbnail", "of_sticker", "how", "prices", "brought_in", "views", "days_on_sale", "states", "on_etsy",
    )  # fmt: skip
    list_display_links = ("thumbnail",)
    list_filter = (
        "status", NeedsSomebody, ON_SALE, FOLLOWS, among("seen on Etsy as", "state_seen", states),
        belonging_to("sticker", Sticker, "design"),
    )  # fmt: skip
    list_select_related = ("sticker__trend",)
    search_fields = ("etsy_id", "sticker__title", "sticker__trend__topic")
    search_help_text = "Number on Etsy, SKU, number or words of the design"
    design = "sticker"
    numbers = ("etsy_id",)
    ordering = ("-pk",)
    readonly_fields = ("of_sticker", "on_etsy", "pictures", "prices", "evidence")
    change_form_before_template = "console/pricing/of_listing.html"
    change_form_outer_after_template = "console/timeline/of_row.html"
    actions = ("archive", "relist", "hold", "renew", "send_draft_again", "point_out_draft", "try_again")
    fieldsets = (
        (None, {"fields": ("pictures", "of_sticker", "on_etsy", "prices", "evidence")}),
        (
            "On Etsy",
            {"fields": ("state_asked", "state_seen", "section_asked", "section_seen", "seen_at", "first_active_at")},
        ),
        WORK,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return listing_story.with_figures(rows).prefetch_related("sticker__offers")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With what is left of the price of each size."""
        rows = Sticker.objects.filter(listings__id=int(object_id)) if object_id.isdecimal() else Sticker.objects.none()
        sticker = rows.first() if self.has_view_permission(request) else None
        facts: dict[str, Any] = {"waterfalls": price_falls.of_design(sticker) if sticker else []}
        if sticker and (listing := sticker.listings.filter(pk=object_id).first()):
            facts |= {"neighbours": shop_neighbours.of_listing(request, listing), "listing": listing}
        shown: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), **facts})
        return shown

    def get_changelist(self, request: HttpRequest, **told: Any) -> type[ChangeList]:
        return shop_figures.ListingList

    def has_shelve_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("stickers.change_sticker")

    def has_hold_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("pricing.add_override")

    @admin.action(description="Take off sale …", permissions=["shelve"])
    def archive(self, request: HttpRequest, rows: QuerySet[etsy.Listing]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, shop_deeds.ARCHIVE)

    @admin.action(description="Put on sale again …", permissions=["shelve"])
    def relist(self, request: HttpRequest, rows: QuerySet[etsy.Listing]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, shop_deeds.RELIST)

    @admin.action(description="Hold as viral …", permissions=["hold"])
    def hold(self, request: HttpRequest, rows: QuerySet[etsy.Listing]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, shop_deeds.HOLD)

    @admin.action(description="Renew on Etsy for the listing fee", permissions=["operate"])
    def renew(self, request: HttpRequest, rows: QuerySet[etsy.Listing]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, RENEW)

    @admin.action(description="The lost draft is not on Etsy: send it again", permissions=["operate"])
    def send_draft_again(self, request: HttpRequest, rows: QuerySet[etsy.Listing]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, SEND_AGAIN)

    @admin.action(description="The lost draft is on Etsy: give its number", permissions=["operate"])
    def point_out_draft(self, request: HttpRequest, rows: QuerySet[etsy.Listing]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, POINT_OUT)

    @display(description="")
    def thumbnail(self, listing: etsy.Listing) -> SafeString | str:
        return picture(listing.sticker.thumbnail_key)

    @display(description="sticker", ordering="sticker__title")
    def of_sticker(self, listing: etsy.Listing) -> SafeString | str:
        return shop_cells.design(listing.sticker)

    @display(description="status", ordering="status", label=COLOURS)
    def how(self, listing: etsy.Listing) -> tuple[str, str]:
        """One that is parked says so: its status alone would look as if a job were at it."""
        if listing.needs_attention:
            return "error", "Needs you"
        return listing.status, f"{listing.get_status_display()}, {shop_cells.age(listing.status_since)}"

    @display(description="asked / seen", ordering="state_seen")
    def states(self, listing: etsy.Listing) -> str:
        asked, seen = listing.state_asked or "–", listing.state_seen or "–"
        return seen if asked in (seen, "–") else f"{asked} / {seen}"

    @display(description="prices, left of a sale")
    def prices(self, listing: Any) -> SafeString | str:
        """What Etsy shows, an arrow leading to a price that waits to be sent; its floor, and what is left of a sale."""
        known = getattr(listing, "left", {})
        rows = (
            (one.floor_price, link(one, _price(one)), known.get(one.pk, "")) for one in listing.sticker.offers.all()
        )
        return format_html_join(
            mark_safe("<br>"), '<span class="short" title="Floor ${}">{} <span class="why">{}</span></span>', rows
        )

    @display(description="views", ordering="views")
    def views(self, listing: Any) -> str:
        return "–" if listing.views is None else f"{listing.views:,}"

    @display(description="sold", ordering="sold")
    def brought_in(self, listing: Any) -> SafeString | str:
        """Units and dollars; leads to the lines."""
        if not listing.brought.units:
            return "–"
        lines = (
            reverse("admin:fulfillment_orderitem_changelist") + f"?sticker__id__exact={listing.sticker_id}&sold=ever"
        )
        return format_html('<a class="number-cell number-link" href="{}">{}</a>', lines, str(listing.brought))

    @display(description="days on sale", ordering="-first_active_at")
    def days_on_sale(self, listing: etsy.Listing) -> str:
        """Since it first was on sale, while it is."""
        if listing.first_active_at is None or listing.status != etsy.Listing.Status.ACTIVE:
            return "–"
        return str((clock.now() - listing.first_active_at).days)

    @display(description="on Etsy", ordering="etsy_id")
    def on_etsy(self, listing: etsy.Listing) -> SafeString | str:
        """A link where the number is a real one: the sandbox invents its own."""
        if listing.etsy_id is None or not settings.LIVE:
            return str(listing.etsy_id or "–")
        return format_html(OUTSIDE, listing.etsy_id, listing.etsy_id)

    @display(description="pictures")
    def pictures(self, listing: etsy.Listing) -> SafeString | str:
        return format_html_join(" ", "{}", ((picture(key, 220),) for key in listing.sticker.listing_images)) or "–"

    @display(description="evidence")
    def evidence(self, listing: etsy.Listing) -> SafeString | str:
        """The posts and searches this listing came from."""
        trend = listing.sticker.trend
        return format_html("{}: {}", link(trend), links(trend.signals.order_by("-score", "pk")[:30]))
