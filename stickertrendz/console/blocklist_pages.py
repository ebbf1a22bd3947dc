"""Pages of the blocklists: their terms, and the topics they shut out."""

from django.contrib import admin

from stickers.models import Exemption, Rescan
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


@admin.register(Rescan)
class RescanAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "ended_at", "looked_at", "found", "asked_by")
    search_fields = ("asked_by",)


@admin.register(Exemption)
class ExemptionAdmin(ReadOnlyAdmin):
    list_display = ("sticker", "term", "by", "why", "at", "withdrawn_at")
    list_select_related = ("sticker__trend", "term")
    search_fields = ("sticker__title", "term__text")
