"""Pages of the recalls: a batch is shown first, taken off sale by one click, and put back design by design."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from etsy import recall
from etsy.models import Recall
from etsy.recall import Batch
from stickers.models import Generation, Sticker
from stickertrendz.ops.errors import NeedsPerson

from .blocklist_forms import ReasonForm
from .rows import ReadOnlyAdmin

SHOWN = 60
NEWEST = 5000  # designs whose versions are offered
SPANS = (Recall.Kind.CREATED, Recall.Kind.PUBLISHED)
NUMBERS = (Recall.Kind.RUN, Recall.Kind.TREND)
LONGEST_NUMBER = 18
TIME = {"type": "datetime-local"}


class BatchForm(forms.Form):
    kind = forms.ChoiceField(label="Recall", choices=Recall.Kind.choices, widget=UnfoldAdminSelectWidget)
    value = forms.CharField(
        label="Run, trend or version", max_length=80, required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"list": "versions", "autocomplete": "off"}),
        help_text="The number of the run or trend (it is in the address of its page), or the version.",
    )  # fmt: skip
    since = forms.DateTimeField(
        label="From (UTC)", required=False, widget=UnfoldAdminTextInputWidget(attrs=TIME),
        help_text="For a span of time.",
    )  # fmt: skip
    until = forms.DateTimeField(
        label="Up to (UTC)", required=False, widget=UnfoldAdminTextInputWidget(attrs=TIME),
        help_text="Not included.",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = {"kind": "", "value": "", "since": None, "until": None, **self.cleaned_data}
        if told["kind"] in SPANS:
            self._check_span(told)
            return told | {"value": ""}
        if not told["value"]:
            raise forms.ValidationError({"value": "Say which run, trend or version."})
        number = told["value"]
        if told["kind"] in NUMBERS and not (number.isdecimal() and len(number) <= LONGEST_NUMBER):
            raise forms.ValidationError({"value": "This is not a number."})
        return told | {"since": None, "until": None}

    def _check_span(self, told: dict[str, Any]) -> None:
        if not told["since"] or not told["until"]:
            raise forms.ValidationError("A span of time needs a beginning and an end.")
        if told["since"] >= told["until"]:
            raise forms.ValidationError("The span ends before it begins.")


class CauseForm(forms.Form):
    why = forms.CharField(
        label="Why", max_length=150, widget=UnfoldAdminTextInputWidget,
        help_text="It is kept in the audit with your name, and with each design.",
    )  # fmt: skip


@admin.register(Recall)
class RecallAdmin(ReadOnlyAdmin):
    about = (
        "Batches of designs that were taken off sale by one decision, such as those of a bad model version. Recall"
        " a batch after seeing what it holds; on its page put back, one by one, what was fine."
    )
    list_display = ("__str__", "of", "why", "designs", "by", "at")
    list_filter = ("kind",)
    search_fields = ("why", "value")
    list_before_template = "console/etsy/recalls_intro.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("etsy.add_recall")

    @display(description="batch", ordering="kind")
    def of(self, row: Recall) -> str:
        return in_words(Batch(row.kind, row.value, row.since, row.until))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """First what it would take off sale; then a reason and one click."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = BatchForm(request.POST if request.method == "POST" else request.GET or None)
        if not form.is_valid():
            return self._page(request, "recall_add", "Recall designs", form=form, versions=_versions())
        batch = Batch(**form.cleaned_data)
        reason = CauseForm(request.POST if "take" in request.POST else None)
        if reason.is_valid():
            return self._recall(request, batch, reason.cleaned_data["why"])
        return self._page(
            request, "recall_add", "Recall these designs?", form=form, reason=reason, words=in_words(batch),
            extent=recall.extent(batch), rows=recall.recallable(batch).select_related("trend")[:SHOWN],
        )  # fmt: skip

    def _recall(self, request: HttpRequest, batch: Batch, why: str) -> HttpResponse:
        try:
            made = recall.recall(batch, by=request.user.get_username(), why=why)
        except NeedsPerson as refusal:
            messages.warning(request, str(refusal))
            return HttpResponseRedirect(reverse("admin:etsy_recall_changelist"))
        messages.success(request, f"{made.designs} off sale here, and being taken off Etsy now.")
        return HttpResponseRedirect(_address(made))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """How far Etsy has followed, and what the recall still keeps off sale."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        made = get_object_or_404(Recall, pk=object_id if object_id.isdecimal() else 0)
        may = request.user.has_perm("etsy.change_recall")
        form = ReasonForm(request.POST or None)
        if request.method == "POST":
            if not may:
                raise PermissionDenied
            if form.is_valid():
                self._put_back(request, made, form.cleaned_data["why"])
                return HttpResponseRedirect(_address(made))
        off = recall.kept_off(made)
        return self._page(
            request, "recall", f"Recall {made.pk}", made=made, form=form, may=may, words=self.of(made),
            rows=off.select_related("trend")[:SHOWN], off=off.count(), still=recall.still_on_etsy(made).count(),
        )  # fmt: skip

    def _put_back(self, request: HttpRequest, made: Recall, why: str) -> None:
        ticked = [int(key) for key in request.POST.getlist("design") if key.isdecimal()]
        rows = list(recall.kept_off(made).filter(pk__in=ticked[:SHOWN]).select_related("trend", "generation"))
        who = request.user.get_username()
        back = [one for one in rows if recall.put_back(made, one, by=who, why=why)]
        words = f"{len(back)} of {len(set(ticked))} go back on sale."
        if len(back) < len(set(ticked)):
            words += " The others were decided on already, or wait under Re-scans for terms found in them."
        (messages.success if back else messages.warning)(request, words)

    def _page(self, request: HttpRequest, name: str, title: str, **facts: Any) -> TemplateResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **facts}
        return TemplateResponse(request, f"console/etsy/{name}.html", context)


def in_words(batch: Batch) -> str:
    label = Recall.Kind(batch.kind).label
    if batch.since and batch.until:
        return f"{label}: {batch.since:%Y-%m-%d %H:%M} to {batch.until:%Y-%m-%d %H:%M} UTC"
    return f"{label}: {batch.value}"


def _versions() -> list[str]:
    """Versions that the newest designs were drawn or described with, offered while typing."""
    columns = ("prompt_version", "concept_version", "model_version")
    drawn = list(Generation.objects.order_by("-pk").values_list(*columns)[:NEWEST])
    texts = Sticker.objects.order_by("-pk").values_list("copy_version", flat=True)[:NEWEST]
    used = [{row[place] for row in drawn} for place in range(len(columns))] + [set(texts)]
    return [version for each in used for version in sorted(each - {""})[:SHOWN]]


def _address(made: Recall) -> str:
    return reverse("admin:etsy_recall_change", args=[made.pk])
