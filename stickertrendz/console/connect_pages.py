"""Connect Etsy: how the connection stands, and one round of asking the shop's owner for a new one.

State and verifier wait sealed in the session, are used once and for ten minutes. No address of ours keeps a code: the
page Etsy sends the browser back to takes it and leads on to the plain page.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from etsy import oauth
from etsy.adapters.tokens import SCOPES
from etsy.consent import Consent
from etsy.models import Token
from stickertrendz import clock
from stickertrendz.ops import crypto, stamp, switches
from stickertrendz.ops.errors import Halt, NeedsPerson, OutsideError, Refused
from stickertrendz.ops.models import Switch

from .rows import ReadOnlyAdmin

KEPT = "etsy_consent"
GOOD_FOR = timedelta(minutes=10)
GONE = "No attempt is open: it was used, began more than ten minutes ago or in another browser. Begin again."
MEANING = {
    "listings_r": "read listings, prices and pictures", "listings_w": "make and change listings",
    "listings_d": "delete drafts and withdrawn listings", "shops_r": "read the shop and its profiles",
    "shops_w": "make sections, profiles and policies", "transactions_r": "read orders",
    "transactions_w": "tell that an order was shipped",
}  # fmt: skip


def begin(request: HttpRequest) -> Consent:
    consent = Consent()
    kept = json.dumps([consent.state, consent.verifier, clock.now().isoformat()])
    request.session[KEPT] = crypto.seal(crypto.TOKEN, kept)
    return consent


def waiting(request: HttpRequest) -> Consent | None:
    """The attempt that this browser began, while it is good."""
    try:
        state, verifier, began = json.loads(crypto.unseal(crypto.TOKEN, request.session.get(KEPT, "")))
    except (ImproperlyConfigured, ValueError):
        return None
    young = clock.now() < datetime.fromisoformat(began) + GOOD_FOR
    return Consent(state, verifier) if young else None


def finish(request: HttpRequest, redirect: str) -> None:
    """Takes Etsy's answer and says how it went; the attempt is over either way."""
    consent = waiting(request)
    request.session.pop(KEPT, None)
    request.session.save()
    try:
        if consent is None:
            raise NeedsPerson(GONE)
        stamp.claim()
        consent.accept(redirect, by=request.user.get_username())
        messages.success(request, f"Etsy shop {settings.ETSY_SHOP_ID} is connected.")
    except (NeedsPerson, OutsideError, Refused, Halt) as error:
        messages.error(request, f"Not connected: {error}")


@admin.register(Token)
class TokenAdmin(ReadOnlyAdmin):
    about = (
        "The shop’s permission to work at Etsy, which renews itself while it is used. When it has ended, connect "
        "the shop anew here: Etsy asks you to agree, and then work goes on."
    )
    list_display = ("shop_id", "expires_at", "refreshed_at")
    search_fields = ("shop_id",)
    exclude = ("access_sealed", "refresh_sealed", "previous_refresh_sealed")

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("etsy.change_token")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("begin/", wrap(self.begin), name="etsy_token_begin"),
            path("paste/", wrap(self.paste), name="etsy_token_paste"),
            path("landed/", wrap(self.landed), name="etsy_token_landed"),
            *super().get_urls(),
        ]

    @method_decorator(never_cache)
    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Instead of a list of one row: the page that says how the connection stands."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        may = self.has_operate_permission(request)
        facts = {"title": "Connect Etsy", "opts": self.opts, "may_connect": may, **_standing(), **_redirect(self)}
        facts["consent"] = waiting(request) if may else None
        return TemplateResponse(
            request, "console/etsy/connect.html", {**self.admin_site.each_context(request), **facts}
        )

    def begin(self, request: HttpRequest) -> HttpResponse:
        """The next page shows Etsy's address as a link: browsers let no form of ours lead to another site."""
        self._insist(request, "POST")
        begin(request)
        return _back()

    @method_decorator(sensitive_post_parameters())
    def paste(self, request: HttpRequest) -> HttpResponse:
        self._insist(request, "POST")
        finish(request, request.POST.get("address", "").strip())
        return _back()

    @method_decorator(never_cache)
    def landed(self, request: HttpRequest) -> HttpResponse:
        """Where Etsy sends the browser when ETSY_REDIRECT_URL is this page."""
        self._insist(request, "GET")
        finish(request, request.get_full_path())
        answer = _back()
        answer["Referrer-Policy"] = "no-referrer"
        return answer

    def _insist(self, request: HttpRequest, method: str) -> None:
        if request.method != method or not self.has_operate_permission(request):
            raise PermissionDenied


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:etsy_token_changelist"))


def _standing() -> dict[str, Any]:
    token, now = Token.objects.filter(shop_id=settings.ETSY_SHOP_ID).first(), clock.now()
    granted = token.scopes if token else []
    left = oauth.days_left(token, now) if token else 0
    return {
        "token": token, "days_left": left, "shop_id": settings.ETSY_SHOP_ID, "near": left < oauth.WARN_DAYS,
        "scopes": [(scope, MEANING[scope], scope in granted) for scope in SCOPES],
        "lacks": token is not None and not set(SCOPES) <= set(granted),
        "halted": switches.thrown(Switch.Name.ETSY), "renews": token is not None and token.expires_at <= now,
    }  # fmt: skip


def _redirect(page: TokenAdmin) -> dict[str, Any]:
    ours = settings.CONSOLE_URL + reverse("admin:etsy_token_landed")
    return {
        "redirect_url": settings.ETSY_REDIRECT_URL,
        "landed_url": ours,
        "lands_here": ours == settings.ETSY_REDIRECT_URL,
    }
