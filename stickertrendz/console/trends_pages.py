"""Pages of trends: the list, and one trend with its evidence, rank, score and what the model was asked."""

import re
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from unfold.decorators import display

from stickers.models import Generation, Sticker
from stickertrendz import clock, money
from trends import models as trends
from trends import replay

from . import deciding, deeds, draw_again, trend_deeds, trend_story
from .cells import COLOURS, picture, short, with_note
from .design_figures import NOTHING, TrendList, sold_by
from .filters import NeedsSomebody, belonging_to, lately
from .neighbours import ASKED, AUDIT, CALLS, ERRORS, Kind, Neighbour, count, number_link, of_subject
from .rows import WORK, WorkAdmin

BADGES = {"reddit": "Reddit", "google_trends": "Google"}
SAMPLES = (1, 3, 5, 9)
DESIGNS_SHOWN = 12


class Shut(admin.SimpleListFilter):
    title = "open or shut"
    parameter_name = "shut"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "Open"), ("hand", "Shut by hand or by a complaint"), ("unsafe", "Found unsafe")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        unsafe = Q(status=trends.Trend.Status.UNSAFE)
        parts = {"open": Q(shut_why="") & ~unsafe, "hand": ~Q(shut_why=""), "unsafe": unsafe}
        return queryset.filter(parts.get(self.value() or "", Q()))


def meter(value: Any, most: float) -> SafeString | str:
    """A figure with a bar as long as its share of `most`."""
    if value is None:
        return "–"
    return format_html(
        '<span class="measured"><meter min="0" max="{}" value="{}"></meter> {}</span>', most, value, value
    )


def status_word(trend: trends.Trend) -> str:
    """Its status without the explanation."""
    return re.split("[:,]| for ", trend.get_status_display())[0]


