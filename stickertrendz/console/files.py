"""Serves local files to the console: public pictures to anyone, private ones to people who are logged in."""

from pathlib import Path

from django.conf import settings
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponseBase
from django.views.static import serve


def public(request: HttpRequest, key: str) -> HttpResponseBase:
    return serve(request, key, document_root=str(Path(settings.MEDIA_ROOT) / "public"))


@staff_member_required
def private(request: HttpRequest, key: str) -> HttpResponseBase:
    return serve(request, key, document_root=str(Path(settings.MEDIA_ROOT) / "private"))
