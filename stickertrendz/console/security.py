"""The content security policy of every page."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

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
