"""Verdicts on designs, one or many: the pictures are shown and a reason is asked for before anything is decided."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from stickers import review
from stickers.models import Sticker
from stickertrendz.ops.errors import Beaten, IllegalMove, NeedsPerson

MOST = 100


@dataclass(frozen=True)
class Verdict:
    """`asks`, `done` and `button` are the words of the page, of the message afterwards, and of its button."""

    step: Callable[..., None]
    asks: str
    done: str
    button: str
    needs_reason: bool


VERDICTS = {
    "approve": Verdict(review.approve, "Approve and put on sale", "approved", "Approve", needs_reason=False),
    "reject": Verdict(review.reject, "Reject: never on sale", "rejected", "Reject", needs_reason=True),
    "review": Verdict(
        review.flag, "Put back into review, for two days", "put back into review", "Put back", needs_reason=True
    ),
}


class WhyForm(forms.Form):
    why = forms.CharField(max_length=200, label="Reason")

    def __init__(self, *args: Any, needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"].required = needed


def page(
    site: admin.AdminSite, request: HttpRequest, name: str, keys: Iterable[int], form: forms.Form | None = None
) -> HttpResponse:
    """Shows what would be decided. At most 100 designs, so that each can be looked at."""
    verdict = VERDICTS[name]
    rows = list(Sticker.objects.filter(pk__in=list(keys)[: MOST + 1]).select_related("trend"))
    if len(rows) > MOST:
        messages.warning(request, f"Choose at most {MOST} designs at a time, so that each can be looked at.")
        return HttpResponseRedirect(reverse("admin:stickers_sticker_changelist"))
    how_many = "1 design" if len(rows) == 1 else f"{len(rows)} designs"
    context = {
        **site.each_context(request), "title": f"{verdict.asks}: {how_many}", "rows": rows, "verdict": verdict,
        "name": name, "form": form or WhyForm(needed=verdict.needs_reason), "opts": Sticker._meta,
    }  # fmt: skip
    return TemplateResponse(request, "console/stickers/decide.html", context)


def view(site: admin.AdminSite, request: HttpRequest, name: str) -> HttpResponse:
    """GET asks, POST decides; one message tells what became of all."""
    if name not in VERDICTS:
        raise Http404
    if not request.user.has_perm("stickers.change_sticker"):
        raise PermissionDenied
    chosen = request.POST if request.method == "POST" else request.GET
    keys = [int(key) for key in chosen.getlist("design") if key.isdecimal()]
    if request.method != "POST":
        return page(site, request, name, keys)
    form = WhyForm(request.POST, needed=VERDICTS[name].needs_reason)
    if not form.is_valid():
        return page(site, request, name, keys, form)
    _decide(request, VERDICTS[name], keys[:MOST], form.cleaned_data["why"])
    one = len(keys) == 1
    where = reverse("admin:stickers_sticker_change", args=keys) if one else reverse("admin:stickers_sticker_changelist")
    return HttpResponseRedirect(where)


def _decide(request: HttpRequest, verdict: Verdict, keys: list[int], why: str) -> None:
    """The step that moderation runs, row by row; one that cannot be decided is named and the others go on."""
    refusals, rows = [], Sticker.objects.filter(pk__in=keys).select_related("trend", "generation")
    for sticker in rows:
        try:
            verdict.step(sticker, by=request.user.get_username(), why=why)
        except (IllegalMove, Beaten, NeedsPerson) as refusal:
            refusals.append(str(refusal))
    words = f"{len(rows) - len(refusals)} of {len(rows)} designs {verdict.done}."
    level = messages.WARNING if refusals else messages.SUCCESS
    messages.add_message(request, level, " ".join([words, *dict.fromkeys(refusals)]))
