"""Prices put back, of a run, a design or one size, or set by the table again: shown first, done with a reason."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from pricing import plan, revert
from pricing.book import read_book
from pricing.models import Offer, PriceChange
from pricing.revert import Reverting
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.models import Run

from .blocklist_forms import ReasonForm
from .price_frame import AT_ONCE, CHANGED, back, mark, of_move, of_restore, page, require, with_pictures

MAY = "pricing.change_offer"


def of_run(site: admin.AdminSite, request: HttpRequest, key: int) -> HttpResponse:
    run = get_object_or_404(Run, pk=key)
    where = reverse("admin:ops_run_change", args=[key])
    title = f"Put back the prices of the run of {run.started_at:%d %b %H:%M} UTC"
    return _view(site, request, title, where, lambda later: revert.of_run(run, also_later=later))


def of_change(site: admin.AdminSite, request: HttpRequest, key: int) -> HttpResponse:
    change = get_object_or_404(PriceChange.objects.select_related("offer"), pk=key)
    where = reverse("admin:pricing_offer_change", args=[change.offer_id])
    title = f"Put back the price of {change.offer}"
    return _view(site, request, title, where, lambda later: revert.of_change(change, also_later=later))


def of_design(site: admin.AdminSite, request: HttpRequest, key: int) -> HttpResponse:
    sticker = get_object_or_404(Sticker, pk=key)
    where = reverse("admin:stickers_sticker_change", args=[key])
    title = f"Put back the prices of {sticker.number}"
    return _view(site, request, title, where, lambda later: revert.of_listing(sticker))


def _view(
    site: admin.AdminSite, request: HttpRequest, title: str, where: str, look: Callable[[bool], Reverting]
) -> HttpResponse:
    require(request, MAY)
    told = request.POST if request.method == "POST" else request.GET
    also_later = "also_later" in told
    try:
        found = look(also_later)
    except NeedsPerson as nothing:
        return back(request, where, str(nothing), done=False)
    rows, left = [of_restore(one) for one in found.doing], [of_restore(one) for one in found.skipped]
    seen = mark(rows)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if request.POST.get("seen") != seen:
            return back(request, request.get_full_path(), CHANGED, done=False)
        return _put_back(request, found, form.cleaned_data["why"], where)
    return page(
        site, request, "put_back", title, form=form, seen=seen, where=where, also_later=also_later, effect=found.effect,
        changed_later=any(one.skipped.startswith("changed again") for one in found.skipped), left=left[:AT_ONCE],
        total=len(rows), skipped=len(left), rows=with_pictures(rows[:AT_ONCE]),
    )  # fmt: skip


def _put_back(request: HttpRequest, found: Reverting, why: str, where: str) -> HttpResponse:
    try:
        done = revert.revert(found, by=request.user.get_username(), why=why)
    except NeedsPerson as refusal:
        return back(request, where, str(refusal), done=False)
    words = (
        f"{done} of {len(found.doing)} prices go back and are sent to Etsy within minutes. "
        "Each stays until you release the override that keeps it."
    )
    return back(request, where, words, done=bool(done))


def reprice(site: admin.AdminSite, request: HttpRequest, key: int) -> HttpResponse:
    """Today's prices for all sizes of one design, without waiting for the daily run."""
    require(request, MAY)
    sticker = get_object_or_404(Sticker, pk=key)
    where = reverse("admin:stickers_sticker_change", args=[key])
    try:
        todays = plan.make_plan(read_book(clock.now()), Offer.objects.filter(sticker=sticker))
    except NeedsPerson as trouble:
        return back(request, where, str(trouble), done=False)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _reprice(request, sticker, form.cleaned_data["why"], where, seen=todays.mark)
    rows: list[Any] = [of_move(move) for move in todays.repriced]
    return page(
        site, request, "reprice", f"Price {sticker.number} by the table now", form=form, rows=with_pictures(rows),
        seen=todays.mark, where=where, effect=todays.effect,
    )  # fmt: skip


def _reprice(request: HttpRequest, sticker: Sticker, why: str, where: str, *, seen: str) -> HttpResponse:
    if request.POST.get("seen") != seen:
        return back(request, request.get_full_path(), CHANGED, done=False)
    done = plan.reprice(sticker, by=request.user.get_username(), why=why)
    words = f"{len(done.repriced)} prices of {sticker.number} are changed and sent to Etsy within minutes."
    return back(request, where, words, done=True)
