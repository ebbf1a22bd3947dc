"""Pages of trends and their evidence."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display

from trends import models as trends

from .cells import COLOURS, links, pairs
from .rows import WORK, WorkAdmin


@admin.register(trends.Trend)
class TrendAdmin(WorkAdmin):
    list_display = (
        "topic",
        "how",
        "score_overall",
        "score_safety",
        "rank",
        "came_from",
        "signal_count",
        "created_at",
        "needs_attention",
    )
    list_filter = ("status",)
    search_fields = ("topic", "topic_normalized")
    date_hierarchy = "created_at"
    readonly_fields = ("rank_terms", "evidence", "designs", "came_from", "stemmed")
    fieldsets = (
        (None, {"fields": ("topic", "designs", "came_from", "evidence")}),
        ("Rank", {"fields": ("rank", "rank_terms", "stemmed", "episode", "created_at", "last_seen_at")}),
        ("Score", {"fields": ("score_overall", "score_velocity", "score_commercial", "score_safety", "score_uniqueness",
                              "score_spread", "reasoning", "model", "prompt_version", "scored_at")}),
        WORK,
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = rows.annotate(signal_total=Count("signals"))
        return counted

    @display(description="status", ordering="status", label=COLOURS)
    def how(self, trend: trends.Trend) -> tuple[str, str]:
        return trend.status, trend.get_status_display()

    @display(description="sources")
    def came_from(self, trend: trends.Trend) -> str:
        return ", ".join(trend.sources)

    @display(description="evidence", ordering="signal_total")
    def signal_count(self, trend: Any) -> int:
        return int(trend.signal_total)

    @display(description="keywords")
    def stemmed(self, trend: trends.Trend) -> str:
        return ", ".join(trend.keywords)

    @display(description="terms of the rank")
    def rank_terms(self, trend: trends.Trend) -> SafeString | str:
        return pairs(trend.rank_parts)

    @display(description="evidence")
    def evidence(self, trend: trends.Trend) -> SafeString | str:
        """The posts and searches it was made from, the strongest first; each opens its own row."""
        rows = trend.signals.select_related("source").order_by("-score", "pk")[:30]
        return format_html(
            '<table class="pairs">{}</table>',
            format_html_join(
                "",
                '<tr><th>{}</th><td><a href="/admin/trends/signal/{}/change/">{}</a></td><td>{}</td></tr>',
                ((row.source, row.pk, row.text, "–" if row.score is None else row.score) for row in rows),
            ),
        )

    @display(description="designs")
    def designs(self, trend: trends.Trend) -> SafeString | str:
        return links(trend.stickers.all())
