"""Pages of runs, errors, alerts, mails, calls, intents, meters, switches and health."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display

from stickertrendz import money
from stickertrendz.ops import audit, switches
from stickertrendz.ops import models as ops

from .cells import COLOURS, short, subject_link
from .rows import ConsoleAdmin, ReadOnlyAdmin


class WithSubject(ReadOnlyAdmin):
    @display(description="about")
    def concerns(self, row: Any) -> SafeString | str:
        return subject_link(row.subject) if row.subject else "–"


@admin.register(ops.Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = (
        "workflow",
        "how",
        "started_at",
        "took",
        "counted",
        "left",
        "errors_count",
        "api_calls",
        "spent",
        "asked_by",
    )
    list_filter = ("workflow", "status")
    search_fields = ("workflow", "note")
    date_hierarchy = "started_at"
    change_form_outer_after_template = "console/timeline/of_row.html"
    change_form_before_template = "console/pricing/of_run.html"

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

    @display(description="AI cost")
    def spent(self, run: ops.Run) -> str:
        return f"${run.ai_cost}"


@admin.register(ops.ErrorLog)
class ErrorAdmin(WithSubject):
    list_display = ("created_at", "how", "workflow", "step", "service", "error_message", "concerns", "resolved")
    list_filter = ("severity", "resolved", "workflow", "service", "error_type")
    search_fields = ("error_message", "step", "subject")
    date_hierarchy = "created_at"
    actions = ("resolve",)

    @display(description="severity", ordering="severity", label=COLOURS)
    def how(self, row: ops.ErrorLog) -> tuple[str, str]:
        return row.severity, row.get_severity_display()

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("ops.change_errorlog")

    @admin.action(description="Mark as resolved", permissions=["operate"])
    def resolve(self, request: HttpRequest, rows: QuerySet[ops.ErrorLog]) -> None:
        keys = list(rows.filter(resolved=False).values_list("pk", flat=True))
        with transaction.atomic():
            done = rows.model.objects.filter(pk__in=keys).update(resolved=True)
            audit.record(request.user.get_username(), "marked errors as resolved", errors=keys)
        messages.success(request, f"{done} errors marked as resolved.")


@admin.register(ops.Alert)
class AlertAdmin(WithSubject):
    list_display = ("created_at", "title", "key", "concerns", "seen_by")
    search_fields = ("title", "text", "key")
    date_hierarchy = "created_at"


@admin.register(ops.Mail)
class MailAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "subject", "sent_at", "attempts", "last_error")
    search_fields = ("subject",)
    exclude = ("html",)


@admin.register(ops.AuditEntry)
class AuditAdmin(WithSubject):
    list_display = ("at", "who", "action", "concerns", "why")
    list_filter = ("action",)
    search_fields = ("who", "action", "subject", "why")
    date_hierarchy = "at"


@admin.register(ops.Call)
class CallAdmin(WithSubject):
    list_display = ("at", "service", "operation", "outcome", "status", "ms", "cost", "quota_left", "concerns")
    list_filter = ("service", "outcome")
    search_fields = ("operation", "subject", "request_id")

    @display(description="cost")
    def cost(self, row: ops.Call) -> str:
        return f"${money.from_micro(row.cost_micro)}" if row.cost_micro else "–"


@admin.register(ops.Intent)
class IntentAdmin(WithSubject):
    list_display = ("kind", "key", "how", "sends", "planned_at", "done_at", "concerns")
    list_filter = ("kind", "state")
    search_fields = ("key", "subject")

    @display(description="state", ordering="state", label=COLOURS)
    def how(self, row: ops.Intent) -> tuple[str, str]:
        return row.state, row.get_state_display()


@admin.register(ops.Transcript)
class TranscriptAdmin(WithSubject):
    list_display = ("created_at", "purpose", "model", "prompt_version", "concerns")
    list_filter = ("purpose", "model")
    search_fields = ("subject", "answer")


@admin.register(ops.Meter)
class MeterAdmin(ReadOnlyAdmin):
    list_display = ("name", "window", "used", "reserved", "limit", "until")
    search_fields = ("name",)


@admin.register(ops.Metric)
class MetricAdmin(ReadOnlyAdmin):
    list_display = ("day", "name", "value")
    list_filter = ("name",)
    search_fields = ("name",)
    date_hierarchy = "day"


@admin.register(ops.Health)
class HealthAdmin(ReadOnlyAdmin):
    list_display = ("name", "ok", "reason", "since", "seen_at")
    search_fields = ("name",)


@admin.register(ops.Stamp)
class StampAdmin(ReadOnlyAdmin):
    list_display = ("mode", "shop_id", "created_at")
    search_fields = ("mode",)


@admin.register(ops.Switch)
class SwitchAdmin(ConsoleAdmin):
    """Adding a row throws the switch, deleting it clears it."""

    list_display = ("name", "reason", "thrown_by", "thrown_at")
    search_fields = ("name", "reason")
    fields = ("name", "reason")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ops.Switch, form: Any, change: bool) -> None:
        switches.throw(obj.name, obj.reason, by=request.user.get_username())
        obj.pk = ops.Switch.objects.get(name=obj.name).pk

    def delete_model(self, request: HttpRequest, obj: ops.Switch) -> None:
        switches.clear(obj.name, by=request.user.get_username())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ops.Switch]) -> None:
        for switch in queryset:
            self.delete_model(request, switch)
