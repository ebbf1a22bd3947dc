"""The pages of listings."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from unfold.decorators import display

from etsy import lost_draft, renewal, room
from etsy import models as etsy
from etsy.shelf import ENDED
from pricing.models import Offer
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops.errors import NeedsPerson

from . import deciding, listing_story, price_falls
from .blocklist_forms import ReasonForm
from .cells import COLOURS, link, links, picture
from .deciding import Deed
from .rows import WORK, WorkAdmin

OUTSIDE = (
    '<a class="text-primary-600 dark:text-primary-500" href="https://www.etsy.com/listing/{}" target="_blank" '
    'rel="noopener noreferrer">{}</a>'
)


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
class ListingAdmin(WorkAdmin):
    list_display = (
        "thumbnail",
        "of_sticker",
        "how",
        "states",
        "prices",
        "views",
        "sold",
        "days_on_sale",
        "on_etsy",
        "needs_attention",
    )
    list_filter = ("status", "state_seen")
    list_select_related = ("sticker__trend",)
    search_fields = ("etsy_id", "sticker__title", "sticker__trend__topic")
    date_hierarchy = "created_at"
    readonly_fields = ("of_sticker", "on_etsy", "pictures", "prices", "evidence", "orders")
    change_form_before_template = "console/pricing/of_listing.html"
    change_form_outer_after_template = "console/timeline/of_row.html"
    actions = ("try_again", "renew", "send_draft_again", "point_out_draft")
    fieldsets = (
        (None, {"fields": ("pictures", "of_sticker", "on_etsy", "prices", "evidence", "orders")}),
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
        rows = Sticker.objects.filter(listings=int(object_id)) if object_id.isdecimal() else Sticker.objects.none()
        sticker = rows.first() if self.has_view_permission(request) else None
        facts = {"waterfalls": price_falls.of_design(sticker) if sticker else []}
        shown: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), **facts})
        return shown

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
        return link(listing.sticker, listing.sticker.title.split(" - ")[0])

    @display(description="status", ordering="status", label=COLOURS)
    def how(self, listing: etsy.Listing) -> tuple[str, str]:
        return listing.status, listing.get_status_display()

    @display(description="asked / seen", ordering="state_seen")
    def states(self, listing: etsy.Listing) -> str:
        asked, seen = listing.state_asked or "–", listing.state_seen or "–"
        return seen if asked in (seen, "–") else f"{asked} / {seen}"

    @display(description="prices")
    def prices(self, listing: etsy.Listing) -> SafeString | str:
        """What Etsy shows; an arrow leads to a price that waits to be sent."""
        return format_html_join(
            mark_safe("<br>"),
            '<span class="short">{}</span>',
            ((link(one, _price(one)),) for one in listing.sticker.offers.all()),
        )

    @display(description="views", ordering="views")
    def views(self, listing: Any) -> str:
        return "–" if listing.views is None else f"{listing.views:,}"

    @display(description="sold", ordering="sold")
    def sold(self, listing: Any) -> str:
        return f"{listing.sold:,}"

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

    @display(description="orders")
    def orders(self, listing: etsy.Listing) -> SafeString | str:
        return links([item.order for item in listing.sticker.order_items.select_related("order")[:20]])
