"""Pages of the sources trends come from, and of what they saw."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from stickertrendz import clock
from stickertrendz.ops import audit, queue
from stickertrendz.ops.models import Health
from trends import models as trends
from trends import standing
from trends.adapters.registry import ADAPTERS

from . import deciding, source_deeds
from .cells import COLOURS, link, short
from .filters import belonging_to, lately
from .neighbours import number_link
from .rows import ReadOnlyAdmin, SettingsAdmin
from .source_figures import DAYS_DRAWN, SourceList, bars, newest, per_day, trends_from

OUTSIDE = '<a class="text-primary-600 dark:text-primary-500" href="{}" target="_blank" rel="noopener noreferrer">{}</a>'
ask_sources = queue.waker("trend_monitor")


def ago(at: Any) -> str:
    if not at:
        return "never"
    words = standing.in_words(clock.now() - at)
    return "just now" if words == "0 min" else f"{words} ago".replace(" ", "\N{NO-BREAK SPACE}")


class BecameATrend(admin.SimpleListFilter):
    title = "became a trend"
    parameter_name = "trend"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Evidence of a trend"), ("no", "Of none")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        evidence = Exists(trends.Trend.signals.through.objects.filter(signal_id=OuterRef("pk")))
        return {"yes": queryset.filter(evidence), "no": queryset.exclude(evidence)}.get(self.value() or "", queryset)


@admin.register(trends.Signal)
class SignalAdmin(ReadOnlyAdmin):
    about = (
        "Posts and searches as the sources showed them: the evidence that trends rest on, without anybody's name. "
        "Look here for what a trend was made of, and for what a source brings that becomes nothing."
    )
    nothing = "No post or search is like this. Sources are asked every two hours."
    list_display = ("says", "place", "score", "speed", "became", "posted", "seen")
    list_filter = (
        "source__kind", BecameATrend, lately("observed_at", "last seen"),
        belonging_to("trends", trends.Trend, "trend"), belonging_to("source", trends.Source, "source"),
    )  # fmt: skip
    list_select_related = ("source",)
    search_fields = ("text", "native_id__exact")
    search_help_text = "Words of the post, or its whole number at the service"
    date_hierarchy = "observed_at"
    readonly_fields = ("became", "place", "at_service", "speed")
    fieldsets = (
        (None, {"fields": ("text", "became", "place", "at_service")}),
        ("How it did", {"fields": ("score", "comments", "speed", "created_at", "observed_at", "looks")}),
        ("As it was read", {"classes": ["collapse"], "fields": ("native_id", "score_before", "observed_before")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.prefetch_related("trends")

    @display(description="post or search")
    def says(self, signal: trends.Signal) -> SafeString | str:
        return short(signal.text, 54)

    @display(description="source")
    def place(self, signal: trends.Signal) -> SafeString | str:
        return link(signal.source)

    @display(description="points/h")
    def speed(self, signal: trends.Signal) -> str:
        return "–" if signal.score is None else f"{signal.per_hour():,.0f}"

    @display(description="trends")
    def became(self, signal: trends.Signal) -> SafeString | str:
        rows = ((link(trend, short(trend.topic, 30)),) for trend in signal.trends.all())
        return format_html_join(mark_safe("<br>"), "{}", rows) or "–"

    @display(description="posted")
    def posted(self, signal: trends.Signal) -> str:
        return ago(signal.created_at)

    @display(description="last seen", ordering="observed_at")
    def seen(self, signal: trends.Signal) -> str:
        return ago(signal.observed_at)

    @display(description="at the service")
    def at_service(self, signal: trends.Signal) -> SafeString | str:
        """A link where it is the service's own page; a made-up one of the sandbox is only shown."""
        if not signal.url.startswith("https://"):
            return signal.url or "–"
        return format_html(OUTSIDE, signal.url, signal.url)


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's own is not generic at run time
    """A new place is written as its service does, and watched only once."""

    place = forms.CharField(
        max_length=200,  # a pasted address is longer than the name in it
        widget=UnfoldAdminTextInputWidget,
        help_text="A subreddit (aww, r/aww or its address), or a country code such as US.",
    )

    class Meta:
        model = trends.Source
        fields = ("kind", "place", "enabled", "weight")

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.pk is None and values.get("kind") and values.get("place"):
            try:
                values["place"] = ADAPTERS[values["kind"]].place_name(values["place"])
            except ValueError as error:
                self.add_error("place", str(error))
            else:
                self._refuse_second(values["kind"], values["place"])
        return values

    def _refuse_second(self, kind: str, place: str) -> None:
        known = trends.Source.objects.filter(kind=kind, place__iexact=place).first()
        if known is not None:
            how = "is watched already" if known.enabled else "is known already; enable it in the list instead"
            self.add_error("place", f"{known} {how}.")


