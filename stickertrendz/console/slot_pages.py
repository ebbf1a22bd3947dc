"""The page of the shelf: what each slot earns a day, which designs leave next, and how a person takes one off."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from pricing import archive, slots
from pricing.book import read_book
from pricing.effect import signed
from pricing.slots import DAYS_WITH_STATS, QUIET, Slot
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops.errors import NeedsPerson

from .blocklist_forms import ReasonForm
from .price_frame import AT_ONCE, back, page, require

MAY_LOOK, MAY_SHELVE = "pricing.view_offer", "stickers.change_sticker"


@dataclass(frozen=True)
class Place:
    """A slot as a person reads it. state: what becomes of it; leaves: the next run takes it off."""

    slot: Slot
    state: str
    leaves: bool = False
    picture: str = ""

    @property
    def number(self) -> str:
        return f"ST-{self.slot.sticker_id:06d}"

    @property
    def per_day(self) -> str:
        """Cents a slot-day, as most slots earn less than a dollar."""
        return f"{self.slot.per_day * 100:.1f} ¢".replace("-", "−")

    @property
    def profit(self) -> str:
        return signed(self.slot.profit)


def view(site: admin.AdminSite, request: HttpRequest) -> HttpResponse:
    require(request, MAY_LOOK)
    facts: dict[str, Any] = {"may_shelve": request.user.has_perm(MAY_SHELVE), "most": settings.MAX_ACTIVE_LISTINGS,
                             "roomy": archive.ROOMY, "quiet": QUIET.days, "enough": DAYS_WITH_STATS}  # fmt: skip
    try:
        book = read_book(clock.now())
    except NeedsPerson as trouble:
        return page(site, request, "slots", "Slots", trouble=str(trouble), **facts)
    ranked = slots.ranking(book)
    leaving = {one.sticker_id: one.why for one in archive.leaving_of(ranked, book)}
    ended = _ended()
    rows = Paginator(ranked, AT_ONCE).get_page(request.GET.get("page"))
    keys = [slot.sticker_id for slot in rows]
    pictures = dict(Sticker.objects.filter(pk__in=keys).values_list("pk", "thumbnail_key"))
    places = [_place(slot, leaving, ended, pictures.get(slot.sticker_id, "")) for slot in rows]
    return page(
        site, request, "slots", "Slots", rows=rows, places=places, total=len(ranked) - len(ended), leaving=len(leaving),
        earning=sum(slot.per_day > 0 for slot in ranked), kept=sum(bool(slot.kept) for slot in ranked), **facts,
    )  # fmt: skip


def _ended() -> set[int]:
    return set(slots.ended(clock.now()).values_list("pk", flat=True))


def _place(slot: Slot, leaving: dict[int, str], ended: set[int], picture: str) -> Place:
    if why := leaving.get(slot.sticker_id):
        return Place(slot, f"leaves at the next run: {why}", leaves=True, picture=picture)
    return Place(slot, _state(slot, ended), picture=picture)


def _state(slot: Slot, ended: set[int]) -> str:
    if slot.sticker_id in ended:
        return f"takes no slot: not seen on sale for {slots.UNSEEN.days} days"
    if slot.kept:
        return f"stays: {slot.kept}"
    if slot.days < QUIET.days:
        return f"stays: less than {QUIET.days} days on sale"
    if slot.new_views is None:
        return "stays: views known on too few days"
    return "may leave: looked at, not bought" if slot.is_only_looked_at else "may leave"


def archive_page(site: admin.AdminSite, request: HttpRequest, key: int) -> HttpResponse:
    """GET tells what the design does on its slot, POST takes it off."""
    require(request, MAY_SHELVE)
    sticker = get_object_or_404(Sticker.objects.select_related("trend"), pk=key)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _archive(request, sticker, form.cleaned_data["why"])
    title = f"Take {sticker.number} off sale?"
    return page(site, request, "archive", title, form=form, sticker=sticker, place=_found(key))


def _found(key: int) -> Place | None:
    """None when it is not on sale, or nothing can be told for want of costs or tiers."""
    try:
        ranked = slots.ranking(read_book(clock.now()), only=key)
    except NeedsPerson:
        return None
    return next((Place(slot, _state(slot, _ended())) for slot in ranked), None)


def _archive(request: HttpRequest, sticker: Sticker, why: str) -> HttpResponse:
    where = reverse("admin:pricing_offer_slots")
    if archive.archive(sticker, by=request.user.get_username(), why=why):
        words = f"{sticker.number} is archived and taken off Etsy within minutes. It can be relisted."
        return back(request, where, words, done=True)
    return back(request, where, f"{sticker.number} is not on sale any more: nothing was done.", done=False)
