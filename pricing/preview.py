"""What an override would do before it is made: which offers, which prices, where it has no effect and why."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from stickertrendz import clock

from . import effect, overrides, plan, rules
from .book import Book, Verdict, read_book
from .effect import Effect
from .models import Offer, Override
from .rules import Adjustment


@dataclass(frozen=True, slots=True)
class Line:
    """One offer it applies to. now: today's price by the rules without it. note: what the operator should know."""

    offer_id: int
    sku: str
    title: str
    now: Decimal
    then: Decimal
    floor: Decimal
    note: str
    effect: Effect

    @property
    def has_effect(self) -> bool:
        return self.then != self.now


@dataclass(frozen=True)
class Preview:
    """lines: every offer on sale that it applies to."""

    override: Override
    lines: list[Line]

    @property
    def changing(self) -> list[Line]:
        return [line for line in self.lines if line.has_effect]

    @property
    def without_effect(self) -> list[Line]:
        return [line for line in self.lines if not line.has_effect]

    @property
    def effect(self) -> Effect:
        return effect.total(line.effect for line in self.changing)

    @property
    def words(self) -> str:
        """The sentence above the table."""
        if not self.lines:
            return "It applies to nothing that is on sale."
        if self.override.kind == Override.Kind.EXEMPT:
            return f"{len(self.lines)} offers keep their prices; their designs are never archived."
        return f"{len(self.changing)} of {len(self.lines)} offers change their price: {self.effect}."


def preview(row: Override) -> Preview:
    """Of an override that was drafted, or of one that is made; at the moment it starts, or now. Seven queries."""
    now = clock.now()
    moment = max(row.starts_at, now)
    without = replace(read_book(now), now=moment, in_force=overrides.in_force(moment, without=row), known={})
    one, target = overrides.adjustment(row), overrides.target_of(row)
    with_it = without.as_if([(target, one)])
    lines = []
    for offer in _candidates(row).order_by("pk").values(*plan.READ).iterator():
        then = plan.judge_row(with_it, offer)
        if one in with_it.in_force.on(offer["pk"], offer["sticker_id"], offer["sticker__tags"], then.tier):
            lines.append(_line(offer, plan.judge_row(without, offer), then, one, without))
    return Preview(row, lines)


def _candidates(row: Override) -> QuerySet[Offer]:
    offers = plan.on_sale()
    if row.offer_id:
        return offers.filter(pk=row.offer_id)
    return offers.filter(sticker=row.sticker_id) if row.sticker_id else offers


def _line(offer: Mapping[str, Any], was: Verdict, then: Verdict, one: Adjustment, book: Book) -> Line:
    old, new = was.priced.price, then.priced.price
    sold = book.sold.get((offer["sticker_id"], offer["size"]), 0)
    return Line(
        offer["pk"], plan.sku_of(offer), offer["sticker__title"], old, new, then.floor, _note(was, then, one),
        effect.effect(sold, old, new, then.cost),
    )  # fmt: skip


def _note(was: Verdict, then: Verdict, one: Adjustment) -> str:
    if one.kind == rules.EXEMPT:
        return "price stays, never archived"
    if then.override != one:
        return f"without effect: “{then.override.words}” wins" if then.override else "without effect"
    if then.priced.price == was.priced.price:
        least = then.priced.price == then.floor
        return f"without effect: {'the floor holds it up' if least else 'it costs that already'}"
    instead = f", instead of “{was.override.words}”" if was.override else ""
    held_up = f", held up by the floor of ${then.floor}" if "held up" in then.priced.note else ""
    return f"{one.words}{held_up}{instead}"
