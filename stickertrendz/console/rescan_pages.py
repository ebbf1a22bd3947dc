"""Pages of the nightly re-scan: its runs, designs it took off sale, and the owner's exemptions."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from unfold.decorators import display

from etsy import takedown
from etsy.models import TakedownNotice
from stickers import blocklisted, rescan, review
from stickers.models import Exemption, Rescan, Sticker
from stickertrendz import clock
from stickertrendz.ops.errors import Beaten, IllegalMove
from trends.models import Term

from .blocklist_forms import ReasonForm
from .cells import link, picture
from .filters import belonging_to
from .rows import ReadOnlyAdmin

SHOWN = 50


@admin.register(Rescan)
class RescanAdmin(ReadOnlyAdmin):
    about = (
        "Every night all designs are searched for terms that came to the blocklists; a hit is taken off sale at once. "
        "Decide here on what waits for your word: exempt it from the term, or reject it."
    )
    nothing = "No re-scan is like this. The next one is made tonight."
    list_display = ("began", "how", "found", "looked_at", "looked_for", "asked_by")
    search_fields = ("asked_by",)
    search_help_text = "Who asked for it"
    list_before_template = "console/blocklists/rescan_intro.html"

    @display(description="begun", ordering="pk")
    def began(self, scan: Rescan) -> str:
        return f"{scan.started_at:%-d %b %H:%M}, {timesince(scan.started_at, clock.now(), depth=1)} ago"

    @display(description="state", ordering="ended_at", label={"done": "success", "under way": "info"})
    def how(self, scan: Rescan) -> str:
        return "done" if scan.ended_at else "under way"

    @display(description="looked for")
    def looked_for(self, scan: Rescan) -> str:
        return "all terms" if scan.after < 0 else f"changes {scan.after + 1} to {scan.until}"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("all/", view(self.ask_for_all), name="stickers_rescan_all"),
            path("design/<int:key>/", view(self.design_page), name="stickers_rescan_design"),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        waiting = rescan.waiting().select_related("trend")
        facts = {"waiting": waiting[:SHOWN], "waiting_total": waiting.count()}
        facts["may_ask"] = request.user.has_perm("stickers.add_rescan")
        return super().changelist_view(request, {**(extra_context or {}), **facts})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The list shows all there is to know of a scan, and what waits for a decision: mails lead here."""
        return HttpResponseRedirect(reverse("admin:stickers_rescan_changelist"))

    def ask_for_all(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or not request.user.has_perm("stickers.add_rescan"):
            raise PermissionDenied
        rescan.ask_for_all(by=request.user.get_username())
        messages.success(request, "All designs are being searched for all terms; this page shows how far it is.")
        return HttpResponseRedirect(reverse("admin:stickers_rescan_changelist"))

    def design_page(self, request: HttpRequest, key: int) -> HttpResponse:
        """What was found in a design, and the owner's word on it."""
        if not request.user.has_perm("stickers.view_sticker"):
            raise PermissionDenied
        sticker = get_object_or_404(Sticker.objects.select_related("trend", "generation"), pk=key)
        form = ReasonForm(request.POST or None)
        if request.method == "POST":
            self._require(request)
            if form.is_valid():
                self._decide(request, sticker, form.cleaned_data["why"])
                return HttpResponseRedirect(request.path)
        return self._design(request, sticker, form)

    def _require(self, request: HttpRequest) -> None:
        wanted = "stickers.change_sticker" if "reject" in request.POST else "stickers.add_exemption"
        if not request.user.has_perm(wanted):
            raise PermissionDenied

    def _design(self, request: HttpRequest, sticker: Sticker, form: Form) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request), "opts": self.opts, "title": f"{sticker.number} and the blocklists",
            "sticker": sticker, "found": blocklisted.places(blocklisted.found(sticker)).items(), "form": form,
            "complaint": _complaint(sticker),
            "waits": rescan.waiting().filter(pk=sticker.pk).exists(),
            "exemptions": Exemption.objects.filter(sticker=sticker).select_related("term"),
            "may_exempt": request.user.has_perm("stickers.add_exemption"),
            "may_reject": request.user.has_perm("stickers.change_sticker"),
        }  # fmt: skip
        return TemplateResponse(request, "console/blocklists/design.html", context)

    def _decide(self, request: HttpRequest, sticker: Sticker, why: str) -> None:
        who = request.user.get_username()
        if "reject" in request.POST:
            try:
                review.reject(sticker, by=who, why=why)
                messages.success(request, f"{sticker.number} is rejected and taken off Etsy within minutes.")
            except (Beaten, IllegalMove) as refusal:
                messages.warning(request, str(refusal))
            return
        ticked = set(request.POST.getlist("term"))
        found = {hit.id for _, hit in blocklisted.found(sticker) if hit.id and str(hit.id) in ticked}
        terms = Term.objects.filter(pk__in=found)
        for term in terms:
            rescan.exempt(sticker, term, by=who, why=why)
        if terms:
            messages.success(request, f"Exempted from {', '.join(f'“{term}”' for term in terms)}.")
        self._put_back(request, sticker, who, why)

    def _put_back(self, request: HttpRequest, sticker: Sticker, who: str, why: str) -> None:
        if _complaint(sticker):
            messages.warning(request, "A complaint about this design is not settled, so it stays off sale.")
        elif rescan.put_back(sticker, by=who, why=why):
            messages.success(request, f"{sticker.number} goes back on sale.")
        elif rescan.waiting().filter(pk=sticker.pk).exists():
            messages.warning(request, "It stays off sale: other terms are still found in it.")