@admin.register(trends.Source)
class SourceAdmin(SettingsAdmin):
    about = (
        "The subreddits and searches that trends come from, with what each brought lately and how it stands. "
        "Add a place, ask one at once, or disable one that brings nothing; what it saw stays as evidence."
    )
    nothing = "No source is like this. Add a subreddit or a country's searches to watch."
    form = SourceForm
    list_display = ("name", "how", "posts", "became", "last_good", "usual", "weight", "why")
    list_filter = ("state", "enabled", "kind")
    list_display_links = None
    ordering = ("-enabled", "kind", "place")  # what is asked stands first; recordings leave hundreds that are not
    sortable_by = ("name", "weight", "usual", "last_good", "how")
    search_fields = ("place",)
    search_help_text = "A subreddit or country"
    actions = ("enable", "disable", "ask_now")
    change_form_outer_after_template = "console/timeline/of_row.html"
    readonly_fields = ("stands", "usual", "last_good", "asked", "per_day", "rests_on_it", "latest")
    fieldsets = (
        (None, {"fields": ("kind", "place", "enabled", "weight")}),
        ("How it stands", {"fields": ("stands", "last_good", "asked", "usual")}),
        ("What it saw", {"fields": ("per_day", "rests_on_it", "latest")}),
    )

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The source with what it brought, looked up once: the theme renders each field several times."""
        source: Any = super().get_object(request, object_id, from_field)
        if source is not None:
            source.days, source.trends_here, source.newest = per_day(source), trends_from(source), newest(source)
        return source

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fieldsets if obj else self.fieldsets[:1]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.readonly_fields, "kind", "place") if obj else ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[SourceList]:
        return SourceList

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # its posts are the evidence of listings; `enabled` is there to stop asking it

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("trends.change_source")

    @admin.action(description="Enable", permissions=["operate"])
    def enable(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, source_deeds.ENABLE)

    @admin.action(description="Disable: not asked any more", permissions=["operate"])
    def disable(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, source_deeds.DISABLE)

    @admin.action(description="Ask now", permissions=["operate"])
    def ask_now(self, request: HttpRequest, rows: QuerySet[trends.Source]) -> None:
        """Lets them be asked although they rest, in a run of the monitor that a worker takes up."""
        wanted = list(rows.filter(enabled=True))
        if not wanted:
            messages.warning(request, "All of these are disabled; enable what is to be asked.")
            return
        trends.Source.objects.filter(pk__in=[row.pk for row in wanted]).update(next_try_at=None)
        ask_sources()
        for row in wanted:
            audit.record(request.user.get_username(), "asked a source for news", row)
        messages.success(request, f"Asked for a run of the trend monitor, which asks {standing.names(wanted)}.")
        worker = Health.objects.filter(name="worker").first()
        if worker is None or clock.now() - worker.seen_at > standing.EARLY:
            messages.warning(request, "No worker is alive to take it up; start one with manage.py qcluster.")

    @display(description="place", ordering="place")
    def name(self, source: trends.Source) -> SafeString | str:
        if source.kind == trends.Source.Kind.REDDIT:
            return link(source)
        return format_html('{}<br><span class="kind">{}</span>', link(source, source.place), source.get_kind_display())

    @display(description="points/h", ordering="baseline")
    def usual(self, source: trends.Source) -> str:
        return "–" if source.baseline is None else f"{source.baseline:,.1f}"

    @display(description="seen, 24 h")
    def posts(self, source: Any) -> SafeString | str:
        lately = {"source__id__exact": source.pk, "observed_at_within": "day"}
        return number_link("trends_signal", source.posts_lately, **lately)

    @display(description="trends, 30 d")
    def became(self, source: Any) -> int:
        return int(source.trends_lately)

    @display(description="last good", ordering="last_good_at")
    def last_good(self, source: trends.Source) -> str:
        return ago(source.last_good_at)

    @display(description="last asked")
    def asked(self, source: trends.Source) -> str:
        return ago(source.asked_at)

    @display(description="state", ordering="state", label=COLOURS)
    def how(self, source: trends.Source) -> tuple[str, str]:
        return (source.state, source.get_state_display()) if source.enabled else ("off", "Disabled")

    @display(description="why")
    def why(self, source: trends.Source) -> SafeString | str:
        words = standing.explain(source)
        return format_html('<span class="reason">{}</span>', words) if words else "–"

    @display(description="state")
    def stands(self, source: trends.Source) -> str:
        _, state = self.how(source)
        words = standing.explain(source)
        return f"{state}. {words}" if words else f"{state}."

    @display(description=f"seen per day, last {DAYS_DRAWN} days")
    def per_day(self, source: Any) -> SafeString | str:
        return bars(source.days)

    @display(description="trends that rest on it")
    def rests_on_it(self, source: Any) -> SafeString | str:
        rows = ((link(trend), trend.get_status_display(), trend.from_here) for trend in source.trends_here)
        return _table(("trend", "status", "posts from here"), rows)

    @display(description="latest")
    def latest(self, source: Any) -> SafeString | str:
        rows = (
            (link(row), "–" if row.score is None else f"{row.score:,}", ago(row.observed_at)) for row in source.newest
        )
        return _table(("post or search", "score", "seen"), rows)


def _table(head: tuple[str, ...], rows: Any) -> SafeString | str:
    cells = format_html_join("", "<tr><td>{}</td><td>{}</td><td>{}</td></tr>", rows)
    if not cells:
        return "–"
    titles = format_html_join("", "<th>{}</th>", ((title,) for title in head))
    return format_html('<table class="pairs wide"><tr>{}</tr>{}</table>', titles, cells)
