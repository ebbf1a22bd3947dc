"""The admin site of the shop."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from unfold.sites import UnfoldAdminSite

from stickertrendz.ops import audit


class Console(UnfoldAdminSite):
    site_title = site_header = "Sticker Trendz"

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One's own password; every other session of that person ends with it."""
        response: HttpResponse = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            audit.record(request.user.get_username(), "changed own password")
        return response
