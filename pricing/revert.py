"""Takes price changes back: of a run, a listing or one offer, each looked at before it is done."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Model, QuerySet

from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import audit, queue
from stickertrendz.ops.errors import Beaten, NeedsPerson
from stickertrendz.ops.models import Run

from . import effect, history, plan, rules
from .book import Book, read_book
from .effect import Effect
from .models import Offer, Override, PriceChange
from .moves import Move
from .rules import Adjustment

Status = PriceChange.Status
TRIES = 3
CHANGE = (
    "pk", "offer_id", "run_id", "status", "old_price", "new_price", "reverts_id", "created_at",
    "offer__sticker__shelf",
)  # fmt: skip
wake_push_changes = queue.waker("push_changes")


@dataclass(frozen=True)
class Restore:
    """One change and what reverting it does. skipped: why it is left as it is; empty when it is taken back."""

    change_id: int
    move: Move
    before: Decimal | None
    skipped: str = ""

    @property
    def back_to(self) -> Decimal:
        """The price before, or today's floor where that is higher."""
        return self.move.new_price


@dataclass(frozen=True)
class Reverting:
    """What a revert would do. about: the run, design or change; reason: what the overrides it leaves will say."""

    about: Model
    reason: str
    restores: list[Restore]

    @property
    def doing(self) -> list[Restore]:
        return [one for one in self.restores if not one.skipped]

    @property
    def skipped(self) -> list[Restore]:
        return [one for one in self.restores if one.skipped]

    @property
    def effect(self) -> Effect:
        return effect.total(one.move.effect for one in self.doing)


def of_run(run: Run, *, sku: str = "", also_later: bool = False) -> Reverting:
    """Every price that this run changed. also_later: those too that were changed again since.

    NeedsPerson when the run changed none.
    """
    found = _look(run, history.made().filter(run=run), f"reverted from run {run.pk}", also_later=also_later)
    if not found.restores:
        raise NeedsPerson(f"Run {run.pk} ({run.workflow}) changed no price: there is nothing to revert.")
    if sku:
        found = Reverting(run, found.reason, [one for one in found.restores if one.move.sku == sku])
        if not found.restores:
            raise NeedsPerson(f"Run {run.pk} did not change the price of {sku}.")
    return found


def of_listing(sticker: Sticker) -> Reverting:
    """All sizes of a design, each to the price before its last change."""
    changed = _standing_changes().filter(offer__sticker=sticker).exclude(old_price=None)
    last: dict[int, int] = {}
    for offer, key in changed.exclude(old_price=F("new_price")).order_by("pk").values_list("offer", "pk"):
        last[offer] = key
    return _look(sticker, PriceChange.objects.filter(pk__in=last.values()), "reverted by hand")


def of_change(change: PriceChange, *, also_later: bool = False) -> Reverting:
    """One change of one size."""
    reason = f"reverted from run {change.run_id}" if change.run_id else "reverted by hand"
    return _look(change.offer, PriceChange.objects.filter(pk=change.pk), reason, also_later=also_later)


def revert(found: Reverting, *, by: str, why: str) -> int:
    """Does what was looked at and wakes the pusher; returns how many prices went back.

    What was changed or taken back since the look is left alone, so repeating it is safe. Each chunk is one transaction:
    cut off in between, repeating the whole does the rest.
    """
    done = sum(_take_back(found, restores, by, why) for restores in plan.chunks(found.doing))
    if done:
        wake_push_changes()
    return done


def _look(about: Model, changes: QuerySet[PriceChange], reason: str, *, also_later: bool = False) -> Reverting:
    rows = list(changes.order_by("offer__sticker_id", "offer__size", "pk").values(*CHANGE))
    later = _changed_later(rows)
    old = {row["offer_id"]: row["old_price"] for row in reversed(rows) if row["old_price"]}
    book = read_book(clock.now())
    moves = _moves(book.as_if(_restoring(old, book.now, reason)), [row["offer_id"] for row in rows])
    restores = []
    for row in rows:
        move = moves[row["offer_id"]]
        skipped = _why_left(row, None if also_later else later.get(row["offer_id"])) or _effectless(move)
        restores.append(Restore(row["pk"], move, row["old_price"], skipped))
    return Reverting(about, reason, restores)


