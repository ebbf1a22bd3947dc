"""One's own second factor: set it up, see how it stands, make new recovery codes, remove it."""

from typing import Any

import segno
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from . import second_factor
from .models import SecondFactor
from .sign_in import CodeForm


@never_cache
@sensitive_post_parameters()
def account(request: HttpRequest) -> HttpResponse:
    if settings.SECOND_FACTOR == "off":
        raise Http404("SECOND_FACTOR is off.")
    if isinstance(request.user, AnonymousUser):
        raise PermissionDenied
    factor = second_factor.of(request.user)
    if factor is None:
        return _set_up(request, second_factor.begin(request.user))
    if not second_factor.has_passed(request, factor):
        return HttpResponseRedirect(reverse("admin:index"))  # where the gate asks for it
    return _standing(request, factor)


def _set_up(request: HttpRequest, factor: SecondFactor) -> HttpResponse:
    form = CodeForm(request, request.user.get_username(), lambda code: second_factor.confirm(factor, code))
    if form.is_valid():
        second_factor.passed(request, factor)
        request.session.cycle_key()
        return _page(request, "codes", "Recovery codes", codes=form.result)
    secret = second_factor.secret(factor)
    parts = [secret[at : at + 4] for at in range(0, len(secret), 4)]
    return _page(request, "set_up", "Second factor", form=form, parts=parts, picture=_picture(factor))


def _standing(request: HttpRequest, factor: SecondFactor) -> HttpResponse:
    required = settings.SECOND_FACTOR == "required"
    form = CodeForm(request, request.user.get_username(), lambda code: second_factor.accepts(factor, code))
    if form.is_valid():
        if "remove" not in request.POST:
            return _page(request, "codes", "Recovery codes", codes=second_factor.renew_codes(factor))
        if not required:
            second_factor.remove(factor.user, by=request.user.get_username(), why="by the person")
            messages.success(request, "Your second factor is removed: the password alone opens the console.")
            return HttpResponseRedirect(reverse("admin:index"))
    facts = {"factor": factor, "left": factor.codes.count(), "required": required}
    return _page(request, "second_factor", "Second factor", form=form, **facts)


def _picture(factor: SecondFactor) -> str:
    drawn = segno.make(second_factor.address(factor), error="m").svg_inline(scale=5, border=4, light="#fff")
    return mark_safe(drawn)  # noqa: S308  # made of squares by segno, the text is in none of its attributes


def _page(request: HttpRequest, name: str, title: str, **facts: Any) -> TemplateResponse:
    context = {**admin.site.each_context(request), "title": title, **facts}
    return TemplateResponse(request, f"console/account/{name}.html", context)
