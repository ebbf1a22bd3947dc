"""Signing in: the password, then the code where the person has a second factor; and the gate before every page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import get_user_model, load_backend, login, logout
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminTextInputWidget

from stickertrendz import clock
from stickertrendz.ops import alerts, audit

from . import second_factor, throttle

PENDING = "password_was_right"  # in the session: who is to show the code, until when
CODE_WITHIN = timedelta(minutes=5)
WRONG_CODE = "That code is not right, or was used before. Wait for the next one, or take a recovery code."


class PasswordForm(AuthenticationForm):
    """The theme's form, with each try counted before the password is looked at."""

    def clean(self) -> dict[str, Any]:
        name = self.cleaned_data.get("username") or ""
        counters = throttle.counters(self.request, "password", name)
        failed = throttle.begin(counters)
        try:
            cleaned: dict[str, Any] = super().clean()
        except forms.ValidationError:
            _tell_failure(self.request, "password", name, failed)
            raise
        throttle.succeeded(counters)
        return cleaned


class CodeForm(forms.Form):
    """A code of the app or a recovery code. Wrong ones are counted, and slow down whoever tries them."""

    code = forms.CharField(
        label="Code", max_length=40,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "autofocus": "", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )  # fmt: skip

    def __init__(self, request: HttpRequest, name: str, takes: Callable[[str], Any]) -> None:
        super().__init__(request.POST if request.method == "POST" else None)
        self.request, self.name, self.takes = request, name, takes
        self.result: Any = None

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        counters = throttle.counters(self.request, "code", self.name)
        failed = throttle.begin(counters)
        self.result = self.takes(code)
        if not self.result:
            _tell_failure(self.request, "code", self.name, failed)
            raise forms.ValidationError(WRONG_CODE)
        throttle.succeeded(counters)
        return code


@never_cache
@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    if request.method == "GET" and admin.site.has_permission(request):
        return HttpResponseRedirect(_next(request))
    form = PasswordForm(request, request.POST if request.method == "POST" else None)
    if form.is_valid():
        user = form.get_user()
        if second_factor.of(user) is None:
            return _enter(request, user)
        request.session.cycle_key()
        until = (clock.now() + CODE_WITHIN).timestamp()
        request.session[PENDING] = {"user": user.pk, "backend": user.backend, "until": until}
        return HttpResponseRedirect(f"{reverse('sign_in_code')}?{urlencode({'next': _next(request)})}")
    facts = {"form": form, "username": request.user.get_username(), "app_path": request.get_full_path()}
    return _page(request, "admin/login.html", "Log in", **facts)


@never_cache
@sensitive_post_parameters()
def code(request: HttpRequest) -> HttpResponse:
    """The second step. Until it is passed nobody is signed in."""
    user = _pending(request)
    factor = second_factor.of(user) if user else None
    if user is None or factor is None:
        return HttpResponseRedirect(f"{reverse('admin:login')}?{urlencode({'next': _next(request)})}")
    form = CodeForm(request, user.get_username(), lambda given: second_factor.accepts(factor, given))
    if form.is_valid():
        response = _enter(request, user)
        second_factor.passed(request, factor)
        return response
    return _page(request, "console/account/code.html", "Second step", form=form)


def gate(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: whoever has a second factor is in only with it, and whoever must have one sets it up first."""

    def respond(request: HttpRequest) -> HttpResponse:
        return _held_back(request) or get_response(request)

    return respond


def _held_back(request: HttpRequest) -> HttpResponse | None:
    if not request.user.is_authenticated or request.path in (reverse("admin:logout"), reverse("second_factor")):
        return None
    factor = second_factor.of(request.user)
    if factor is not None and not second_factor.has_passed(request, factor):
        logout(request)  # signed in before the factor was set up elsewhere
        return HttpResponseRedirect(f"{reverse('admin:login')}?{urlencode({'next': request.path})}")
    if factor is None and settings.SECOND_FACTOR == "required":
        return HttpResponseRedirect(reverse("second_factor"))
    return None


def _enter(request: HttpRequest, user: User) -> HttpResponse:
    goes_to = _next(request)
    request.session.pop(PENDING, None)
    login(request, user)
    request.session.set_expiry(clock.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))  # however busy
    audit.record(user.get_username(), "signed in", user, address=throttle.address(request))
    response = HttpResponseRedirect(goes_to)
    throttle.remember(request, response, user.get_username())
    return response


def _pending(request: HttpRequest) -> User | None:
    told = request.session.get(PENDING)
    if not told or told["until"] < clock.now().timestamp():
        return None
    user = load_backend(told["backend"]).get_user(told["user"])
    if user is not None:
        user.backend = told["backend"]
    return user


def _tell_failure(request: HttpRequest, step: str, name: str, failed: int) -> None:
    """Names of nobody are not written down: they may be passwords typed into the wrong field."""
    user = get_user_model().objects.filter(username=name).first()
    who = name if user else "somebody"
    audit.record(who, f"failed sign-in ({step})", user, address=throttle.address(request), failures=failed)
    if step == "code" and user and failed == throttle.FREE_OF_NAME:
        text = f"{failed} wrong codes were given after the right password. If that was not {name}, somebody knows it: "
        text += "change the password under People."
        alerts.alert(f"wrong codes {user.pk}", f"Somebody tries codes for {name}", text, user)


def _next(request: HttpRequest) -> str:
    asked = request.POST.get("next") or request.GET.get("next") or ""
    here = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(asked, allowed_hosts=here, require_https=request.is_secure())
    return asked if safe else reverse("admin:index")


def _page(request: HttpRequest, template: str, title: str, **facts: Any) -> TemplateResponse:
    return TemplateResponse(request, template, {**admin.site.each_context(request), "title": title, **facts})
