"""Pages of the designs: the list, one design with all that is known of it, and the files of its sizes."""

import re
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from unfold.decorators import display

from stickers import models as stickers
from stickers import scores
from stickertrendz import clock

from . import desk_pages, sticker_story, verdict_pages
from .cells import COLOURS, link, picture, short
from .rows import WORK, ReadOnlyAdmin, WorkAdmin

NUMBER = re.compile(r"(?:st-?)?0*(\d{1,15})(?:-[34])?", re.IGNORECASE)


class NeedsSomebody(admin.SimpleListFilter):
    title = "needs attention"
    parameter_name = "parked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Waits for a person")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.exclude(needs_attention="") if self.value() else queryset


class ScoreBand(admin.SimpleListFilter):
    title = "moderation score"
    parameter_name = "score"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        low, high = settings.MODERATION_FLAG_AT, settings.MODERATION_REJECT_ABOVE
        return [
            ("harmless", f"Below {low}"), ("doubtful", f"{low} to {high}"), ("refused", f"Above {high}"),
            ("none", "Not judged"),
        ]  # fmt: skip

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        low, high = scores.flag_at(), scores.reject_above()
        bands = {
            "harmless": Q(moderation_score__lt=low),
            "doubtful": Q(moderation_score__gte=low, moderation_score__lte=high),
            "refused": Q(moderation_score__gt=high),
            "none": Q(moderation_score=None),
        }
        return queryset.filter(bands.get(self.value() or "", Q()))


@admin.register(stickers.Sticker)
class StickerAdmin(WorkAdmin):
    list_display = (
        "thumbnail", "numbered", "name", "how", "on_shelf", "score", "from_trend", "age",
    )  # fmt: skip
    list_display_links = ("thumbnail", "numbered")
    list_filter = ("status", "shelf", ScoreBand, NeedsSomebody)
    list_select_related = ("trend",)
    search_fields = ("title", "trend__topic")
    search_help_text = "Number, title or topic"
    date_hierarchy = "created_at"
    change_form_before_template = "console/stickers/design.html"
    fieldsets = (WORK,)
    actions = ("approve", "reject", "put_back", "try_again")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """A design's number finds it too, written as on the listing, as a SKU, or as bare digits."""
        found, doubled = super().get_search_results(request, queryset, search_term)
        if number := NUMBER.fullmatch(search_term.strip()):
            found |= queryset.filter(pk=int(number[1]))
        return found, doubled

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(self.decide_view)
        desk = self.admin_site.admin_view(self.desk_view)
        own = [
            path("decide/<slug:name>/", decide, name="stickers_sticker_decide"),
            path("review/", desk, name="stickers_sticker_review"),
        ]
        return [*own, *super().get_urls()]

    def desk_view(self, request: HttpRequest) -> HttpResponse:
        return desk_pages.view(self.admin_site, request)

    def decide_view(self, request: HttpRequest, name: str) -> HttpResponse:
        return verdict_pages.view(self.admin_site, request, name)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        allowed = object_id.isdecimal() and self.has_view_permission(request)
        story = sticker_story.of(int(object_id)) if allowed else {}
        story["may_decide"] = self.has_operate_permission(request)
        shown: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), **story})
        return shown

    @admin.action(description="Approve: put on sale", permissions=["operate"])
    def approve(self, request: HttpRequest, rows: QuerySet[stickers.Sticker]) -> HttpResponse:
        return self._ask(request, rows, "approve")

    @admin.action(description="Reject: never on sale", permissions=["operate"])
    def reject(self, request: HttpRequest, rows: QuerySet[stickers.Sticker]) -> HttpResponse:
        return self._ask(request, rows, "reject")

    @admin.action(description="Put rejected ones back into review", permissions=["operate"])
    def put_back(self, request: HttpRequest, rows: QuerySet[stickers.Sticker]) -> HttpResponse:
        return self._ask(request, rows, "review")

    def _ask(self, request: HttpRequest, rows: QuerySet[stickers.Sticker], name: str) -> HttpResponse:
        return verdict_pages.page(self.admin_site, request, name, rows.values_list("pk", flat=True))

    @display(description="")
    def thumbnail(self, sticker: stickers.Sticker) -> SafeString | str:
        return picture(sticker.thumbnail_key)

    @display(description="number", ordering="pk")
    def numbered(self, sticker: stickers.Sticker) -> SafeString:
        return format_html('<span class="number-cell">{}</span>', sticker.number)

    @display(description="title", ordering="title")
    def name(self, sticker: stickers.Sticker) -> SafeString | str:
        return short(sticker.title, 24)

    @display(description="status", ordering="status", label=COLOURS)
    def how(self, sticker: stickers.Sticker) -> tuple[str, str]:
        """One that is parked says so: its status alone would look as if a job were at it."""
        if sticker.needs_attention:
            return "error", "Needs attention"
        return sticker.status, sticker.get_status_display()

    @display(description="shelf", ordering="shelf")
    def on_shelf(self, sticker: stickers.Sticker) -> SafeString:
        return format_html('<span class="number-cell">{}</span>', sticker.get_shelf_display())

    @display(description="score", ordering="moderation_score")
    def score(self, sticker: stickers.Sticker) -> SafeString | str:
        value = sticker.moderation_score
        if value is None:
            return "–"
        return format_html('<span class="score-{}">{}</span>', scores.judged(value), f"{value:.2f}")

    @display(description="trend", ordering="trend__topic")
    def from_trend(self, sticker: stickers.Sticker) -> SafeString | str:
        return link(sticker.trend, short(sticker.trend.topic, 20))

    @display(description="age", ordering="created_at")
    def age(self, sticker: stickers.Sticker) -> str:
        return timesince(sticker.created_at, clock.now(), depth=1)


@admin.register(stickers.Size)
class SizeAdmin(ReadOnlyAdmin):
    list_display = ("sku", "sticker", "size", "dpi")
    list_filter = ("size",)
    list_select_related = ("sticker__trend",)
    search_fields = ("sticker__title",)
