"""What the pricing pages share: who may do it, how a page is made, and prices of many offers in one table."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from pricing.effect import Effect, signed
from pricing.models import Offer
from pricing.moves import Move
from pricing.preview import Line
from pricing.revert import Restore

AT_ONCE = 100  # rows of a table on one page
CHANGED = "The prices have changed since you looked: look at them again, nothing was done."


@dataclass(frozen=True)
class PriceRow:
    """One size of a design in a table of prices; `tier` in words, `note` says why or why not."""

    offer_id: int
    sku: str
    title: str
    old: Decimal
    new: Decimal
    floor: Decimal
    note: str
    effect: Effect
    tier: str = ""
    picture: str = ""

    @property
    def number(self) -> str:
        return self.sku[:-2]

    @property
    def size(self) -> str:
        return f"{self.sku[-1]}″"

    @property
    def changes(self) -> bool:
        return self.new != self.old

    @property
    def gain(self) -> str:
        """Profit a month, if as many are sold as lately."""
        return signed(self.effect.profit)


def of_move(move: Move) -> PriceRow:
    priced, tier = move.verdict.priced, move.verdict.tier
    if move.retiers:
        tier = f"{move.old.tier} → {tier}"
    return PriceRow(
        move.offer_id, move.sku, move.title, move.old.price, priced.price, move.verdict.floor, priced.note,
        move.effect, tier,
    )  # fmt: skip


def of_restore(one: Restore) -> PriceRow:
    """Where it is skipped the price stays, and the note says why."""
    move = one.move
    new = move.old.price if one.skipped else one.back_to
    note = one.skipped or _held_up(one)
    return PriceRow(move.offer_id, move.sku, move.title, move.old.price, new, move.verdict.floor, note, move.effect)


def _held_up(one: Restore) -> str:
    if one.before is None or one.before == one.back_to:
        return "as it was before"
    return f"it was ${one.before}; today’s floor is ${one.move.verdict.floor}"


def of_line(line: Line) -> PriceRow:
    return PriceRow(line.offer_id, line.sku, line.title, line.now, line.then, line.floor, line.note, line.effect)


def with_pictures(rows: Sequence[PriceRow]) -> list[PriceRow]:
    offers = Offer.objects.filter(pk__in=[row.offer_id for row in rows])
    keys = dict(offers.values_list("pk", "sticker__thumbnail_key"))
    return [replace(row, picture=keys.get(row.offer_id, "")) for row in rows]


def mark(rows: Iterable[PriceRow]) -> str:
    """The same for tables that say the same: what was looked at is what is done."""
    told = "\n".join(f"{row.sku} {row.old} {row.new} {row.note}" for row in rows)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def require(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def page(site: admin.AdminSite, request: HttpRequest, name: str, title: str, **facts: Any) -> TemplateResponse:
    context = {**site.each_context(request), "opts": Offer._meta, "title": title, **facts}
    return TemplateResponse(request, f"console/pricing/{name}.html", context)


def back(request: HttpRequest, where: str, words: str, *, done: bool) -> HttpResponse:
    """To that page, which tells what became of it."""
    (messages.success if done else messages.warning)(request, words)
    return HttpResponseRedirect(where)
