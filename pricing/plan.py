"""What every offer should cost now: read at once, compared, and applied as rows that etsy makes so."""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import QuerySet

from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import audit, queue, switches
from stickertrendz.ops.errors import Beaten, NeedsPerson
from stickertrendz.ops.models import Run, Switch

from . import effect, history, rules
from .book import Book, Verdict, judge, read_book
from .effect import Effect
from .models import Offer, PriceChange
from .moves import Move, Standing

logger = logging.getLogger(__name__)
AT_ONCE = 500
T = TypeVar("T")
READ = (
    "pk", "sticker_id", "size", "tier", "wanted_price", "floor_price", "pushed_price", "reason", "under_override",
    "sticker__title", "sticker__tags", "sticker__trend__created_at",
)  # fmt: skip
wake_push_changes = queue.waker("push_changes")


@dataclass(frozen=True)
class Plan:
    """offers: how many were looked at. moves: those that change."""

    now: datetime
    offers: int
    moves: list[Move]

    @property
    def repriced(self) -> list[Move]:
        return [move for move in self.moves if move.reprices]

    @property
    def effect(self) -> Effect:
        return effect.total(move.effect for move in self.repriced)

    @property
    def mark(self) -> str:
        """The same for plans that do the same: what was looked at is what is applied."""
        told = (f"{move.offer_id} {move.verdict.tier} {move.new_price}" for move in self.moves if move.is_told)
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]

    @property
    def raised_to_floor(self) -> list[Move]:
        """Prices that lie below their floors of today, because costs rose since the last plan."""
        return [move for move in self.moves if move.old.price < move.verdict.floor]

    def below_floor(self) -> list[str]:
        return [move.sku for move in self.moves if move.new_price < move.verdict.floor]

    def trouble(self) -> str:
        """Why this plan must not be applied as it is; empty when it may."""
        if low := self.below_floor():
            return f"The plan would put {', '.join(low[:5])} below the floor."
        if rules.too_bold([(move.old.price, move.new_price) for move in self.repriced], self.offers):
            return "The plan would move more than half of the shop's prices by more than 30 %."
        return ""


def on_sale() -> QuerySet[Offer]:
    """Offers of designs that should be on sale."""
    rows: QuerySet[Offer] = Offer.objects.filter(sticker__shelf=Sticker.Shelf.WANTED)
    return rows


def make_plan(book: Book, offers: QuerySet[Offer] | None = None, tick: Callable[[int], None] = lambda _: None) -> Plan:
    """All offers on sale, or the ones given, against the book. tick is told how many were looked at so far."""
    moves, count = [], 0
    for row in (on_sale() if offers is None else offers).order_by("pk").values(*READ).iterator():
        count += 1
        if move := _move(book, row):
            moves.append(move)
        if not count % AT_ONCE:
            tick(count)
    return Plan(book.now, count, moves)


def judge_row(book: Book, row: Mapping[str, Any]) -> Verdict:
    """row: an offer's columns READ."""
    return judge(
        book,
        offer_id=row["pk"],
        sticker_id=row["sticker_id"],
        size=row["size"],
        tags=row["sticker__tags"],
        trend_from=row["sticker__trend__created_at"],
        tier=row["tier"],
    )


def _move(book: Book, row: Mapping[str, Any]) -> Move | None:
    verdict = judge_row(book, row)
    priced = verdict.priced
    wanted = (verdict.tier, priced.price, verdict.floor, priced.note[:200], priced.under_override)
    is_so = (row["tier"], row["wanted_price"], row["floor_price"], row["reason"], row["under_override"])
    return None if wanted == is_so else move_of(book, row, verdict)


def move_of(book: Book, row: Mapping[str, Any], verdict: Verdict) -> Move:
    old = _standing(row["tier"], row["wanted_price"], row["pushed_price"], row["under_override"])
    sold = book.sold.get((row["sticker_id"], row["size"]), 0)
    return Move(row["pk"], sku_of(row), row["sticker__title"], old, verdict, sold)


@lru_cache(maxsize=1024)
def _standing(tier: str, price: Decimal, pushed: Decimal | None, under_override: bool) -> Standing:
    """One object for all offers that stand alike: a large shop has few kinds."""
    return Standing(tier, price, pushed, under_override)


def sku_of(row: Mapping[str, Any]) -> str:
    return f"ST-{row['sticker_id']:06d}-{row['size'][0]}"


def open_offers(sticker: Sticker) -> None:
    """An offer for each size the design is printed in, priced for today; offers it had are brought up to date."""
    book = read_book(clock.now())
    for size in sticker.sizes.all():
        _open(book, sticker, size.size)
    apply(make_plan(book, Offer.objects.filter(sticker=sticker)))


