"""Pages of runs, calls, intents, transcripts, mails, figures, health and the audit."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from unfold.decorators import display

from stickertrendz import money
from stickertrendz.ops import models as ops

from . import json_words
from .cells import COLOURS, LINK, link, paragraphs, short, subject_link
from .known_values import values_like
from .rows import ReadOnlyAdmin
from .timeline_words import OUTCOMES

TOUCHED = 40  # rows of a run that are named on its page
SUBJECT_HELP = "A row such as trends.trend:12"


class WithSubject(ReadOnlyAdmin):
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The first column that knows the words: asked for in all of them at once, no index would serve."""
        if not (term := search_term.strip()):
            return queryset, False
        for column in self.search_fields:
            found = queryset.filter(**{column: term})
            if found.order_by().exists():
                return found, False
        return queryset.none(), False

    @display(description="about")
    def concerns(self, row: Any) -> SafeString | str:
        return subject_link(row.subject) if row.subject else "–"


def _rows_of_run(run: ops.Run, model: str, total: int, words: str) -> SafeString | str:
    """So many rows of a run, as a link to their list."""
    href = f"{reverse(f'admin:ops_{model}_changelist')}?{urlencode({'run__id__exact': run.pk})}"
    return format_html(LINK, href, f"{total} {words}") if total else "none"


