"""Pages of what is kept to look into verdicts: candidates of each cycle, and scores asked for again."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from unfold.decorators import display

from stickertrendz import clock
from stickertrendz.ops.errors import Beaten, IllegalMove
from trends import models as trends
from trends import replay

from . import rank_words, trend_story
from .cells import COLOURS, link, short, with_note
from .filters import NeedsSomebody, belonging_to
from .rows import WORK, ReadOnlyAdmin, WorkAdmin
from .trends_pages import status_word

# What became of a candidate, and the colour of its label.
FATES = {
    "new": ("New trend", "success"),
    "known": ("Known trend, met again", "info"),
    "blocked": ("Blocked", "danger"),
    "shut": ("Stays shut", "danger"),
    "vetoed": ("Vetoed", "danger"),
    "too_low": ("Ranked too low", "quiet"),
    "too_many": ("Crowded out", "quiet"),
}


@admin.register(trends.Cycle)
class CycleAdmin(ReadOnlyAdmin):
    """What the last cycles found, and why each candidate went on or stayed behind."""

    about = (
        "What each look at the sources found in the last 30 days, and why a topic went on or stayed behind. "
        "Open one to see its candidates with their ranks; there is nothing to decide here."
    )
    nothing = "No cycle of the last 30 days is like this. The trend monitor writes one every two hours."
    list_display = ("began", "best", "topics", "went_on", "stayed_behind", "of_run")
    list_select_related = ("run",)
    search_fields = ("run__workflow",)
    date_hierarchy = "created_at"
    change_form_before_template = "console/trends/cycle.html"
    fields = ("created_at", "of_run", "topics")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        cycle = trends.Cycle.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        rows = _candidates(cycle) if cycle and self.has_view_permission(request, cycle) else []
        shown: HttpResponse = super().change_view(
            request, object_id, form_url, {**(extra_context or {}), "candidates": rows}
        )
        return shown

    @display(description="cycle", ordering="created_at")
    def began(self, cycle: trends.Cycle) -> str:
        return f"{cycle.created_at:%-d %b %H:%M}, {timesince(cycle.created_at, clock.now(), depth=1)} ago"

    @display(description="run")
    def of_run(self, cycle: trends.Cycle) -> SafeString | str:
        return link(cycle.run)

    @display(description="went on")
    def went_on(self, cycle: trends.Cycle) -> int:
        return sum(candidate["trend"] is not None for candidate in cycle.candidates)

    @display(description="stayed behind")
    def stayed_behind(self, cycle: trends.Cycle) -> int:
        return int(cycle.topics - self.went_on(cycle))

    @display(description="best")
    def best(self, cycle: trends.Cycle) -> SafeString | str:
        return short(cycle.candidates[0]["topic"], 40) if cycle.candidates else "–"


def _candidates(cycle: trends.Cycle) -> list[dict[str, Any]]:
    """Each with its label, its terms, and how its trend stands today: two queries however many there are."""
    keys = [candidate["trend"] for candidate in cycle.candidates if candidate["trend"]]
    known = trends.Trend.objects.in_bulk(keys)
    return [_candidate(candidate, known.get(candidate["trend"])) for candidate in cycle.candidates]


def _candidate(kept: dict[str, Any], trend: trends.Trend | None) -> dict[str, Any]:
    label = FATES.get(kept["fate"], (kept["fate"], "info"))
    now = status_word(trend) if trend else ""
    return {**kept, "trend": trend, "now": now, "label": label, "terms": rank_words.terms(kept["parts"])}


@admin.register(trends.Replay)
class ReplayAdmin(WorkAdmin):
    """Old and new verdict side by side; the trend takes the new one over only when asked."""

    about = (
        "Scores that somebody asked the model for once more, each beside the one its trend carries. "
        "Open one to compare them, and take the new score over where it is the better one."
    )
    nothing = "No score was asked for like this. Ask on a trend's page with “Score again and compare”."
    list_display = ("topic", "how", "old", "new", "samples", "cost", "age", "asked_by")
    list_display_links = ("how",)
    list_filter = (NeedsSomebody, "status", belonging_to("trend", trends.Trend, "trend"))
    search_help_text = "Words of the topic"
    list_select_related = ("trend",)
    search_fields = ("trend__topic",)
    change_form_before_template = "console/trends/replay.html"
    readonly_fields = ("topic",)
    fieldsets = ((None, {"fields": ("topic", "samples", "created_at")}), WORK)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        rows = trends.Replay.objects.select_related("trend", "transcript")
        row = rows.filter(pk=object_id).first() if object_id.isdecimal() else None
        told = {"replay": row, "beside": trend_story.beside(row)} if row else {}
        told["may_take"] = row is not None and _may_take(row) and self.has_operate_permission(request)
        shown: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), **told})
        return shown

    def get_urls(self) -> list[Any]:
        take = path("<int:key>/take/", self.admin_site.admin_view(self.take_view), name="trends_replay_take")
        return [take, *super().get_urls()]

    def take_view(self, request: HttpRequest, key: int) -> HttpResponse:
        if request.method != "POST" or not self.has_operate_permission(request):
            raise PermissionDenied
        row = get_object_or_404(trends.Replay.objects.select_related("trend"), pk=key)
        try:
            if row.status != trends.Replay.Status.DONE:
                raise IllegalMove(f"Nothing to take over: it is {row.get_status_display().lower()}. Reload its page.")
            replay.take_over(row, by=request.user.get_username())
            messages.success(request, f"“{row.trend}” carries the new score: {row.trend.get_status_display()}.")
        except (IllegalMove, Beaten) as refusal:
            messages.warning(request, str(refusal))
        return redirect(reverse("admin:trends_trend_change", args=[row.trend_id]))

    @display(description="trend", ordering="trend__topic")
    def topic(self, row: trends.Replay) -> SafeString | str:
        return with_note(link(row.trend), row.needs_attention)

    @display(description="age", ordering="created_at")
    def age(self, row: trends.Replay) -> str:
        return timesince(row.created_at, clock.now(), depth=1)

    @display(description="status", ordering="status", label=COLOURS)
    def how(self, row: trends.Replay) -> tuple[str, str]:
        if row.needs_attention:
            return "error", "Needs attention"
        return row.status, row.get_status_display()

    @display(description="old")
    def old(self, row: trends.Replay) -> str:
        return str(row.trend.score_overall or "–")

    @display(description="new")
    def new(self, row: trends.Replay) -> str:
        return str(row.found.get("overall", "–"))


def _may_take(row: trends.Replay) -> bool:
    return row.status == trends.Replay.Status.DONE and row.trend.status in replay.MAY_TAKE
