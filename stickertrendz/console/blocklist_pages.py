"""Pages of the blocklists: their terms, and the topics they shut out."""

from django.contrib import admin

from trends import models as trends
from trends.models.terms import BlocklistRevision

from .rows import ReadOnlyAdmin


@admin.register(trends.Term)
class TermAdmin(ReadOnlyAdmin):
    list_display = ("text", "kind", "section", "match", "origin", "added_by", "retired_at")
    list_filter = ("kind", "section", "match")
    search_fields = ("text", "folded")


@admin.register(BlocklistRevision)
class RevisionAdmin(ReadOnlyAdmin):
    list_display = ("number", "at")
    search_fields = ("number",)


@admin.register(trends.BlockedTopic)
class BlockedTopicAdmin(ReadOnlyAdmin):
    list_display = ("day", "topic", "term", "kind", "count")
    list_filter = ("kind",)
    search_fields = ("topic", "term")
    date_hierarchy = "day"
