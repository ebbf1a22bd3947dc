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

from etsy.models import Listing
from fulfillment.models import OrderItem
from pricing.models import Offer, Tier
from stickers import models as stickers
from stickers import scores
from stickertrendz import clock
from trends.models import Trend

from . import deciding, deeds, design_deeds, desk_pages, sticker_story
from .cells import COLOURS, in_words, link, picture, short, with_note
from .design_figures import DesignList
from .filters import NeedsSomebody, belonging_to, lately
from .neighbours import ASKED, AUDIT, CALLS, ERRORS, Kind, Neighbour, count, of_subject
from .rows import WORK, ReadOnlyAdmin, WorkAdmin

NUMBER = re.compile(r"(?:st-?)?0*(\d{1,15})(?:-[34])?", re.IGNORECASE)


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


class InTier(admin.SimpleListFilter):
    title = "price tier"
    parameter_name = "tier"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, in_words(name).capitalize()) for name in Tier.objects.values_list("name", flat=True)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not (name := self.value()):
            return queryset
        return queryset.filter(pk__in=Offer.objects.filter(tier=name).order_by().values("sticker"))


@admin.register(stickers.Sticker)
class StickerAdmin(WorkAdmin):
    about = (
        "Every design that passed its checks, with its verdicts, its words and what it sold. "
        "Decide here on many at once, or open one to see its evidence, files, listing and orders."
    )
    nothing = "No design is like this. Designs come from trends that qualify; what failed its checks is under Pictures."
    list_display = ("thumbnail", "name", "how", "on_shelf", "score", "sold", "age", "from_trend")
    list_display_links = ("thumbnail", "name")
    list_filter = (
        NeedsSomebody, "status", "shelf", InTier, ScoreBand, lately("created_at", "made"),
        lately("published_at", "first on sale"), belonging_to("trend", Trend, "trend"),
    )  # fmt: skip
    list_select_related = ("trend",)
    search_fields = ("title", "trend__topic")
    search_help_text = "Number, title or topic"
    date_hierarchy = "created_at"
    change_form_before_template = "console/stickers/design.html"
    fieldsets = (WORK,)
    actions = ("approve", "reject", "put_back", "take_back", "publish_now", "try_again")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """A design's number finds just that one, written as on the listing, as a SKU, or as bare digits."""
        if number := NUMBER.fullmatch(search_term.strip()):
            return queryset.filter(pk=int(number[1])), False
        found: tuple[QuerySet[Any], bool] = super().get_search_results(request, queryset, search_term)
        return found

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[DesignList]:
        return DesignList

    def get_urls(self) -> list[URLPattern]:
        desk = self.admin_site.admin_view(self.desk_view)
        return [path("review/", desk, name="stickers_sticker_review"), *super().get_urls()]

    def desk_view(self, request: HttpRequest) -> HttpResponse:
        return desk_pages.view(self.admin_site, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        allowed = object_id.isdecimal() and self.has_view_permission(request)
        story = sticker_story.of(int(object_id)) if allowed else {}
        if story:
            story |= {"neighbours": _neighbours(request, story["sticker"])}
            story["deeds"] = deeds.offered(self, request, *design_deeds.fitting(story["sticker"]))
        story["may_decide"] = self.has_operate_permission(request)
        shown: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), **story})
        return shown

    @admin.action(description="Approve: put on sale", permissions=["operate"])
    def approve(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, design_deeds.APPROVE)

    @admin.action(description="Reject: never on sale", permissions=["operate"])
    def reject(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, design_deeds.REJECT)

    @admin.action(description="Put rejected ones back into review", permissions=["operate"])
    def put_back(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, design_deeds.PUT_BACK)

    @admin.action(description="Take back my verdicts", permissions=["operate"])
    def take_back(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, design_deeds.take_back(request.user.get_username()))

    @admin.action(description="Publish now", permissions=["operate"])
    def publish_now(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return deciding.ask(self, request, rows.prefetch_related("listings"), design_deeds.PUBLISH)

    @display(description="")
    def thumbnail(self, sticker: stickers.Sticker) -> SafeString | str:
        return picture(sticker.thumbnail_key)

    @display(description="design", ordering="pk")
    def name(self, sticker: stickers.Sticker) -> SafeString | str:
        told = format_html('<span class="number-cell">{}</span><br>{}', sticker.number, short(sticker.title, 26))
        return with_note(told, sticker.needs_attention)

    @display(description="status", ordering="status", label=COLOURS)
    def how(self, sticker: stickers.Sticker) -> tuple[str, str]:
        """One that is parked says so: its status alone would look as if a job were at it."""
        if sticker.needs_attention:
            return "error", "Needs attention"
        return sticker.status, sticker.get_status_display()

    @display(description="shelf", ordering="shelf")
    def on_shelf(self, sticker: Any) -> SafeString:
        """With the tier of its price while it has one."""
        told = '<span class="number-cell">{}</span><br><span class="kind">{}</span>'
        return format_html(told, sticker.get_shelf_display(), sticker.tiers)

    @display(description="sold")
    def sold(self, sticker: Any) -> SafeString:
        return format_html('<span class="number-cell">{}</span>', sticker.sold)

    @display(description="score", ordering="moderation_score")
    def score(self, sticker: stickers.Sticker) -> SafeString | str:
        value = sticker.moderation_score
        if value is None:
            return "–"
        return format_html('<span class="score-{}">{}</span>', scores.judged(value), f"{value:.2f}")

    @display(description="trend", ordering="trend__topic")
    def from_trend(self, sticker: stickers.Sticker) -> SafeString | str:
        return link(sticker.trend, short(sticker.trend.topic, 14))

    @display(description="age", ordering="created_at")
    def age(self, sticker: stickers.Sticker) -> str:
        return timesince(sticker.created_at, clock.now(), depth=1)


LINES = Kind("order line", "order lines", OrderItem)
LISTINGS = Kind("listing", "listings", Listing)
OFFERS = Kind("offer", "offers", Offer)
EXEMPTIONS = Kind("exemption", "exemptions", stickers.Exemption)


def _neighbours(request: HttpRequest, sticker: stickers.Sticker) -> list[Neighbour]:
    kinds = (LINES, LISTINGS, OFFERS, EXEMPTIONS)
    mine = [each for kind in kinds for each in count(request, kind, sticker__id__exact=sticker.pk)]
    return [*mine, *of_subject(request, sticker, ASKED, ERRORS, CALLS, AUDIT)]


@admin.register(stickers.Size)
class SizeAdmin(ReadOnlyAdmin):
    about = (
        "The sizes each design is offered in, with its print file and how sharp it is. "
        "Find here which design a SKU of an order is; the files are on the design's page."
    )
    nothing = "No size is like this. A design gets its sizes when it has passed its checks."
    list_display = ("thumbnail", "sku", "design", "size", "dpi")
    list_display_links = ("thumbnail", "sku")
    list_filter = ("size", belonging_to("sticker", stickers.Sticker, "design"))
    list_select_related = ("sticker__trend",)
    search_fields = ("sticker__title",)
    search_help_text = "SKU, number or title"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if number := NUMBER.fullmatch(search_term.strip()):
            return queryset.filter(sticker=int(number[1])), False
        found: tuple[QuerySet[Any], bool] = super().get_search_results(request, queryset, search_term)
        return found

    @display(description="")
    def thumbnail(self, size: stickers.Size) -> SafeString | str:
        return picture(size.sticker.thumbnail_key)

    @display(description="design")
    def design(self, size: stickers.Size) -> SafeString | str:
        return link(size.sticker)