def _complaint(sticker: Sticker) -> TakedownNotice | None:
    return takedown.complaints().filter(listing__sticker=sticker).first()


@admin.register(Exemption)
class ExemptionAdmin(ReadOnlyAdmin):
    about = (
        "Designs that stay on sale although they hit a term, each by the owner's word and reason. "
        "Open one to withdraw it: the design then goes off sale at once."
    )
    nothing = "No design is exempted like this. The owner gives exemptions on a design's blocklist page."
    list_display = ("thumbnail", "design", "state", "of_term", "why", "by", "age")
    list_display_links = ("thumbnail", "design")
    list_filter = (
        ("withdrawn_at", admin.EmptyFieldListFilter), belonging_to("sticker", Sticker, "design"),
        belonging_to("term", Term, "term"),
    )  # fmt: skip
    list_select_related = ("sticker__trend", "term")
    search_fields = ("sticker__title", "term__text")
    list_before_template = "console/blocklists/exemption_intro.html"

    @display(description="")
    def thumbnail(self, exemption: Exemption) -> SafeString | str:
        return picture(exemption.sticker.thumbnail_key)

    @display(description="age", ordering="at")
    def age(self, exemption: Exemption) -> str:
        return timesince(exemption.at, clock.now(), depth=1)

    @display(description="design")
    def design(self, exemption: Exemption) -> str:
        return f"{exemption.sticker.number} {exemption.sticker}"

    @display(description="although it hits")
    def of_term(self, exemption: Exemption) -> SafeString | str:
        return link(exemption.term)

    @display(description="state", ordering="withdrawn_at", label={"in force": "success", "withdrawn": "warning"})
    def state(self, exemption: Exemption) -> str:
        return "withdrawn" if exemption.withdrawn_at else "in force"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = Exemption.objects.select_related("sticker__trend", "term")
        exemption = get_object_or_404(rows, pk=object_id if object_id.isdecimal() else 0)
        may = request.user.has_perm("stickers.change_exemption")
        form = ReasonForm(request.POST or None)
        if request.method == "POST":
            if not may:
                raise PermissionDenied
            if form.is_valid():
                self._withdraw(request, exemption, form.cleaned_data["why"])
                return HttpResponseRedirect(request.path)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": "Exemption",
                   "exemption": exemption, "form": form, "may_withdraw": may}  # fmt: skip
        return TemplateResponse(request, "console/blocklists/exemption.html", context)

    def _withdraw(self, request: HttpRequest, exemption: Exemption, why: str) -> None:
        if rescan.withdraw_exemption(exemption, by=request.user.get_username(), why=why):
            messages.success(request, "Withdrawn: the term counts for this design again.")
        else:
            messages.info(request, "It was withdrawn already.")
