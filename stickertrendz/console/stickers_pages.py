"""Pages of the designs, and the operator's verdict on flagged ones."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display

from stickers import models as stickers
from stickers import review
from stickertrendz.ops.errors import Beaten, IllegalMove, NeedsPerson

from .cells import COLOURS, LINK, link, links, pairs, paragraphs, picture, short
from .rows import WORK, ReadOnlyAdmin, WorkAdmin

SHELF = ("shelf", "shelf_since", "shelf_why", "blocked_by", "offered", "listed", "sold", "published_at")


@admin.register(stickers.Sticker)
class StickerAdmin(WorkAdmin):
    list_display = (
        "thumbnail",
        "number",
        "name",
        "how",
        "score",
        "shelf",
        "from_trend",
        "created_at",
        "needs_attention",
    )
    list_filter = ("status", "shelf")
    list_select_related = ("trend",)
    search_fields = ("title", "trend__topic")
    date_hierarchy = "created_at"
    readonly_fields = (
        "pictures", "from_trend", "drawn_as", "words", "tagged", "score", "categories", "blocked_by",
        "offered", "listed", "sold",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": ("pictures", "title", "from_trend", "drawn_as", "words", "tagged")}),
        ("On sale", {"fields": SHELF}),
        ("Verdict", {"fields": ("score", "categories", "reject_reason", "reviewed_by")}),
        WORK,
    )

    actions = ("approve", "reject", "try_again")

    @admin.action(description="Approve: put on sale", permissions=["operate"])
    def approve(self, request: HttpRequest, rows: QuerySet[stickers.Sticker]) -> None:
        who = request.user.get_username()
        self._decide(request, rows, lambda sticker: review.approve(sticker, by=who, why="in the console"))

    @admin.action(description="Reject: never on sale", permissions=["operate"])
    def reject(self, request: HttpRequest, rows: QuerySet[stickers.Sticker]) -> None:
        who = request.user.get_username()
        self._decide(request, rows, lambda sticker: review.reject(sticker, by=who, why=f"rejected by {who}"))

    def _decide(self, request: HttpRequest, rows: QuerySet[Any], verdict: Callable[[stickers.Sticker], None]) -> None:
        """The step that moderation runs, row by row; one that cannot be decided is named and the others go on."""
        decided = 0
        for sticker in rows:
            try:
                verdict(sticker)
                decided += 1
            except (IllegalMove, Beaten, NeedsPerson) as refusal:
                messages.warning(request, str(refusal))
        messages.success(request, f"{decided} of {len(rows)} designs decided.")

    @display(description="title", ordering="title")
    def name(self, sticker: stickers.Sticker) -> SafeString | str:
        return short(sticker.title)

    @display(description="moderation", ordering="moderation_score")
    def score(self, sticker: stickers.Sticker) -> str:
        return "–" if sticker.moderation_score is None else f"{sticker.moderation_score:.2f}"

    @display(description="description")
    def words(self, sticker: stickers.Sticker) -> SafeString | str:
        return paragraphs(sticker.description)

    @display(description="tags")
    def tagged(self, sticker: stickers.Sticker) -> str:
        return ", ".join(sticker.tags) or "–"

    @display(description="")
    def thumbnail(self, sticker: stickers.Sticker) -> SafeString | str:
        return picture(sticker.thumbnail_key)

    @display(description="status", ordering="status", label=COLOURS)
    def how(self, sticker: stickers.Sticker) -> tuple[str, str]:
        return sticker.status, sticker.get_status_display()

    @display(description="trend", ordering="trend__topic")
    def from_trend(self, sticker: stickers.Sticker) -> SafeString | str:
        return link(sticker.trend)

    @display(description="pictures")
    def pictures(self, sticker: stickers.Sticker) -> SafeString | str:
        keys = sticker.listing_images or [sticker.thumbnail_key]
        return format_html_join(" ", "{}", ((picture(key, 220),) for key in keys if key)) or "–"

    @display(description="drawn as")
    def drawn_as(self, sticker: stickers.Sticker) -> SafeString | str:
        return format_html("{}<p>{}</p>", link(sticker.generation), sticker.generation.prompt)

    @display(description="moderation")
    def categories(self, sticker: stickers.Sticker) -> SafeString | str:
        return pairs(sticker.moderation_categories)

    @display(description="blocklists")
    def blocked_by(self, sticker: stickers.Sticker) -> SafeString:
        return format_html(LINK, reverse("admin:stickers_rescan_design", args=[sticker.pk]), "What they find in it")

    @display(description="offers")
    def offered(self, sticker: stickers.Sticker) -> SafeString | str:
        return links(sticker.offers.all())

    @display(description="listings")
    def listed(self, sticker: stickers.Sticker) -> SafeString | str:
        return links(sticker.listings.all())

    @display(description="orders")
    def sold(self, sticker: stickers.Sticker) -> SafeString | str:
        return links([item.order for item in sticker.order_items.select_related("order")[:20]])


@admin.register(stickers.Size)
class SizeAdmin(ReadOnlyAdmin):
    list_display = ("sku", "sticker", "size", "dpi")
    list_filter = ("size",)
    list_select_related = ("sticker__trend",)
    search_fields = ("sticker__title",)
