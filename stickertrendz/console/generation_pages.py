"""Pages of the pictures bought: what each check measured, where it failed, and having one drawn once more."""

import io
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from PIL import Image
from unfold.decorators import display

from stickers import prompts, quality, redraw
from stickers.generate import estimate_micro
from stickers.models import Generation
from stickertrendz import clock, money
from stickertrendz.ops import meters, storage, switches
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.models import AuditEntry
from stickertrendz.ops.subjects import subject_of
from trends.models import Trend

from . import deciding, deeds, files, picture_deeds
from .cells import COLOURS, link, short
from .filters import NeedsSomebody, belonging_to
from .neighbours import ASKED, AUDIT, CALLS, ERRORS, of_subject
from .quick_search import MOST, QuickSearch
from .rows import WORK, WorkAdmin
from .shop_filters import among

PREVIEW = 192  # pixels, shown at half of it on most screens
OTHER_FAILURES = {
    "nsfw": "Safety filter", "unreadable": "Unreadable picture", "file": "File broken or no PNG", "failed": "Not drawn",
    "canceled": "Cancelled", "aborted": "Never begun", "late": "Too late", "expired": "Removed before it was collected",
    "empty": "Finished without a picture",
}  # fmt: skip


class FailedBy(admin.SimpleListFilter):
    title = "what failed"
    parameter_name = "failed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*((rule.name, rule.label) for rule in quality.RULES), *OTHER_FAILURES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = dict(self.lookups(request, None))
        return queryset.filter(failures__icontains=f'"{self.value()}: ') if self.value() in known else queryset


def dollars(generation: Generation) -> str:
    return f"${money.from_micro(generation.cost_micro):.4f}" if generation.cost_micro else "–"


def reasons(generation: Generation) -> list[str]:
    """Why it is no sticker, without the kinds that the filters go by."""
    words = [str(failure).partition(": ")[2] or str(failure) for failure in generation.failures]
    return [each[:1].upper() + each[1:] for each in words]


def _compositions() -> list[tuple[str, str]]:
    return [(each.value, each.value) for each in prompts.Composition]


