"""Pages of what is kept to look into verdicts: candidates of each cycle, and scores asked for again."""

from django.contrib import admin

from trends import models as trends

from .rows import ReadOnlyAdmin, WorkAdmin


@admin.register(trends.Cycle)
class CycleAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "topics", "run")
    list_select_related = ("run",)
    search_fields = ("run__workflow",)


@admin.register(trends.Replay)
class ReplayAdmin(WorkAdmin):
    list_display = ("trend", "status", "samples", "created_at", "needs_attention")
    list_select_related = ("trend",)
    search_fields = ("trend__topic",)
