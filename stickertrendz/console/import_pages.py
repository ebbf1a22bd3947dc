"""The page that takes Etsy's files of sold orders: what they would do is shown first, then done when agreed.

The files hold customer data. They travel from the preview to the wish sealed, and are stored nowhere.
"""

import base64
import binascii
import json
import zlib
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from unfold.sites import UnfoldAdminSite
from unfold.widgets import UnfoldAdminFileFieldWidget

from etsy import sold_import
from stickertrendz.ops import crypto

LARGEST = 2_500_000  # what is held in memory; a larger file is for the command
SHOWN = 100


class FilesForm(forms.Form):
    orders = forms.FileField(
        label="Sold orders", required=False, max_length=100, widget=UnfoldAdminFileFieldWidget,
        help_text="EtsySoldOrders….csv: it has the addresses.",
    )  # fmt: skip
    items = forms.FileField(
        label="Sold order items", required=False, max_length=100, widget=UnfoldAdminFileFieldWidget,
        help_text="EtsySoldOrderItems….csv: it says what was bought, which a new order needs.",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        files = [file for file in (told.get("orders"), told.get("items")) if file]
        if not files:
            raise forms.ValidationError("Choose at least one of the two files.")
        if sum(file.size for file in files) > LARGEST:
            raise forms.ValidationError("These files are too large for this page: use manage.py import_etsy_orders.")
        told["files"] = [(file.name[:60], file.read()) for file in files]
        return told


@never_cache
def import_page(request: HttpRequest, site: UnfoldAdminSite, opts: Any) -> HttpResponse:
    if not request.user.has_perm("fulfillment.change_order"):
        raise PermissionDenied
    if "take" in request.POST:
        return _take(request)
    form = FilesForm(request.POST or None, request.FILES or None)
    facts: dict[str, Any] = {"form": form, "shown": SHOWN}
    if request.method == "POST" and form.is_valid():
        files = form.cleaned_data["files"]
        made = sold_import.plan(files)
        facts["named"] = [("New orders", made.new), ("Addresses filled in", made.filled), ("Ended", made.ended)]
        facts |= {"made": made, "sealed": _sealed(files) if made.to_do else ""}
    context = {**site.each_context(request), "opts": opts, "title": "Import Etsy’s sold orders", **facts}
    return TemplateResponse(request, "console/etsy/import.html", context)


def _take(request: HttpRequest) -> HttpResponse:
    try:
        files = _unsealed(request.POST["take"])
    except (ValueError, KeyError, ImproperlyConfigured, zlib.error, binascii.Error):
        messages.error(request, "What was shown has come back damaged: choose the files again.")
        return HttpResponseRedirect(request.path)
    done = sold_import.take(sold_import.plan(files), by=request.user.get_username())
    ended = f", {len(done.ended)} orders ended" if done.ended else ""
    messages.success(request, f"{len(done.new)} new orders taken, {len(done.filled)} addresses filled in{ended}.")
    for bad in done.bad[:SHOWN]:
        messages.warning(request, f"{bad.file}, line {bad.line}: {bad.why}")
    return HttpResponseRedirect(reverse("admin:fulfillment_order_changelist"))


def _sealed(files: list[tuple[str, bytes]]) -> str:
    told = json.dumps([(name, base64.b64encode(zlib.compress(content)).decode()) for name, content in files])
    return crypto.seal(crypto.CUSTOMER, told)


def _unsealed(sealed: str) -> list[tuple[str, bytes]]:
    told = json.loads(crypto.unseal(crypto.CUSTOMER, sealed))
    return [(name, zlib.decompress(base64.b64decode(content))) for name, content in told]
