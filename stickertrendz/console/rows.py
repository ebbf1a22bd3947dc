"""What the admin pages of all apps share: lists that open quickly, rows that are never edited by hand."""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import SEARCH_VAR
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.admin import ModelAdmin

from stickertrendz.ops import audit, work
from stickertrendz.ops.errors import Beaten, NeedsPerson

from . import deciding
from .deciding import Deed
from .quick_list import BoundedPaginator, QuickList

NUMBER = re.compile(r"\s*([\w-]*\d[\w-]*)?\s*")  # as numbers.js has it


class ConsoleAdmin(ModelAdmin):
    """Lists open quickly, changes are warned of before they are lost; `about` says on each page what its rows are."""

    about: str = ""
    list_per_page = 50
    show_full_result_count = False
    paginator: Any = BoundedPaginator
    warn_unsaved_form = True
    list_filter_submit = True
    list_fullwidth = True

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return QuickList


# How a row of work stands: what jobs write about it, folded away below what it is.
WORK = (
    "How it stands",
    {
        "classes": ["collapse"],
        "fields": ("status", "status_since", "attempts", "not_before", "needs_attention", "asked_by"),
    },
)


class ReadOnlyAdmin(ConsoleAdmin):
    """Rows that jobs write: looked at, searched and filtered, never edited by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class NumbersSearched(ConsoleAdmin):
    """Lists beside customers: only numbers and SKUs are searched, for a search stands in the page's address."""

    class Media:
        js = ("console/numbers.js",)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not NUMBER.fullmatch(request.GET.get(SEARCH_VAR, "")):
            messages.warning(request, "Only numbers and SKUs are searched here; customers under Privacy requests.")
            return HttpResponseRedirect(request.path)
        shown: HttpResponse = super().changelist_view(request, extra_context)
        return shown


def _why_parked(row: Any) -> str:
    if not row.needs_attention:
        raise NeedsPerson("it is not parked: the jobs go on with it by themselves")
    return f"The next run tries it again. It was parked because: {row.needs_attention}"


def _try_again(row: Any, *, by: str) -> None:
    with transaction.atomic():
        if not work.retry(row, by=by):
            raise Beaten("it is not parked any more")
        audit.record(by, "asked for another try", row)


TRY_AGAIN = Deed(
    "Try parked rows again",
    "What was parked waits for a person. Mend first what the reason names; then the next run tries the same step "
    "once more, with all its tries before it.",
    _why_parked,
    _try_again,
    "Try again",
    "The next run tries again.",
    forms.Form,
)


class WorkAdmin(ReadOnlyAdmin):
    """Rows that jobs move; what is parked may be tried again."""

    actions: tuple[str | Callable[..., Any], ...] = ("try_again",)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")

    @admin.action(description="Try parked rows again", permissions=["operate"])
    def try_again(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, TRY_AGAIN)


class SettingsAdmin(ConsoleAdmin):
    """Rows the operator edits; who did so, and what became of each value, is in the audit."""

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        values = {name: [str(form.initial.get(name, "")), str(form.cleaned_data[name])] for name in form.changed_data}
        obj.save()
        what = "changed setting" if change else "added setting"
        audit.record(request.user.get_username(), what, obj, values=values)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        with transaction.atomic():
            audit.record(request.user.get_username(), "deleted setting", obj, was=str(obj))
            obj.delete()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self.delete_model(request, row)
