"""Pages of the complaints: a notice is recorded, its listing taken down, and judged."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from etsy import letters, takedown
from etsy import models as etsy
from etsy.models import TakedownNotice
from etsy.models.takedown import WITHIN
from stickers import rescan
from stickers.term_preview import preview
from stickertrendz import clock
from stickertrendz.ops import switches
from stickertrendz.ops.errors import Beaten, IllegalMove, NeedsPerson
from stickertrendz.ops.models import Switch

from . import complaint_story, deciding, shop_deeds
from .blocklist_forms import ReasonForm, TermForm
from .cells import COLOURS, picture
from .filters import NeedsSomebody, belonging_to
from .rows import WorkAdmin
from .shop_filters import question
from .takedown_forms import AdviceForm, NoticeForm

Status = TakedownNotice.Status


def _due_within(hours: int) -> Callable[[QuerySet[Any]], QuerySet[Any]]:
    return lambda rows: rows.filter(
        status=Status.RECEIVED, received_at__lte=clock.now() + timedelta(hours=hours) - WITHIN
    )


TIME_LEFT = question("of 24 hours", "left", {
    "some": ("Still on sale", lambda rows: rows.filter(status=Status.RECEIVED)),
    "few": ("Less than 6 hours left", _due_within(6)), "none": ("Past its time", _due_within(0)),
})  # fmt: skip
FOR_LIST = ("listing__sticker__trend", "listing__sticker__generation", "look_alike_of__listing__sticker__trend")


@dataclass(frozen=True)
class Deed:
    """A button of the page of a notice: which form it sends, when it is offered, and what it does."""

    form: type[Form]
    offered: Callable[[TakedownNotice], bool]
    step: Callable[[TakedownNotice, dict[str, Any], str], str]


def _uphold(notice: TakedownNotice, told: dict[str, Any], by: str) -> str:
    term = takedown.uphold(notice, by=by, **told)
    return f"Valid: the listing is being deleted, the design is retired, and “{term}” blocks from now on."


def _question(notice: TakedownNotice, told: dict[str, Any], by: str) -> str:
    takedown.question(notice, by=by, why=told["why"])
    return "Questionable: it stays down until you record the advice you were given."


def _advise(notice: TakedownNotice, told: dict[str, Any], by: str) -> str:
    takedown.record_advice(notice, text=told["text"], on=told["on"], by=by)
    return "The advice is recorded. You can put the listing back on sale now, or find the claim valid."


def _clear(notice: TakedownNotice, told: dict[str, Any], by: str) -> str:
    if takedown.clear(notice, by=by, why=told["why"]):
        return "The design goes back on sale."
    return "Cleared. The design stays off sale because of a term, a recall or another complaint: its page says which."


def _drop(notice: TakedownNotice, told: dict[str, Any], by: str) -> str:
    takedown.drop(notice, by=by, why=told["why"])
    return "Withdrawn. The design waits for your word under Re-scans, or on the page of its recall."


def _judgeable(notice: TakedownNotice) -> bool:
    return notice.status in (Status.DOWN, Status.QUESTIONABLE)


DEEDS = {
    "uphold": Deed(TermForm, _judgeable, _uphold),
    "question": Deed(ReasonForm, lambda notice: notice.status == Status.DOWN, _question),
    "advise": Deed(AdviceForm, lambda notice: notice.status == Status.QUESTIONABLE, _advise),
    "relist": Deed(ReasonForm, lambda notice: notice.status == Status.QUESTIONABLE and bool(notice.advice), _clear),
    "drop": Deed(ReasonForm, _judgeable, _drop),
}


@admin.register(TakedownNotice)
class TakedownAdmin(WorkAdmin):
    about = (
        "Complaints about listings, each with the 24 hours in which its listing must be off sale. Enter each "
        "as soon as it comes, then judge it on its page: valid, questionable or withdrawn."
    )
    list_display = (
        "thumbnail", "number", "complainant", "how", "countdown", "received_at", "delisted_at", "needs_attention",
    )  # fmt: skip
    list_display_links = ("thumbnail", "number")
    list_filter = (
        "status", TIME_LEFT, NeedsSomebody, belonging_to("listing", etsy.Listing, "listing"),
    )  # fmt: skip
    list_select_related = FOR_LIST
    search_fields = ("complainant", "claim")
    list_before_template = "console/etsy/takedowns_intro.html"
    actions = ("drop_complaints", "try_again")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("etsy.add_takedownnotice")

    @display(description="")
    def thumbnail(self, notice: TakedownNotice) -> SafeString | str:
        return picture(notice.listing.sticker.thumbnail_key)

    @display(description="listing", ordering="listing__etsy_id")
    def number(self, notice: TakedownNotice) -> str:
        return str(notice.listing.etsy_id or notice.listing.sticker.number)

    @display(description="status", ordering="status", label=COLOURS)
    def how(self, notice: TakedownNotice) -> tuple[str, str]:
        return notice.status, notice.get_status_display()

    @display(description="of 24 hours", ordering="received_at")
    def countdown(self, notice: TakedownNotice) -> SafeString:
        urgent = "countdown urgent" if notice.is_urgent else "countdown"
        return format_html('<span class="{}">{}</span>', urgent, complaint_story.countdown(notice))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """First the listing, its picture and what looks like it; then one click records the notice and delists."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = NoticeForm(request.POST or None, initial={"listing": request.GET.get("listing", "")})
        if not form.is_valid():
            return self._page(request, "takedown_add", "Record a notice", form=form)
        told = form.cleaned_data
        alike = list(takedown.look_alikes(told["listing"]))
        if "take" not in request.POST:
            return self._page(request, "takedown_add", "Take this listing down?", form=form, told=told, alike=alike)
        ticked = set(request.POST.getlist("also"))
        also = [one for one in alike if str(one.pk) in ticked]
        notice = takedown.receive(**told, by=request.user.get_username(), also=also)
        messages.success(
            request, f"Recorded: {1 + notice.look_alikes.count()} off sale here, and being taken off Etsy now."
        )
        return HttpResponseRedirect(_address(notice))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The notice with its clock, its timeline, the letter and whatever can be decided now."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = TakedownNotice.objects.select_related(*FOR_LIST)
        notice = get_object_or_404(rows, pk=object_id if object_id.isdecimal() else 0)
        deed = next((name for name in DEEDS if name in request.POST), "")
        forms = {name: _form(request, name, deed, notice) for name in DEEDS}
        would = None
        if request.method == "POST":
            if not self.has_operate_permission(request):
                raise PermissionDenied
            if deed and forms[deed].is_valid():
                told = forms[deed].cleaned_data
                if deed != "uphold" or "store" in request.POST:
                    self._do(request, notice, deed, told)
                    return HttpResponseRedirect(_address(notice))
                would = preview(told["text"], told["section"] or told["kind"], told["match"])
        may = self.has_operate_permission(request)
        offered = {name: form for name, form in forms.items() if may and DEEDS[name].offered(notice)}
        return self._page(
            request, "takedown", f"Complaint by {notice.complainant}", notice=notice, offered=offered, would=would,
            countdown=complaint_story.countdown(notice),
            letter=letters.answer(notice), sticker=notice.listing.sticker, asked=deed,
            look_alikes=notice.look_alikes.select_related(*FOR_LIST),
            waits=rescan.waiting().filter(pk=notice.listing.sticker_id).exists(),
            halted=switches.thrown(Switch.Name.ETSY) if notice.status == Status.RECEIVED else None,
        )  # fmt: skip

    def _do(self, request: HttpRequest, notice: TakedownNotice, deed: str, told: dict[str, Any]) -> None:
        try:
            messages.success(request, DEEDS[deed].step(notice, told, request.user.get_username()))
        except (Beaten, IllegalMove, NeedsPerson, ValueError) as refusal:
            messages.warning(request, str(refusal))

    def _page(self, request: HttpRequest, name: str, title: str, **facts: Any) -> TemplateResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **facts}
        return TemplateResponse(request, f"console/etsy/{name}.html", context)

    @admin.action(description="The complaint was withdrawn …", permissions=["operate"])
    def drop_complaints(self, request: HttpRequest, rows: QuerySet[etsy.TakedownNotice]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, shop_deeds.DROP)


def _form(request: HttpRequest, name: str, deed: str, notice: TakedownNotice) -> Form:
    """Only the form that was sent is filled in; the others are as on the first look."""
    first = {"text": notice.listing.sticker.trend.topic, "kind": "trademark"} if name == "uphold" else None
    return DEEDS[name].form(request.POST if name == deed else None, initial=first, prefix=name)


def _address(notice: TakedownNotice) -> str:
    return reverse("admin:etsy_takedownnotice_change", args=[notice.pk])