@admin.register(Generation)
class GenerationAdmin(QuickSearch, WorkAdmin):
    about = (
        "Every picture ordered from Replicate, with what it cost, how it was judged and where it failed. "
        "Open one to see its checks, or have failed ones drawn once more."
    )
    nothing = "No picture is like this. Pictures are ordered when a trend qualifies, as far as the day's cap allows."
    list_display = ("thumbnail", "name", "how", "failed_checks", "seconds", "cost", "age")
    list_display_links = ("thumbnail", "name")
    list_filter = (
        NeedsSomebody, "status", FailedBy, among("composition", "composition", _compositions),
        belonging_to("trend", Trend, "trend"),
    )  # fmt: skip
    actions = ("draw_again", "try_again")
    search_help_text = "Words of the topic, the number of the design, or of the prediction"
    list_select_related = ("trend",)
    search_fields = ("trend__topic", "prediction_id__exact")
    design = "trend"
    codes = ("prediction_id",)
    ordering = ("-pk",)
    change_form_before_template = "admin/stickers/generation/picture.html"
    fieldsets = (WORK,)

    def of_number(self, number: int, size: str) -> Q:
        return Q(sticker=number)

    def meant(self, words: str) -> list[int]:
        rows = Trend.objects.filter(*(Q(topic__icontains=word) for word in words.split())).order_by("-pk")
        return list(rows.values_list("pk", flat=True)[: MOST + 1])

    @display(description="")
    def thumbnail(self, generation: Generation) -> SafeString | str:
        if not generation.original_key:
            return "–"
        address = reverse("admin:stickers_generation_preview", args=[generation.pk])
        return format_html('<img class="design" src="{}" width="64" height="64" alt="" loading="lazy">', address)

    @display(description="design", ordering="trend__topic")
    def name(self, generation: Generation) -> SafeString:
        which = f"no. {generation.variant}, try {generation.try_no + 1}, {generation.composition or '–'}"
        return format_html('{}<br><span class="kind">{}</span>', short(generation.trend.topic, 40), which)

    @display(description="status", ordering="status", label=COLOURS)
    def how(self, generation: Generation) -> tuple[str, str]:
        return generation.status, generation.get_status_display()

    @display(description="what is wrong with it")
    def failed_checks(self, generation: Generation) -> SafeString | str:
        words = "; ".join([*reasons(generation), *filter(None, [generation.needs_attention])])
        return format_html('<span class="reason">{}</span>', words) if words else "–"

    @display(description="drawn in", ordering="predict_seconds")
    def seconds(self, generation: Generation) -> str:
        return "–" if generation.predict_seconds is None else f"{generation.predict_seconds:.1f} s"

    @display(description="cost", ordering="cost_micro")
    def cost(self, generation: Generation) -> str:
        return dollars(generation)

    @display(description="age", ordering="pk")
    def age(self, generation: Generation) -> str:
        return timesince(generation.created_at, clock.now(), depth=1)

    @admin.action(description="Draw failed ones once more, from the same words", permissions=["operate"])
    def draw_again(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return deciding.ask(self, request, rows.select_related("trend"), picture_deeds.retry())

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:key>/preview/", view(self.preview_file), name="stickers_generation_preview"),
            path("<int:key>/again/", view(self.again), name="stickers_generation_again"),
        ]
        return [*own, *super().get_urls()]

    def preview_file(self, request: HttpRequest, key: int) -> HttpResponse:
        """A small copy of the marked picture, or of the original: a list of originals would weigh 50 MB."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        generation = get_object_or_404(Generation, pk=key)
        try:
            content = _small(storage.load("private", generation.marked_key or generation.original_key))
        except OSError as missing:
            raise Http404("There is no picture.") from missing
        return HttpResponse(content, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=86400"})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        story = _story(int(object_id)) if object_id.isdecimal() and self.has_view_permission(request) else {}
        if story:
            made = story["generation"]
            story["neighbours"] = of_subject(request, made, CALLS, ERRORS, ASKED, AUDIT)
            story["deeds"] = deeds.offered(self, request, *(["try_again"] if made.needs_attention else []))
        story["may_ask"] = self.has_operate_permission(request)
        shown: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), **story})
        return shown

    def again(self, request: HttpRequest, key: int) -> HttpResponse:
        """Tells the cost and what is left of the day first; the job then buys what is asked for here."""
        if not self.has_operate_permission(request):
            raise PermissionDenied
        generation = get_object_or_404(Generation.objects.select_related("trend"), pk=key)
        concept = request.POST.get("concept", prompts.concept_of(generation.prompt))
        wrong = ""
        if request.method == "POST":
            try:
                made = _ask(request, generation, concept)
            except NeedsPerson as refusal:
                wrong = str(refusal)
            else:
                messages.success(request, "It is drawn within the next minutes; reload this page to see it.")
                return redirect(reverse("admin:stickers_generation_change", args=[made.pk]))
        context = {
            **self.admin_site.each_context(request), "opts": self.opts, "title": f"Draw “{generation.trend}” once more",
            "generation": generation, "concept": concept, "wrong": wrong, "most": prompts.MOST_LENGTH,
            "cost": f"{money.from_micro(estimate_micro()):.4f}", "day": meters.level("images"),
            "switch": switches.thrown("generation"), "failed": generation.status == Generation.Status.FAILED,
        }  # fmt: skip
        return TemplateResponse(request, "admin/stickers/generation/again.html", context)


def _ask(request: HttpRequest, generation: Generation, concept: str) -> Generation:
    who = request.user.get_username()
    if "same" in request.POST:
        return redraw.the_same(generation, by=who)
    if "retry" in request.POST:
        return redraw.retry(generation, by=who)
    return redraw.from_words(generation, concept, by=who)


def _small(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content)) as picture:
        small = picture.convert("RGB")
    small.thumbnail((PREVIEW, PREVIEW))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=85)
    return out.getvalue()


def _story(key: int) -> dict[str, Any]:
    """What the page shows of one picture; nothing when there is none."""
    generation = Generation.objects.select_related("trend", "made_from__trend", "sticker__trend").filter(pk=key).first()
    if generation is None:
        return {}
    sticker = getattr(generation, "sticker", None)
    siblings = Generation.objects.filter(trend=generation.trend).select_related("trend").order_by("variant", "try_no")
    return {
        "generation": generation, "concept": prompts.concept_of(generation.prompt), "cost": dollars(generation),
        "reasons": reasons(generation), "sticker": sticker,
        "original": files.address("private", generation.original_key),
        "marked": files.address("private", generation.marked_key),
        "finished": files.address("public", sticker.thumbnail_key) if sticker else "",
        "siblings": siblings[:24], "origin": link(generation.made_from) if generation.made_from else "",
        "entries": AuditEntry.objects.filter(subject=subject_of(generation))[:20],
    }  # fmt: skip