@admin.register(trends.Trend)
class TrendAdmin(WorkAdmin):
    about = (
        "Topics that people start to care about, from the first post to the last sale. "
        "Open one to see its evidence, its verdict and its designs; shut what should never be drawn."
    )
    nothing = "No trend is like this. The monitor looks at the sources every two hours and writes what it finds here."
    list_display = ("drawn", "name", "how", "overall", "ranked", "evidence", "designs", "sold", "age")
    list_display_links = ("drawn", "name")
    list_filter = (
        NeedsSomebody, "status", Shut, lately("created_at", "first seen"),
        belonging_to("signals", trends.Signal, "evidence"),
    )  # fmt: skip
    search_fields = ("topic", "topic_normalized")
    search_help_text = "Words of the topic"
    date_hierarchy = "created_at"
    actions = ("shut_topics", "reopen_topics", "draw_topics_again", "score_again", "doubt_unsafe", "try_again")
    change_form_before_template = "console/trends/trend.html"
    readonly_fields = ("stemmed",)
    fieldsets = (
        ("How it is found again", {"classes": ["collapse"], "fields": ("stemmed", "episode", "shut_why")}),
        WORK,
    )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[TrendList]:
        return TrendList

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        trend = trends.Trend.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        story = trend_story.of(trend) if trend and self.has_view_permission(request, trend) else {}
        if trend and story:
            story |= _designs(trend) | {"neighbours": _neighbours(request, trend)}
        story["may_ask"] = self.has_operate_permission(request)
        story["may_draw"] = draw_again.offered(request, trend)
        story["deeds"] = deeds.offered(self, request, *_fitting(trend)) if trend else []
        shown: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), **story})
        return shown

    def get_urls(self) -> list[Any]:
        again = path("<int:key>/replay/", self.admin_site.admin_view(self.replay_view), name="trends_trend_replay")
        draw = path("<int:key>/draw/", self.admin_site.admin_view(self.draw_view), name="trends_trend_draw")
        return [again, draw, *super().get_urls()]

    def draw_view(self, request: HttpRequest, key: int) -> HttpResponse:
        return draw_again.view(self.admin_site, request, key)

    def replay_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Asks first, telling the cost; the wish is then written and the job that sends it woken."""
        if not self.has_operate_permission(request):
            raise PermissionDenied
        trend = get_object_or_404(trends.Trend, pk=key)
        kept = request.GET.get("transcript", "")
        transcript = get_object_or_404(replay.replayable(trend), pk=int(kept)) if kept.isdecimal() else None
        if request.method == "POST":
            samples = request.POST.get("samples", "1")
            number = int(samples) if samples.isdecimal() and int(samples) in SAMPLES else 1
            row = replay.ask(trend, by=request.user.get_username(), transcript=transcript, samples=number)
            messages.success(request, "The model is asked within the next minutes; reload this page to see its answer.")
            return redirect(reverse("admin:trends_replay_change", args=[row.pk]))
        one = replay.estimate(trends.Replay(trend=trend, transcript=transcript, samples=1))
        costs = [(number, money.from_micro(number * one)) for number in SAMPLES]
        told = {
            "title": f"Ask the model again about “{trend}”",
            "trend": trend,
            "transcript": transcript,
            "costs": costs,
        }
        return TemplateResponse(request, "console/trends/ask.html", {**self.admin_site.each_context(request), **told})

    def has_doubt_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("trends.doubt_unsafe")

    def has_draw_permission(self, request: HttpRequest) -> bool:
        return draw_again.allowed(request)

    @admin.action(description="Shut: no designs of these topics from now on", permissions=["operate"])
    def shut_topics(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, trend_deeds.SHUT)

    @admin.action(description="Reopen topics that were shut by hand", permissions=["operate"])
    def reopen_topics(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, trend_deeds.REOPEN)

    @admin.action(description="Have unsafe topics scored anew", permissions=["doubt"])
    def doubt_unsafe(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, trend_deeds.DOUBT)

    @admin.action(description="Draw again, where no design came out", permissions=["draw"])
    def draw_topics_again(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, trend_deeds.draw_again())

    @admin.action(description="Score again and compare", permissions=["operate"])
    def score_again(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, trend_deeds.score_again(rows.first()))

    @display(description="")
    def drawn(self, trend: Any) -> SafeString | str:
        return picture(trend.thumbnail, 48)

    @display(description="topic", ordering="topic")
    def name(self, trend: trends.Trend) -> SafeString | str:
        """With where it was seen, and why it waits for a person."""
        badges = ((source, BADGES.get(source, source)) for source in trend.sources)
        told = format_html_join(" ", '<span class="badge badge-{}">{}</span>', badges)
        return with_note(format_html("{}<br>{}", short(trend.topic, 40), told), trend.needs_attention)

    @display(description="status", ordering="status", label=COLOURS)
    def how(self, trend: trends.Trend) -> tuple[str, str]:
        """One that is parked says so: its status alone would look as if a job were at it."""
        if trend.needs_attention:
            return "error", "Needs attention"
        return ("inactive", "Shut") if trend.shut_why else (trend.status, status_word(trend))

    @display(description="score", ordering="score_overall")
    def overall(self, trend: trends.Trend) -> SafeString | str:
        if trend.score_overall is None:
            return "–"
        told = '{}<br><span class="kind">safety {}</span>'
        return format_html(told, meter(trend.score_overall, 10), trend.score_safety)

    @display(description="rank", ordering="rank")
    def ranked(self, trend: trends.Trend) -> str:
        return f"{trend.rank:.1f}"

    @display(description="evidence")
    def evidence(self, trend: Any) -> SafeString | str:
        return number_link("trends_signal", trend.posts, trends__id__exact=trend.pk)

    @display(description="designs")
    def designs(self, trend: Any) -> SafeString | str:
        return number_link("stickers_sticker", trend.designs, trend__id__exact=trend.pk)

    @display(description="sold")
    def sold(self, trend: Any) -> SafeString:
        return format_html('<span class="number-cell">{}</span>', trend.sold)

    @display(description="age", ordering="created_at")
    def age(self, trend: trends.Trend) -> str:
        return timesince(trend.created_at, clock.now(), depth=1)

    @display(description="keywords")
    def stemmed(self, trend: trends.Trend) -> str:
        return ", ".join(trend.keywords)


def _fitting(trend: trends.Trend) -> list[str]:
    """The actions of the list that make sense for this one."""
    turn = "reopen_topics" if trend.shut_why else "doubt_unsafe" if trend.is_shut else "shut_topics"
    return [turn, "try_again"] if trend.needs_attention else [turn]


POSTS = Kind("post or search", "posts and searches", trends.Signal)
DESIGNS = Kind("design", "designs", Sticker)
PICTURES = Kind("picture bought", "pictures bought", Generation)
REPLAYS = Kind("score asked for again", "scores asked for again", trends.Replay)


def _designs(trend: trends.Trend) -> dict[str, Any]:
    """What was made of it, the newest first, with its listings, and what it sold in all."""
    made = Sticker.objects.filter(trend=trend).order_by("-pk").prefetch_related("listings")[:DESIGNS_SHOWN]
    return {"designs": list(made), "sold": sold_by("sticker__trend", [trend.pk]).get(trend.pk, NOTHING)}


def _neighbours(request: HttpRequest, trend: trends.Trend) -> list[Neighbour]:
    kept = of_subject(request, trend, ASKED, ERRORS, CALLS, AUDIT)
    mine = [each for kind in (DESIGNS, PICTURES, REPLAYS) for each in count(request, kind, trend__id__exact=trend.pk)]
    return [*count(request, POSTS, trends__id__exact=trend.pk), *mine, *kept]