@admin.register(ops.Run)
class RunAdmin(ReadOnlyAdmin):
    about = (
        "Every time a job did its work: how long it took, what came of it, what it cost. A run that is partial goes on "
        "by itself; of one that failed its page tells why and what to do."
    )
    list_display = (
        "workflow", "how", "started_at", "took", "counted", "left", "errors_count", "api_calls", "spent", "asked_by",
    )  # fmt: skip
    list_filter = ("workflow", "status")
    search_fields = ("workflow", "note")
    search_help_text = "A job's name, or words of the note"
    date_hierarchy = "started_at"
    change_form_outer_after_template = "console/timeline/of_row.html"
    change_form_before_template = "console/pricing/of_run.html"
    readonly_fields = ("took", "counted_all", "words", "spent", "its_errors", "its_calls", "touched")
    fieldsets = (
        (None, {"fields": ("workflow", "status", "asked_by", "started_at", "took", "counted_all", "left", "words")}),
        ("What belongs to it", {"fields": ("its_errors", "its_calls", "touched", "spent")}),
        ("Its lock", {"classes": ["collapse"], "fields": ("ended_at", "lease_until", "again")}),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """A part of a job's name, else of the note, which few runs have."""
        if not (term := search_term.strip()):
            return queryset, False
        if jobs := values_like(ops.Run, "workflow", term):
            return queryset.filter(workflow__in=jobs), False
        return queryset.exclude(note="").filter(note__icontains=term), False

    @display(description="status", ordering="status", label=COLOURS)
    def how(self, run: ops.Run) -> tuple[str, str]:
        return run.status, run.get_status_display()

    @display(description="seconds")
    def took(self, run: ops.Run) -> str:
        return f"{run.seconds:.1f}" if run.seconds is not None else "running"

    @display(description="counts")
    def counted(self, run: ops.Run) -> SafeString | str:
        """What was done; what was not is left out."""
        return short(", ".join(f"{name.replace('_', ' ')} {value}" for name, value in run.counts.items() if value))

    @display(description="what came of it")
    def counted_all(self, run: ops.Run) -> SafeString | str:
        return json_words.shown(run.counts) if run.counts else "there was nothing to do"

    @display(description="note")
    def words(self, run: ops.Run) -> SafeString | str:
        return paragraphs(run.note)

    @display(description="AI cost")
    def spent(self, run: ops.Run) -> str:
        return f"${run.ai_cost}"

    @display(description="errors and warnings")
    def its_errors(self, run: ops.Run) -> SafeString | str:
        return _rows_of_run(run, "errorlog", run.errors.count(), "told")

    @display(description="requests sent")
    def its_calls(self, run: ops.Run) -> SafeString | str:
        return _rows_of_run(run, "call", run.calls.count(), "sent")

    @display(description="rows it asked about or failed on")
    def touched(self, run: ops.Run) -> SafeString | str:
        """Named by its requests and its errors; a step that does neither leaves no trace here."""
        parts = [rows.exclude(subject="").order_by().values("subject") for rows in (run.calls, run.errors)]
        named = sorted(row["subject"] for row in parts[0].union(parts[1])[: TOUCHED + 1])
        links = format_html_join(", ", "{}", ((subject_link(one),) for one in named[:TOUCHED])) or "none"
        return format_html("{} and more", links) if len(named) > TOUCHED else links


@admin.register(ops.Mail)
class MailAdmin(ReadOnlyAdmin):
    about = (
        "The outbox: every mail of the shop, sent at least once and never given up. One that is not sent shows how "
        "often it was tried; look at the mail settings then."
    )
    list_display = ("created_at", "subject", "how", "attempts", "last_error")
    list_filter = (("sent_at", admin.EmptyFieldListFilter),)
    search_fields = ("subject",)
    readonly_fields = ("how", "words")
    fieldsets = ((None, {"fields": ("created_at", "to", "subject", "how", "words", "attempts", "last_error")}),)

    @display(description="sent", ordering="sent_at")
    def how(self, mail: ops.Mail) -> str:
        return f"{mail.sent_at:%-d %b %Y %H:%M}" if mail.sent_at else f"not yet; tried after {mail.not_before:%H:%M}"

    @display(description="text")
    def words(self, mail: ops.Mail) -> SafeString | str:
        return paragraphs(mail.text)


@admin.register(ops.AuditEntry)
class AuditAdmin(WithSubject):
    about = (
        "Who did what to which row, when and why; nobody can change it. Look up a row, a person or a deed here when "
        "something is not as you left it."
    )
    list_display = ("at", "who", "did", "why")
    list_filter = ("action",)
    search_fields = ("subject__exact", "who__exact", "action__exact")
    search_help_text = "A person, a deed, or a row such as trends.trend:12"
    date_hierarchy = "at"
    readonly_fields = ("did", "details")
    fieldsets = ((None, {"fields": ("at", "who", "did", "why", "details")}),)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Of a deed a part is enough."""
        if (term := search_term.strip()) and (deeds := values_like(ops.AuditEntry, "action", term)):
            return queryset.filter(action__in=deeds), False
        return super().get_search_results(request, queryset, search_term)

    @display(description="what was done", ordering="action")
    def did(self, entry: ops.AuditEntry) -> SafeString | str:
        return format_html("{} {}", entry.action, subject_link(entry.subject)) if entry.subject else entry.action

    @display(description="details")
    def details(self, entry: ops.AuditEntry) -> SafeString | str:
        return json_words.shown(entry.detail)


@admin.register(ops.Call)
class CallAdmin(WithSubject):
    about = (
        "Every request to an outside service: what it was, how it ended and what it cost; never what was in it. Look "
        "here when a service refuses us, or to see where money and quota go."
    )
    list_display = ("at", "service", "operation", "how", "status", "ms", "cost", "quota_left", "concerns")
    list_filter = ("service", "outcome")
    search_fields = ("subject__exact", "operation__exact")
    search_help_text = "An operation as listed, or a row such as trends.trend:12"
    readonly_fields = ("how", "cost", "concerns", "of_run", "held")
    fieldsets = (
        (None, {"fields": ("at", "service", "operation", "how", "status", "ms", "cost", "concerns", "of_run")}),
        ("What it held and was told", {"fields": ("held", "quota_left", "quota_limit", "request_id")}),
    )

    @display(description="outcome", ordering="outcome")
    def how(self, row: ops.Call) -> str:
        return OUTCOMES.get(row.outcome, row.outcome)

    @display(description="cost")
    def cost(self, row: ops.Call) -> str:
        return f"${money.from_micro(row.cost_micro)}" if row.cost_micro else "–"

    @display(description="run")
    def of_run(self, row: ops.Call) -> SafeString | str:
        return link(row.run)

    @display(description="reserved of budgets")
    def held(self, row: ops.Call) -> SafeString | str:
        return json_words.shown([{"meter": part.get("name"), "amount": part.get("amount")} for part in row.reserved])


@admin.register(ops.Intent)
class IntentAdmin(WithSubject):
    about = (
        "What may be done only once - a picture bought, a draft made, a print ordered - written down before the "
        "request leaves. One that stays on “sent” is looked for at the service before anything is sent again."
    )
    list_display = ("planned_at", "kind", "key", "how", "sends", "done_at", "concerns")
    list_filter = ("kind", "state")
    search_fields = ("key__exact", "subject__exact")
    search_help_text = f"A key as listed, or {SUBJECT_HELP.lower()}"
    readonly_fields = ("concerns", "found")
    fieldsets = (
        (None, {"fields": (
            "kind", "key", "state", "sends", "concerns", "planned_at", "sent_at", "absent_at", "done_at",
        )}),
        ("What came of it", {"fields": ("found",)}),
    )  # fmt: skip

    @display(description="state", ordering="state", label=COLOURS)
    def how(self, row: ops.Intent) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description="ids it brought")
    def found(self, row: ops.Intent) -> SafeString | str:
        return json_words.shown(row.result)


@admin.register(ops.Transcript)
class TranscriptAdmin(WithSubject):
    about = (
        "What a model was asked and what it answered, word for word, kept 30 days. Look here when a score, a text or a "
        "verdict seems wrong."
    )
    list_display = ("created_at", "purpose", "model", "prompt_version", "cost", "concerns")
    list_filter = ("purpose", "model")
    search_fields = ("subject__exact",)
    search_help_text = SUBJECT_HELP
    readonly_fields = ("cost", "concerns", "asked", "answered")
    fieldsets = (
        (None, {"fields": ("created_at", "purpose", "model", "prompt_version", "cost", "concerns")}),
        ("Word for word", {"fields": ("asked", "answered")}),
    )

    @display(description="cost", ordering="cost_micro")
    def cost(self, row: ops.Transcript) -> str:
        return f"${money.from_micro(row.cost_micro)}" if row.cost_micro else "–"

    @display(description="asked")
    def asked(self, row: ops.Transcript) -> SafeString | str:
        return paragraphs(row.request)

    @display(description="answered")
    def answered(self, row: ops.Transcript) -> SafeString | str:
        return paragraphs(row.answer)


@admin.register(ops.Metric)
class MetricAdmin(ReadOnlyAdmin):
    about = (
        "The shop's figures, one for each name and day, from which charts, goals and the statement are drawn. They are "
        "written when a day is closed."
    )
    list_display = ("day", "name", "value")
    list_filter = ("name",)
    search_fields = ("name",)
    date_hierarchy = "day"


@admin.register(ops.Health)
class HealthAdmin(ReadOnlyAdmin):
    about = (
        "When workers and services were last seen, and why one is not well. A worker that was not seen for five "
        "minutes is to be started anew: manage.py qcluster."
    )
    list_display = ("name", "ok", "reason", "since", "seen_at")
    search_fields = ("name",)


@admin.register(ops.Stamp)
class StampAdmin(ReadOnlyAdmin):
    about = (
        "Which mode and which shop this database belongs to. Settings that name another one are refused, so that "
        "sandbox and real shop never meet."
    )
    list_display = ("mode", "shop_id", "created_at")
    search_fields = ("mode",)
