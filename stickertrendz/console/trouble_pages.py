"""The pages of errors and alerts: what went wrong, what it means, what to do now, and that it was seen to."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.decorators import display

from stickertrendz.ops import audit, subjects
from stickertrendz.ops import models as ops
from stickertrendz.ops.errors import Beaten
from stickertrendz.ops.work import WorkItem

from . import deciding, json_words
from .cells import COLOURS, link, paragraphs, short
from .deciding import Deed
from .error_advice import advice
from .ops_pages import WithSubject


def _mark(row: Any, by: str, action: str, column: str, old: Any, new: Any) -> None:
    with transaction.atomic():
        if not type(row).objects.filter(pk=row.pk, **{column: old}).update(**{column: new}):
            raise Beaten("somebody else has done so already")
        audit.record(by, action, row)


def _open(error: ops.ErrorLog) -> str:
    if error.resolved:
        raise Beaten("it is resolved already")
    return f"Leaves the list of what waits: {error.error_message[:200]}"


def _closed(error: ops.ErrorLog) -> str:
    if not error.resolved:
        raise Beaten("it is not resolved")
    return "Waits for somebody again."


def _resolve(error: ops.ErrorLog, *, by: str) -> None:
    _mark(error, by, "marked error as resolved", "resolved", False, True)


def _reopen(error: ops.ErrorLog, *, by: str) -> None:
    _mark(error, by, "reopened error", "resolved", True, False)


def _unseen(alert: ops.Alert) -> str:
    if alert.seen_by:
        raise Beaten(f"{alert.seen_by} has seen it already")
    return "Counts as seen by you, and leaves the front page."


def _seen(alert: ops.Alert) -> str:
    if not alert.seen_by:
        raise Beaten("nobody has seen it yet")
    return f"Was seen by {alert.seen_by}; waits for somebody again."


def _see(alert: ops.Alert, *, by: str) -> None:
    _mark(alert, by, "saw alert", "seen_by", "", by)


def _unsee(alert: ops.Alert, *, by: str) -> None:
    _mark(alert, by, "put alert back as unseen", "seen_by", alert.seen_by, "")


RESOLVE = Deed("Mark as resolved", "This only says that somebody has seen to it; it mends and repeats nothing. What is "
               "parked is tried again on its own page.", _open, _resolve, form=forms.Form, undo="reopen")  # fmt: skip
REOPEN = Deed("Put back as not resolved", "They count again among what waits.", _closed, _reopen, form=forms.Form,
              undo="resolve")  # fmt: skip
SEE = Deed("Mark as seen", "This only says that you know of it.", _unseen, _see, form=forms.Form, undo="unsee")
UNSEE = Deed("Put back as not seen", "They wait again on the front page.", _seen, _unsee, form=forms.Form,
             undo="see")  # fmt: skip


@admin.register(ops.ErrorLog)
class ErrorAdmin(WithSubject):
    about = (
        "What went wrong or was unusual, the newest first; each page says what it means, what to do now and whether "
        "the shop tries again by itself. Mark as resolved what has been seen to."
    )
    list_display = ("created_at", "how", "job", "what", "kind", "service", "concerns", "resolved")
    list_filter = ("severity", "resolved", "workflow", "service", "error_type")
    list_select_related = ("run",)
    search_fields = ("error_message", "step", "subject")
    search_help_text = "Words of the message, a step, or a row such as trends.trend:12"
    date_hierarchy = "created_at"
    actions = ("resolve", "reopen")
    change_form_outer_before_template = "console/ops/error.html"
    readonly_fields = ("concerns", "of_run", "message", "where")
    fieldsets = (
        (None, {"fields": ("created_at", "severity", "message", "concerns", "of_run", "resolved")}),
        ("For whoever mends it", {"classes": ["collapse"], "fields": (
            "workflow", "step", "service", "error_type", "retry_count", "where")}),
    )  # fmt: skip

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("ops.change_errorlog")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        error = ops.ErrorLog.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        facts = {"advice": advice(error), **_parked(error, request)} if error else {}
        shown: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), **facts})
        return shown

    @admin.action(description="Mark as resolved", permissions=["operate"])
    def resolve(self, request: HttpRequest, rows: QuerySet[ops.ErrorLog]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, RESOLVE)

    @admin.action(description="Put back as not resolved", permissions=["operate"])
    def reopen(self, request: HttpRequest, rows: QuerySet[ops.ErrorLog]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, REOPEN)

    @display(description="severity", ordering="severity", label=COLOURS)
    def how(self, row: ops.ErrorLog) -> tuple[str, str]:
        return row.severity, row.get_severity_display()

    @display(description="job", ordering="workflow")
    def job(self, row: ops.ErrorLog) -> SafeString | str:
        return link(row.run, row.workflow or str(row.run)) if row.run else row.workflow or "–"

    @display(description="what")
    def what(self, row: ops.ErrorLog) -> SafeString | str:
        return short(row.error_message, 90)

    @display(description="kind", ordering="error_type")
    def kind(self, row: ops.ErrorLog) -> str:
        return row.error_type.replace("_", " ")

    @display(description="run")
    def of_run(self, row: ops.ErrorLog) -> SafeString | str:
        return link(row.run)

    @display(description="message")
    def message(self, row: ops.ErrorLog) -> SafeString | str:
        return paragraphs(row.error_message)

    @display(description="where")
    def where(self, row: ops.ErrorLog) -> SafeString | str:
        return json_words.shown(row.context)


def _parked(error: ops.ErrorLog, request: HttpRequest) -> dict[str, Any]:
    """The row the error is about, where it waits for another try that this person may give."""
    row = subjects.find(error.subject) if error.subject else None
    if not isinstance(row, WorkItem) or not row.needs_attention:
        return {}
    names = row._meta
    if not request.user.has_perm(f"{names.app_label}.change_{names.model_name}"):
        return {}
    return {"parked": row, "again": reverse(f"admin:{names.app_label}_{names.model_name}_changelist")}


class Unseen(admin.SimpleListFilter):
    title, parameter_name = "seen", "seen"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "Not seen yet"), ("yes", "Seen")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return {"no": queryset.filter(seen_by=""), "yes": queryset.exclude(seen_by="")}.get(str(self.value()), queryset)


@admin.register(ops.Alert)
class AlertAdmin(WithSubject):
    about = (
        "What the shop wanted you to know, mailed once a day for each matter. Read it, do what it says, and mark it as "
        "seen, so that others know somebody has it in hand."
    )
    list_display = ("created_at", "title", "says", "concerns", "mailed", "seen_by")
    list_filter = (Unseen,)
    list_select_related = ("mail",)
    search_fields = ("title", "text", "key")
    date_hierarchy = "created_at"
    actions = ("see", "unsee")
    readonly_fields = ("words", "concerns", "mailed")
    fieldsets = ((None, {"fields": ("created_at", "words", "concerns", "mailed", "seen_by", "key")}),)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("ops.change_alert")

    @admin.action(description="Mark as seen", permissions=["operate"])
    def see(self, request: HttpRequest, rows: QuerySet[ops.Alert]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, SEE)

    @admin.action(description="Put back as not seen", permissions=["operate"])
    def unsee(self, request: HttpRequest, rows: QuerySet[ops.Alert]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, UNSEE)

    @display(description="says")
    def says(self, alert: ops.Alert) -> SafeString | str:
        return short(alert.text, 90)

    @display(description="says")
    def words(self, alert: ops.Alert) -> SafeString | str:
        return paragraphs(alert.text)

    @display(description="mailed")
    def mailed(self, alert: ops.Alert) -> SafeString | str:
        if alert.mail is None:
            return "–"
        sent = alert.mail.sent_at
        return link(alert.mail, f"{sent:%-d %b %H:%M}" if sent else "not yet")
