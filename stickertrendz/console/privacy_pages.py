"""What was done with customer data: who looked at it, and what customers asked for, from search to certificate."""

import json
import logging
from collections.abc import Container
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from unfold.decorators import display

from fulfillment import models as fulfillment
from fulfillment import privacy, privacy_export, privacy_requests
from fulfillment.models import Order, PrivacyRequest
from stickertrendz import clock
from stickertrendz.ops.errors import NeedsPerson

from .filters import belonging_to, lately
from .privacy_forms import EraseForm, OpenForm, SearchForm
from .quick_search import QuickSearch
from .rows import NumbersSearched, ReadOnlyAdmin
from .shop_filters import among

logger = logging.getLogger(__name__)
MAY_HANDLE = ("fulfillment.change_privacyrequest", "fulfillment.see_customer")
CLOSED = (never_cache, sensitive_post_parameters())
STORAGE_DOWN = (OSError, BotoCoreError, ClientError)
NOT_LISTED = (
    "Nothing was erased: the backup storage takes no list of erasures, and without it a restore would bring the "
    "customer back. Mend the storage, then erase again."
)
SHOWN = 200
STATES = {
    "due": "danger", "late": "danger", "done, not answered": "warning", "open": "info", "answered": "success",
}  # fmt: skip


def people() -> list[tuple[str, str]]:
    names = get_user_model()._default_manager.order_by("username").values_list("username", flat=True)
    return [(name, name) for name in names]


@admin.register(fulfillment.AccessLog)
class AccessLogAdmin(NumbersSearched, QuickSearch, ReadOnlyAdmin):
    about = (
        "Who looked at which customer’s name and address, when and why; printing a label is a look too. Nobody can"
        " change it: read it when somebody asks who knew."
    )
    list_display = ("at", "who", "order", "why")
    list_select_related = ("order",)
    list_filter = (among("who", "who", people), lately("at", "when"), belonging_to("order", Order, "order"))
    search_fields = ("order__receipt_id",)
    search_help_text = "Receipt number"
    numbers = ("order__receipt_id",)
    ordering = ("-pk",)  # as they were written down: the moment itself has no index


