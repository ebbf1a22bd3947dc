"""What guards every page: the content security policy, the second factor, and what an error page may show."""

from collections.abc import Callable, ItemsView, Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning
from django.http import HttpRequest, HttpResponse
from django.views.debug import SafeExceptionReporterFilter

View = Callable[[HttpRequest], HttpResponse]

# The theme's Alpine needs 'unsafe-eval' and inline styles; everything else comes from this host only, but for the
# public pictures, which lie on the public bucket's host where one is set.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:{pictures}; "
    "font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
)


def content_security_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Content-Security-Policy", _POLICY.format(pictures=_pictures()))
        return response

    return respond


def _pictures() -> str:
    host = settings.CLOUDFLARE_R2_PUBLIC_HOST if settings.CLOUDFLARE_R2_BUCKET else ""
    return f" https://{host}" if host else ""


def second_factor_is_required(app_configs: Any = None, **kwargs: Any) -> Sequence[CheckMessage]:
    """A password alone is too little for a console that can spend money and show customers."""
    if not settings.LIVE or settings.SECOND_FACTOR == "required":
        return []
    hint = "Set SECOND_FACTOR=required; each person is then led to set up an authenticator app."
    return [Warning(f"SECOND_FACTOR is {settings.SECOND_FACTOR!r} in live mode.", hint=hint, id="console.W001")]


class NothingPersonal(SafeExceptionReporterFilter):
    """Error pages and error mails show where it went wrong, never the values there nor what was sent, even when DEBUG
    is on: they may be a customer's."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return {}

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> ItemsView[str, Any]:
        return {}.items()
