"""Pages of the weekly samples of rejected designs: a person judges each with one click."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.decorators import display

from stickers import review, sampling, scores
from stickers.models import Sample, SampledDesign
from stickertrendz.ops.errors import Beaten, IllegalMove, NeedsPerson

from .cells import link, picture
from .filters import belonging_to
from .rows import ReadOnlyAdmin

VERDICTS = {"right": "success", "wrong": "danger", "waits": "info"}


@admin.register(Sample)
class SampleAdmin(ReadOnlyAdmin):
    about = (
        "Twenty designs a week that moderation rejected by itself, drawn at random. "
        "Judge each right or wrong: that is how often moderation is mistaken; a wrong one can be approved at once."
    )
    nothing = "No sample is like this. One is drawn each Monday from what moderation rejected by itself."
    list_display = ("__str__", "drawn_from", "size", "judged", "found_wrong", "drawn_at")
    search_fields = ("week",)
    list_before_template = "console/stickers/samples_intro.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        wrong = Q(designs__verdict=SampledDesign.Verdict.WRONG)
        counted: QuerySet[Any] = rows.annotate(
            total=Count("designs"),
            known=Count("designs", filter=~Q(designs__verdict="")),
            wrong=Count("designs", filter=wrong),
        )
        return counted

    @display(description="designs")
    def size(self, sample: Any) -> int:
        return int(sample.total)

    @display(description="judged")
    def judged(self, sample: Any) -> str:
        return f"{sample.known} of {sample.total}"

    @display(description="wrongly rejected")
    def found_wrong(self, sample: Any) -> str:
        return str(sampling.FalsePositives(sample.wrong, sample.known))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        facts = {"all_time": sampling.false_positives(), "waiting": sampling.waiting().count()}
        return super().changelist_view(request, {**(extra_context or {}), **facts})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        sample = get_object_or_404(Sample, pk=object_id if object_id.isdecimal() else 0)
        if request.method == "POST":
            return self._decide(request, sample)
        designs = sample.designs.select_related("sticker__trend")
        context = {
            **self.admin_site.each_context(request), "opts": self.opts, "title": f"S{str(sample)[1:]}",
            "sample": sample, "cards": [(one, scores.ranked(one.sticker.moderation_categories)[:3]) for one in designs],
            "rate": sampling.false_positives(sample=sample), "may_judge": _may_judge(request),
        }  # fmt: skip
        return TemplateResponse(request, "console/stickers/sample.html", context)

    def _decide(self, request: HttpRequest, sample: Sample) -> HttpResponse:
        if not _may_judge(request):
            raise PermissionDenied
        key = request.POST.get("design", "")
        rows = sample.designs.select_related("sticker__trend", "sticker__generation")
        design = get_object_or_404(rows, pk=key if key.isdecimal() else 0)
        who = request.user.get_username()
        try:
            if "approve" in request.POST:
                review.approve(design.sticker, by=who, why="wrongly rejected, by the weekly sample")
                messages.success(request, f"{design.sticker.number} is approved and goes on sale.")
            elif (verdict := request.POST.get("verdict", "")) in SampledDesign.Verdict.values:
                sampling.judge(design, verdict, by=who)
        except (Beaten, IllegalMove, NeedsPerson) as refusal:
            messages.warning(request, str(refusal))
        return HttpResponseRedirect(f"{reverse('admin:stickers_sample_change', args=[sample.pk])}#design-{design.pk}")


def _may_judge(request: HttpRequest) -> bool:
    return request.user.has_perm("stickers.change_sticker")


class Judged(admin.SimpleListFilter):
    title = "verdict"
    parameter_name = "judged"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waits", "Waits for a verdict"), *SampledDesign.Verdict.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not (verdict := self.value()):
            return queryset
        return queryset.filter(verdict="" if verdict == "waits" else verdict)


@admin.register(SampledDesign)
class SampledDesignAdmin(ReadOnlyAdmin):
    about = (
        "Every design that was ever in a weekly sample, with why it was rejected and what a person thought of that. "
        "Open one to judge it among the others of its week."
    )
    nothing = "No sampled design is like this. Each week's sample brings twenty."
    list_display = ("thumbnail", "number", "thought", "design", "reason", "judged_by", "judged_at")
    list_display_links = ("thumbnail", "number")
    list_filter = (Judged, belonging_to("sample", Sample, "sample"))
    list_select_related = ("sticker__trend", "sample")
    search_fields = ("sticker__title", "sticker__trend__topic", "reason")

    @display(description="")
    def thumbnail(self, design: SampledDesign) -> SafeString | str:
        return picture(design.sticker.thumbnail_key)

    @display(description="number", ordering="sticker")
    def number(self, design: SampledDesign) -> str:
        return design.sticker.number

    @display(description="design")
    def design(self, design: SampledDesign) -> SafeString | str:
        return link(design.sticker)

    @display(description="verdict", ordering="verdict", label=VERDICTS)
    def thought(self, design: SampledDesign) -> tuple[str, str]:
        return design.verdict or "waits", design.get_verdict_display() or "Not judged yet"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A sampled design is judged among the others of its sample."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        design = get_object_or_404(SampledDesign, pk=object_id if object_id.isdecimal() else 0)
        sample = reverse("admin:stickers_sample_change", args=[design.sample_id])
        return HttpResponseRedirect(f"{sample}#design-{design.pk}")