def _changed_later(rows: Sequence[Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    """By offer, the newest change of its price, where that is none of these rows."""
    mine = {row["pk"] for row in rows}
    others = _standing_changes().filter(offer__in={row["offer_id"] for row in rows})
    newest: dict[int, Mapping[str, Any]] = {}
    for row in (
        others.filter(pk__gt=min(mine, default=0)).exclude(old_price=F("new_price")).order_by("pk").values(*CHANGE)
    ):
        newest[row["offer_id"]] = row
    return {offer: row for offer, row in newest.items() if row["pk"] not in mine}


def _standing_changes() -> QuerySet[PriceChange]:
    """Not taken back; those too that the next change overtook before they were pushed."""
    return history.made().exclude(status=Status.REVERTED)


def _why_left(row: Mapping[str, Any], later: Mapping[str, Any] | None) -> str:
    if row["status"] == Status.REVERTED:
        return "taken back already"
    if row["status"] in history.ONLY_PROPOSED:
        return "only proposed: the price never changed"
    if row["reverts_id"]:
        return "its last change was a revert; release the override that it left to price it by the table again"
    if row["old_price"] is None:
        return "its first price: there is none before"
    if row["old_price"] == row["new_price"]:
        return "only its tier changed, not its price"
    if row["offer__sticker__shelf"] != Sticker.Shelf.WANTED:
        return "not on sale any more"
    if later:
        by = f"run {later['run_id']}" if later["run_id"] else "hand"
        return f"changed again by {by} on {later['created_at']:%d %b %H:%M}, to ${later['new_price']}"
    return ""


def _effectless(move: Move) -> str:
    if move.reprices:
        return ""
    at_floor = "the floor leaves it at " if move.new_price == move.verdict.floor else "it costs that already: "
    return f"{at_floor}${move.new_price}"


def _moves(book: Book, offers: Sequence[int]) -> dict[int, Move]:
    rows = Offer.objects.filter(pk__in=offers).values(*plan.READ)
    return {row["pk"]: plan.move_of(book, row, plan.judge_row(book, row)) for row in rows}


def _restoring(old: Mapping[int, Decimal], now: datetime, reason: str) -> Iterator[tuple[int, Adjustment]]:
    """By offer the override that a revert would leave."""
    for offer, price in old.items():
        yield offer, Adjustment(rules.REVERTED, Override.Scope.OFFER, now, None, price, reason)


def _take_back(found: Reverting, restores: Sequence[Restore], by: str, why: str) -> int:
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                done = _take_back_now(_standing(restores), found.reason, by)
                if done:
                    audit.record(by, "reverted prices", found.about, why, prices=done)
                return done
        except Beaten:
            continue
    raise NeedsPerson("Prices are being changed at this moment: nothing more was reverted. Try again in a minute.")


def _standing(restores: Sequence[Restore]) -> dict[int, Restore]:
    """By offer: those whose price is still the one that was looked at."""
    rows = Offer.objects.filter(pk__in=[one.move.offer_id for one in restores]).values_list("pk", "wanted_price")
    prices = dict(rows)
    live = _standing_changes().filter(pk__in=[one.change_id for one in restores])
    keys = set(live.values_list("pk", flat=True))
    return {
        one.move.offer_id: one
        for one in restores
        if one.change_id in keys and prices[one.move.offer_id] == one.move.old.price
    }


def _take_back_now(by_offer: Mapping[int, Restore], reason: str, by: str) -> int:
    """Overrides left, prices set, changes marked: all of it or, when somebody else was faster, Beaten and nothing.

    Offers before changes, as everybody who writes both: two who wait for each other never end.
    """
    if not by_offer:
        return 0
    now = clock.now()
    old = {offer: one.before for offer, one in by_offer.items() if one.before is not None}
    changes = {offer: one.change_id for offer, one in by_offer.items()}
    _leave_overrides(old, now, reason, by)
    moves = _moves(read_book(now), list(old))
    if len(plan.apply_moves(list(moves.values()), now, takes_back=changes)) != len(changes):
        raise Beaten("A price changed meanwhile.")
    standing = PriceChange.objects.filter(pk__in=changes.values()).exclude(status=Status.REVERTED)
    if standing.update(status=Status.REVERTED) != len(changes):
        raise Beaten("Somebody else reverts these prices too.")
    return len(changes)


def _leave_overrides(old: Mapping[int, Decimal], now: datetime, reason: str, by: str) -> None:
    """Until a person releases them; one that an earlier revert left is over, or it would come back afterwards."""
    kind = {"kind": Override.Kind.REVERTED, "scope": Override.Scope.OFFER}
    Override.objects.filter(offer__in=list(old), released_at=None, **kind).update(released_at=now)
    Override.objects.bulk_create(
        Override(offer_id=offer, price=price, starts_at=now, reason=reason, made_by=by, **kind)
        for offer, price in old.items()
    )
