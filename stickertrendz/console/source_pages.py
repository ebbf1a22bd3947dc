"""Pages of the sources trends come from, and of what they saw."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display

from trends import models as trends

from .cells import COLOURS, links
from .rows import ReadOnlyAdmin, SettingsAdmin


@admin.register(trends.Signal)
class SignalAdmin(ReadOnlyAdmin):
    list_display = ("text", "source", "score", "comments", "created_at", "observed_at")
    list_filter = ("source__kind",)
    list_select_related = ("source",)
    search_fields = ("text", "native_id")
    readonly_fields = ("became",)

    @display(description="trends")
    def became(self, signal: trends.Signal) -> SafeString | str:
        return links(signal.trends.all())


@admin.register(trends.Source)
class SourceAdmin(SettingsAdmin):
    list_display = ("place", "kind", "enabled", "weight", "baseline", "how", "reason", "last_good_at")
    list_filter = ("kind", "state", "enabled")
    search_fields = ("place",)
    readonly_fields = ("baseline", "state", "reason", "asked_at", "last_good_at", "etag")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # its posts are the evidence of listings; `enabled` is there to stop asking it

    @display(description="state", ordering="state", label=COLOURS)
    def how(self, source: trends.Source) -> tuple[str, str]:
        return source.state, source.get_state_display()