def _open(book: Book, sticker: Sticker, size: str) -> None:
    if Offer.objects.filter(sticker=sticker, size=size).exists():
        return
    verdict = judge(
        book,
        offer_id=None,
        sticker_id=sticker.pk,
        size=size,
        tags=sticker.tags,
        trend_from=sticker.trend.created_at,
        tier="",
    )
    with transaction.atomic():
        columns = _columns(verdict) | {"tier_since": book.now}
        offer, new = Offer.objects.get_or_create(sticker=sticker, size=size, defaults=columns)
        if new:
            history.line(offer.pk, None, verdict, PriceChange.Status.APPROVED, book.now, None).save()


def _columns(verdict: Verdict) -> dict[str, Any]:
    return {
        "tier": verdict.tier,
        "wanted_price": verdict.priced.price,
        "floor_price": verdict.floor,
        "reason": verdict.priced.note[:200],
        "under_override": verdict.priced.under_override,
    }


def apply(plan: Plan, run: Run | None = None, beat: Callable[[], None] = lambda: None) -> list[Move]:
    """Writes the plan in steps that each stand alone: cut off anywhere, the next plan holds the rest.

    Returns what was changed: offers that others changed meanwhile are left to the next plan.
    """
    done: list[Move] = []
    for moves in chunks(plan.moves):
        done += apply_moves(moves, plan.now, run)
        beat()
    return done


def apply_moves(
    moves: Sequence[Move], now: datetime, run: Run | None = None, takes_back: Mapping[int, int] | None = None
) -> Sequence[Move]:
    """All of one transaction. Returns what was changed: offers that others changed meanwhile are left to the next plan.

    takes_back: by offer, the key of the change that is reverted.
    """
    for _ in range(3):
        try:
            with transaction.atomic():
                _write(moves, now)
                history.record(moves, now, run, takes_back or {})
                return moves
        except Beaten:
            moves = _unchanged(moves)
    logger.warning("Prices change too fast to be planned; the next run looks again", extra={"step": "pricing"})
    return []


def _write(moves: Iterable[Move], now: datetime) -> None:
    """Alike offers by one UPDATE of floor and price together, which must find each as the plan found it."""
    groups: dict[tuple[Standing, tuple[tuple[str, Any], ...]], list[int]] = defaultdict(list)
    for move in moves:
        columns = _columns(move.verdict) | ({"tier_since": now} if move.retiers else {})
        groups[move.old, tuple(columns.items())].append(move.offer_id)
    for (old, columns_of), offer_ids in groups.items():
        same = Offer.objects.filter(pk__in=offer_ids, tier=old.tier, wanted_price=old.price, pushed_price=old.pushed)
        if same.update(**dict(columns_of)) != len(offer_ids):
            raise Beaten("An offer was changed by somebody else meanwhile.")


def _unchanged(moves: Sequence[Move]) -> list[Move]:
    rows = Offer.objects.filter(pk__in=[move.offer_id for move in moves])
    found = {key: rest for key, *rest in rows.values_list("pk", "tier", "wanted_price", "pushed_price")}
    return [move for move in moves if found.get(move.offer_id) == [move.old.tier, move.old.price, move.old.pushed]]


def approve(*, by: str, why: str, seen: str = "") -> Plan:
    """A person wants the halted plan: today's is applied however bold, but never below the floor.

    seen: the mark of the plan that the person looked at. NeedsPerson when today's does something else.
    """
    if switch := switches.thrown(Switch.Name.PRICING):
        raise NeedsPerson(f"{switch}. Clear the switch first.")
    plan = make_plan(read_book(clock.now()))
    if low := plan.below_floor():
        raise NeedsPerson(f"{', '.join(low[:5])} would be sold below the floor; mend the costs or the tiers first.")
    if seen and seen != plan.mark:
        raise NeedsPerson("The plan has changed since you looked at it: look at it again.")
    apply(plan)
    dismiss_proposals()
    audit.record(by, "approved price plan", why=why, prices=len(plan.repriced))
    wake_push_changes()
    return plan


def propose(plan: Plan, run: Run | None = None) -> None:
    """A plan that was halted, as rows a person can look at; prices stay as they are."""
    with transaction.atomic():
        history.propose(plan.repriced, plan.now, run)


def dismiss_proposals() -> int:
    """What was proposed is not wanted any more, or is done."""
    return history.dismiss(history.proposals())


def reprice(sticker: Sticker, *, by: str, why: str) -> Plan:
    """Today's prices for all sizes of one design, at once."""
    plan = make_plan(read_book(clock.now()), Offer.objects.filter(sticker=sticker))
    apply(plan)
    audit.record(by, "repriced design", sticker, why, prices=len(plan.repriced))
    wake_push_changes()
    return plan


def chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]
