"""Shop set-up: what every listing refers to, found or made after a preview, and the check of all publishing needs."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.decorators import display

from etsy import preflight, setup
from etsy.models import SetupObject
from stickertrendz.ops import stamp
from stickertrendz.ops.errors import Halt, NeedsPerson, OutsideError, Refused

from .rows import ReadOnlyAdmin

T = TypeVar("T")
View = Callable[[HttpRequest], HttpResponse]


@admin.register(SetupObject)
class SetupObjectAdmin(ReadOnlyAdmin):
    about = (
        "What every listing refers to at Etsy: category, profiles, policy and sections, found there or made. Set "
        "the shop up here once, and check before a launch whether everything that publishing needs is there."
    )
    list_display = ("what", "name", "etsy_id", "purpose", "checked_at")
    list_display_links = None
    list_filter = ("kind",)
    search_fields = ("name", "etsy_id")
    list_before_template = "console/etsy/setup_intro.html"

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("etsy.change_setupobject")

    @display(description="object", ordering="kind")
    def what(self, row: SetupObject) -> str:
        return row.get_kind_display()

    @display(description="what for")
    def purpose(self, row: SetupObject) -> str:
        return setup.PURPOSE[SetupObject.Kind(row.kind)]

    def get_urls(self) -> list[URLPattern]:
        views = {"preview": self.preview, "make": self.make, "preflight": self.preflight}
        return [
            *(path(f"{name}/", self._posted(view), name=f"etsy_setupobject_{name}") for name, view in views.items()),
            *super().get_urls(),
        ]

    def _posted(self, view: View) -> View:
        """These pages call Etsy, so they answer a button only, and to whom may press it."""

        def guarded(request: HttpRequest) -> HttpResponse:
            if request.method != "POST" or not self.has_operate_permission(request):
                raise PermissionDenied
            return view(request)

        wrapped: View = self.admin_site.admin_view(guarded)
        return wrapped

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        facts = {"may_ask": self.has_operate_permission(request), "calls": preflight.calls()}
        return super().changelist_view(request, {**(extra_context or {}), **facts})

    def preview(self, request: HttpRequest) -> HttpResponse:
        found = _told(request, setup.look)
        if found is None:
            return _back()
        lacking = sum(one.etsy_id is None for one in found)
        facts = {"title": "Set up the shop", "found": found, "lacking": lacking}
        return self._page(request, "console/etsy/setup.html", facts)

    def make(self, request: HttpRequest) -> HttpResponse:
        found = _told(request, partial(setup.set_up, by=request.user.get_username()))
        if found is not None:
            made = sum(one.made for one in found)
            messages.success(
                request, f"{len(found) - made} objects found, {made} made. Listings can refer to them now."
            )
        return _back()

    def preflight(self, request: HttpRequest) -> HttpResponse:
        found = _told(request, preflight.run)
        if found is None:
            return _back()
        facts = {"title": "Can we publish?", "found": found, "blocked": preflight.blocks(found)}
        return self._page(request, "console/etsy/preflight.html", facts)

    def _page(self, request: HttpRequest, template: str, facts: dict[str, Any]) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "calls": preflight.calls(), **facts}
        return TemplateResponse(request, template, context)


def _told(request: HttpRequest, do: Callable[[], T]) -> T | None:
    """What it gave, or None when it could not be done and the person was told why."""
    try:
        stamp.claim()
        return do()
    except (NeedsPerson, OutsideError, Refused, Halt) as error:
        messages.error(request, str(error))
        return None


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:etsy_setupobject_changelist"))
