"""Shows stored files in the console: private ones only here and to people who are logged in, wherever they are kept."""

import mimetypes

from botocore.exceptions import ClientError
from django.conf import settings
from django.contrib.admin.views.decorators import staff_member_required
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse

CACHE = "private, max-age=86400"  # a key names its content


def address(where: str, key: str) -> str:
    """Where the console shows the file from; empty without a key.

    Public pictures come from the bucket's own host where there is one; nothing is shown by a signed address.
    """
    if not key:
        return ""
    if where == "public" and settings.CLOUDFLARE_R2_BUCKET and settings.CLOUDFLARE_R2_PUBLIC_HOST:
        return storages["public"].url(key)
    return reverse(f"{where}_file", args=[key])


def public(request: HttpRequest, key: str) -> FileResponse:
    return _file("public", key)


@staff_member_required
def private(request: HttpRequest, key: str) -> FileResponse:
    return _file("private", key)


def _file(where: str, key: str) -> FileResponse:
    try:
        file = storages[where].open(key)
    except (OSError, ClientError, SuspiciousFileOperation) as missing:
        raise Http404("There is no such file.") from missing
    kind = mimetypes.guess_type(key)[0] or "application/octet-stream"
    return FileResponse(file, content_type=kind, headers={"Cache-Control": CACHE})
