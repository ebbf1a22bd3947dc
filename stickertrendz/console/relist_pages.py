"""The page of designs whose trend came back after they were archived, and how a person puts one on sale again."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from pricing import plan, relist, slots
from pricing.book import read_book
from pricing.models import Offer
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops.errors import NeedsPerson

from .blocklist_forms import ReasonForm
from .price_frame import AT_ONCE, back, page, require

MAY_LOOK, MAY_SHELVE = "pricing.view_offer", "stickers.change_sticker"


def view(site: admin.AdminSite, request: HttpRequest) -> HttpResponse:
    require(request, MAY_LOOK)
    found = relist.returned()
    return page(
        site, request, "came_back", "Came back", rows=found[:AT_ONCE], total=len(found),
        lately=relist.LATELY.days, may_shelve=request.user.has_perm(MAY_SHELVE),
    )  # fmt: skip


def relist_page(site: admin.AdminSite, request: HttpRequest, key: int) -> HttpResponse:
    """GET tells at which prices, or why not; POST puts it on sale again."""
    require(request, MAY_SHELVE)
    sticker = get_object_or_404(Sticker.objects.select_related("trend"), pk=key)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _relist(request, sticker, form.cleaned_data["why"])
    return page(
        site, request, "relist", f"Put {sticker.number} on sale again?", form=form, sticker=sticker,
        refusal=relist.refusal(sticker), prices=_prices(sticker), on_sale=slots.taken(clock.now()),
        back_now=next((one for one in relist.returned() if one.sticker.pk == key), None),
    )  # fmt: skip


def _prices(sticker: Sticker) -> list[tuple[str, Any, str]]:
    """Size, price and tier it would be offered at today."""
    try:
        book = read_book(clock.now())
        offers = Offer.objects.filter(sticker=sticker).values(*plan.READ)
        found = [(row["size"], plan.judge_row(book, row)) for row in offers]
    except NeedsPerson:
        return []
    return [(f"{size[0]}″", told.priced.price, told.tier) for size, told in found]


def _relist(request: HttpRequest, sticker: Sticker, why: str) -> HttpResponse:
    try:
        relist.relist(sticker, by=request.user.get_username(), why=why)
    except NeedsPerson as refusal:
        return back(request, request.path, str(refusal), done=False)
    where = reverse("admin:stickers_sticker_change", args=[sticker.pk])
    return back(request, where, f"{sticker.number} goes on sale again with the next publisher.", done=True)
