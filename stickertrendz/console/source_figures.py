"""What a source brought, counted for its list and its page in a constant number of queries."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F
from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from stickertrendz import clock
from trends.models import Signal, Source, Trend
from trends.readings import FRESH_FOR

from .quick_list import QuickList

TRENDS_OF = timedelta(days=30)
DAYS_DRAWN = 14
SHOWN = 20
BAR, GAP, HEIGHT = 14, 4, 48


class SourceList(QuickList):
    """The list's page, each source with `posts_lately` and `trends_lately`: two queries whatever its length."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)  # type: ignore[has-type]
        posts, found = posts_lately(rows), trends_lately(rows)
        for row in rows:
            row.posts_lately, row.trends_lately = posts.get(row.pk, 0), found.get(row.pk, 0)
        self.result_list = rows


def posts_lately(sources: list[Source]) -> dict[int, int]:
    rows = Signal.objects.filter(source__in=sources, observed_at__gte=clock.now() - FRESH_FOR).order_by()
    return dict(rows.values("source").annotate(count=Count("pk")).values_list("source", "count"))


def trends_lately(sources: list[Source]) -> dict[int, int]:
    rows = Trend.objects.filter(created_at__gte=clock.now() - TRENDS_OF, signals__source__in=sources).order_by()
    counted = rows.values("signals__source").annotate(count=Count("pk", distinct=True))
    return dict(counted.values_list("signals__source", "count"))


def newest(source: Source) -> list[Signal]:
    return list(source.signals.order_by("-observed_at", F("score").desc(nulls_last=True), "-pk")[:SHOWN])


def trends_from(source: Source) -> list[Any]:
    """The newest trends with evidence from here; `from_here` counts it."""
    rows = Trend.objects.filter(signals__source=source, created_at__gte=clock.now() - TRENDS_OF)
    return list(rows.annotate(from_here=Count("signals")).order_by("-created_at", "-pk")[:SHOWN])


def per_day(source: Source) -> dict[date, int]:
    since = clock.now() - timedelta(days=DAYS_DRAWN)
    rows = source.signals.filter(observed_at__gte=since).order_by().annotate(day=TruncDate("observed_at"))
    return dict(rows.values("day").annotate(count=Count("pk")).values_list("day", "count"))


def bars(seen: dict[date, int]) -> SafeString | str:
    """One bar a day, oldest left; a day without anything keeps its place."""
    if not seen:
        return "–"
    today, highest = clock.now().date(), max(seen.values())
    days = [today - timedelta(days=back) for back in reversed(range(DAYS_DRAWN))]
    rects = ((_bar(place, day, seen.get(day, 0), highest),) for place, day in enumerate(days))
    drawn = format_html_join("", "{}", rects)
    words = f"{sum(seen.values())} in all, at most {highest} a day"
    return format_html(
        '<svg class="bars" width="{}" height="{}" role="img" aria-label="{}">{}</svg><p class="quiet">{}</p>',
        DAYS_DRAWN * (BAR + GAP), HEIGHT, words, drawn, words,
    )  # fmt: skip


def _bar(place: int, day: date, count: int, highest: int) -> SafeString:
    height = max(1, round(count / highest * (HEIGHT - 2)))
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" rx="2"><title>{}: {}</title></rect>',
        place * (BAR + GAP), HEIGHT - height, BAR, height, f"{day:%d %b}", count,
    )  # fmt: skip
