"""The page of differences between Etsy and here: what was found, and the mends a person asks for."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.decorators import display

from etsy import reconcile
from etsy.models import Difference
from stickertrendz.ops import audit
from stickertrendz.ops.models import Run

from .rows import ReadOnlyAdmin


@admin.register(Difference)
class DifferenceAdmin(ReadOnlyAdmin):
    about = (
        "What the last comparison with Etsy found to be otherwise there than here; zero is the promise. Tick what "
        "is to be mended, look at what each mend does, and the job does them and compares again."
    )
    list_display = ("what", "about", "here", "on_etsy", "offer", "asked_by")
    list_display_links = None
    list_filter = ("kind", "mend", "counts")
    search_fields = ("about",)
    list_before_template = "console/etsy/differences_intro.html"
    actions = ("mend_chosen",)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("etsy.change_listing")

    @display(description="what differs", ordering="kind")
    def what(self, row: Difference) -> str:
        return row.kind

    @display(description="on Etsy", ordering="there")
    def on_etsy(self, row: Difference) -> str:
        return row.there

    @display(description="the mend", ordering="mend")
    def offer(self, row: Difference) -> str:
        return row.get_mend_display() if row.counts else "none needed"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.compare_now)
        return [path("compare/", view, name="etsy_difference_compare"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        facts = {"last": Run.objects.filter(workflow="reconcile").first(), "days": reconcile.DAYS,
                 "total": Difference.objects.filter(counts=True).count(),
                 "may_ask": self.has_operate_permission(request)}  # fmt: skip
        return super().changelist_view(request, {**(extra_context or {}), **facts})

    def compare_now(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or not self.has_operate_permission(request):
            raise PermissionDenied
        audit.record(request.user.get_username(), "asked for a comparison with Etsy")
        reconcile.wake()
        messages.success(request, "Etsy is being compared with our books; load this page again in a minute.")
        return HttpResponseRedirect(reverse("admin:etsy_difference_changelist"))

    @admin.action(description="Mend what was chosen", permissions=["operate"])
    def mend_chosen(self, request: HttpRequest, rows: QuerySet[Difference]) -> HttpResponse | None:
        """Shows what each mend would do first; the job does them and compares again."""
        mendable = [row for row in rows if row.mend]
        if "agreed" in request.POST or not mendable:
            asked = reconcile.ask(mendable, by=request.user.get_username()) if mendable else 0
            words = f"{asked} are being mended; then everything is compared again. Load this page again in a minute."
            messages.success(request, words) if asked else messages.warning(request, "None of these has a mend.")
            return None
        facts = {"title": "Mend differences", "rows": mendable, "left": len(rows) - len(mendable), "opts": self.opts}
        context = {**self.admin_site.each_context(request), **facts, "deletes": Difference.Mend.DELETE}
        return TemplateResponse(request, "console/etsy/mend.html", context)