@admin.register(PrivacyRequest)
class PrivacyRequestAdmin(NumbersSearched, ReadOnlyAdmin):
    about = (
        "What customers asked to see or to have erased, each with the 30 days in which it is to be answered. Open "
        "one when somebody asks, export or erase on its page, send the words, and say that you did."
    )
    list_display = ("__str__", "kind", "how", "due_at", "done_at", "answered_at", "handled_by")
    list_filter = ("kind", ("answered_at", admin.EmptyFieldListFilter))
    search_fields = ("orders__receipt_id",)
    search_help_text = "Receipt number; a name is looked for by “A customer asked”"
    list_before_template = "console/privacy/requests_intro.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_handle(request)

    @display(description="state", label=STATES)
    def how(self, row: PrivacyRequest) -> str:
        return state(row)

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.certificate)
        return [
            path("<int:pk>/certificate/", page, name="fulfillment_privacyrequest_certificate"),
            *super().get_urls(),
        ]

    @method_decorator(CLOSED)
    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Search, then the orders found without persons, then a dated request about those that are ticked."""
        _require(request)
        if "open" in request.POST:
            return self._open(request)
        form = SearchForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                return _search(request, form)
            except ImproperlyConfigured as key_gone:
                messages.error(request, str(key_gone))
        return _page(request, "search", "Whose data?", form=form)

    def _open(self, request: HttpRequest) -> HttpResponse:
        ticked, listed = _posted(request, "order"), _posted(request, "listed")
        orders, found_by = Order.objects.filter(pk__in=ticked), request.POST.get("found_by", "")[:80]
        form = OpenForm(request.POST)
        forgotten = bool(listed) and not ticked and request.POST["open"] != "none"
        if not form.is_valid() or forgotten:
            if forgotten:
                messages.error(request, "Tick the orders that are this customer’s, or say that none is.")
            return _found(request, Order.objects.filter(pk__in=listed | ticked), found_by, form, unsure=listed - ticked)
        row = privacy_requests.receive(
            **form.cleaned_data, orders=orders, by=request.user.get_username(), found_by=found_by
        )
        messages.success(request, f"{row} is open. It is due on {row.due_at:%Y-%m-%d}.")
        return HttpResponseRedirect(_address(row))

    @method_decorator(CLOSED)
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The request with its orders, what can be done now, and the words to send."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = get_object_or_404(PrivacyRequest, pk=object_id if object_id.isdecimal() else 0)
        form = EraseForm(request.POST if "erase" in request.POST else None)
        if request.method == "POST":
            _require(request)
            if answer := self._do(request, row, form):
                return answer
        return _page(
            request, "request", str(row), row=row, form=form, state=state(row), may=may_handle(request),
            orders=row.orders.order_by("-ordered_at", "-pk"), left=privacy_requests.to_erase(row).count(),
            unshipped=list(privacy_requests.unshipped(row)), letter=_letter(row),
        )  # fmt: skip

    def _do(self, request: HttpRequest, row: PrivacyRequest, form: EraseForm) -> HttpResponse | None:
        who = request.user.get_username()
        try:
            if "export" in request.POST:
                return _download(row, privacy_export.export(row, by=who))
            if "answered" in request.POST:
                privacy_requests.answer(row, by=who)
                messages.success(request, f"{row} is answered.")
            elif form.is_valid():
                erased = privacy_requests.erase(row, by=who, with_unshipped=form.cleaned_data["with_unshipped"])
                texts = erased.texts.total()
                messages.success(
                    request, f"Orders erased: {erased.orders}. Other texts freed of the customer: {texts}."
                )
            else:
                return None
        except (NeedsPerson, ImproperlyConfigured) as refusal:
            messages.warning(request, str(refusal))
        except STORAGE_DOWN:
            logger.exception("The list of erasures cannot be written", extra={"step": "privacy", "service": "storage"})
            messages.error(request, NOT_LISTED)
        return HttpResponseRedirect(_address(row))

    def certificate(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A page to print or to save as PDF: what was erased and what is kept, without the person."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = get_object_or_404(PrivacyRequest, pk=pk, kind=PrivacyRequest.Kind.ERASE, done_at__isnull=False)
        orders = row.orders.order_by("ordered_at", "pk")
        return TemplateResponse(request, "console/privacy/certificate.html", {"row": row, "orders": orders})


def may_handle(request: HttpRequest) -> bool:
    return request.user.has_perms(MAY_HANDLE)


@admin.action(description="Erase customer data …", permissions=["erase"])
def erase_customers(page: Any, request: HttpRequest, orders: QuerySet[Order]) -> HttpResponse:
    """For the list of orders: opens a request about the ticked ones, which asks and shows what is lost."""
    _require(request)
    form = OpenForm(initial={"received_at": _now(), "kind": PrivacyRequest.Kind.ERASE})
    return _found(request, orders, "ticked in the list of orders", form)


def _search(request: HttpRequest, form: SearchForm) -> HttpResponse:
    """All orders of the Etsy accounts found by anything but the name, ticked; others of that name without a tick."""
    told = form.cleaned_data
    keys = [str(form.fields[name].label) for name, value in told.items() if value]
    theirs = privacy.with_same_buyers(privacy.find(**{**told, "name": ""}))
    namesakes = privacy.find(name=told["name"]).exclude(pk__in=theirs.values("pk"))
    unsure = set(namesakes.values_list("pk", flat=True))
    return _found(request, theirs | Order.objects.filter(pk__in=unsure), ", ".join(keys), unsure=unsure)


def _found(
    request: HttpRequest, orders: QuerySet[Order], found_by: str, form: OpenForm | None = None,
    unsure: Container[int] = (),
) -> HttpResponse:  # fmt: skip
    form = form or OpenForm(initial={"received_at": _now()})
    rows = orders.order_by("-ordered_at", "-pk")[:SHOWN]
    return _page(request, "found", "Open a privacy request", form=form, orders=rows, found_by=found_by, unsure=unsure)


def _posted(request: HttpRequest, name: str) -> set[int]:
    return {int(key) for key in request.POST.getlist(name)[:SHOWN] if key.isdecimal()}


def _now() -> str:
    return f"{clock.now():%Y-%m-%dT%H:%M}"


def _require(request: HttpRequest) -> None:
    if not may_handle(request):
        raise PermissionDenied


def _page(request: HttpRequest, name: str, title: str, **facts: Any) -> TemplateResponse:
    context = {**admin.site.each_context(request), "opts": PrivacyRequest._meta, "title": title, **facts}
    return TemplateResponse(request, f"console/privacy/{name}.html", context)


def state(row: PrivacyRequest) -> str:
    if row.answered_at:
        return "answered"
    if row.due_at < clock.now():
        return "late"
    if row.due_at < clock.now() + privacy_requests.WARN_BEFORE:
        return "due"
    return "done, not answered" if row.done_at else "open"


def _letter(row: PrivacyRequest) -> str:
    if row.orders.exists() and not row.done_at:
        return ""
    return render_to_string(
        "console/privacy/letter.txt", {"row": row, "orders": row.orders.order_by("ordered_at")}
    ).strip()


def _download(row: PrivacyRequest, told: dict[str, Any]) -> HttpResponse:
    name = f"customer-data-{row.pk}.json"
    content = json.dumps(told, indent=2, ensure_ascii=False)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/json; charset=utf-8", headers=headers)


def _address(row: PrivacyRequest) -> str:
    return reverse("admin:fulfillment_privacyrequest_change", args=[row.pk])
