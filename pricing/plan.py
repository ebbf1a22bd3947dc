"""What every offer should cost now: read at once, compared, and applied as rows that etsy makes so."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import audit
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.models import Run

from . import rules
from .book import Book, Verdict, judge, read_book
from .models import Offer, PriceChange

AT_ONCE = 500
Status = PriceChange.Status


@dataclass(frozen=True)
class Move:
    """One offer that changes."""

    offer_id: int
    sku: str
    old_tier: str
    old_price: Decimal
    pushed_price: Decimal | None
    verdict: Verdict

    @property
    def new_price(self) -> Decimal:
        return self.verdict.priced.price

    @property
    def reprices(self) -> bool:
        return self.new_price != self.old_price


@dataclass(frozen=True)
class Plan:
    now: datetime
    offers: int
    moves: list[Move]

    @property
    def repriced(self) -> list[Move]:
        return [move for move in self.moves if move.reprices]

    def below_floor(self) -> list[str]:
        return [move.sku for move in self.moves if move.new_price < move.verdict.floor]

    def trouble(self) -> str:
        """Why this plan must not be applied as it is; empty when it may."""
        if low := self.below_floor():
            return f"The plan would put {', '.join(low[:5])} below the floor."
        if rules.too_bold([(move.old_price, move.new_price) for move in self.repriced], self.offers):
            return "The plan would move more than half of the shop's prices by more than 30 %."
        return ""


def make_plan(book: Book, offers: QuerySet[Offer] | None = None) -> Plan:
    """All offers on sale, or the ones given, against the book."""
    rows = Offer.objects.filter(sticker__shelf=Sticker.Shelf.WANTED) if offers is None else offers
    moves, count = [], 0
    for row in (
        rows.order_by("pk")
        .values(
            "pk",
            "sticker_id",
            "size",
            "tier",
            "wanted_price",
            "floor_price",
            "reason",
            "pushed_price",
            "sticker__tags",
            "sticker__trend__created_at",
        )
        .iterator()
    ):
        count += 1
        if move := _move(book, row):
            moves.append(move)
    return Plan(book.now, count, moves)


def _move(book: Book, row: Mapping[str, Any]) -> Move | None:
    verdict = judge(
        book,
        offer_id=row["pk"],
        sticker_id=row["sticker_id"],
        size=row["size"],
        tags=row["sticker__tags"],
        trend_from=row["sticker__trend__created_at"],
        tier=row["tier"],
    )
    wanted = (verdict.tier, verdict.priced.price, verdict.floor, verdict.priced.note[:200])
    if wanted == (row["tier"], row["wanted_price"], row["floor_price"], row["reason"]):
        return None
    sku = f"ST-{row['sticker_id']:06d}-{row['size'][0]}"
    return Move(row["pk"], sku, row["tier"], row["wanted_price"], row["pushed_price"], verdict)


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
    columns = {
        "tier": verdict.tier,
        "tier_since": book.now,
        "wanted_price": verdict.priced.price,
        "floor_price": verdict.floor,
        "reason": verdict.priced.note[:200],
    }
    with transaction.atomic():
        offer, new = Offer.objects.get_or_create(sticker=sticker, size=size, defaults=columns)
        if new:
            _change(offer.pk, None, verdict, Status.APPROVED, book.now, None).save()


def apply(plan: Plan, run: Run | None = None, beat: Callable[[], None] = lambda: None) -> None:
    """Writes the plan in steps that each stand alone: cut off anywhere, the next plan holds the rest."""
    for moves in _chunks(plan.moves):
        with transaction.atomic():
            for columns, offer_ids in _alike(moves, plan.now):
                Offer.objects.filter(pk__in=offer_ids).update(**columns)
            _record(moves, plan.now, run)
        beat()


def approve(*, by: str, why: str) -> Plan:
    """A person wants the halted plan: today's is applied however bold, but never below the floor."""
    plan = make_plan(read_book(clock.now()))
    if low := plan.below_floor():
        raise NeedsPerson(f"{', '.join(low[:5])} would be sold below the floor; mend the costs or the tiers first.")
    apply(plan)
    audit.record(by, "approved price plan", why=why, prices=len(plan.repriced))
    return plan


def propose(plan: Plan, run: Run | None = None) -> None:
    """A plan that was halted, as rows a person can look at; prices stay as they are."""
    for moves in _chunks(plan.repriced):
        with transaction.atomic():
            _supersede(moves, [Status.PROPOSED])
            PriceChange.objects.bulk_create(
                _change(move.offer_id, move.old_price, move.verdict, Status.PROPOSED, plan.now, run) for move in moves
            )


def _record(moves: Sequence[Move], now: datetime, run: Run | None) -> None:
    """A change per new price or tier; where the marketplace shows that price already, there is nothing left to push."""
    told = [move for move in moves if move.reprices or move.verdict.tier != move.old_tier]
    _supersede(told, [Status.APPROVED, Status.PROPOSED])
    PriceChange.objects.bulk_create(
        _change(
            move.offer_id,
            move.old_price,
            move.verdict,
            Status.PUSHED if move.pushed_price == move.new_price else Status.APPROVED,
            now,
            run,
        )
        for move in told
    )


def _supersede(moves: Sequence[Move], statuses: list[PriceChange.Status]) -> None:
    waiting = PriceChange.objects.filter(offer_id__in=[move.offer_id for move in moves], status__in=statuses)
    waiting.update(status=Status.SUPERSEDED)


def _change(
    offer_id: int, old: Decimal | None, verdict: Verdict, status: PriceChange.Status, now: datetime, run: Run | None
) -> PriceChange:
    cost = verdict.cost
    inputs = {
        "provider": cost.provider,
        "print_cost": str(cost.print_cost),
        "shipping_cost": str(cost.shipping_cost),
        "packaging_cost": str(cost.packaging_cost),
        "fees": settings.ETSY_FEES,
        "margin": str(rules.MARGIN),
    }
    return PriceChange(
        offer_id=offer_id,
        run=run,
        status=status,
        old_price=old,
        new_price=verdict.priced.price,
        tier=verdict.tier,
        reason=verdict.priced.note[:200],
        under_override=verdict.priced.under_override,
        shipping_cost=cost.shipping_cost,
        floor_price=verdict.floor,
        floor_inputs=inputs,
        created_at=now,
        pushed_at=now if status == Status.PUSHED else None,
    )


def _alike(moves: Iterable[Move], now: datetime) -> Iterator[tuple[dict[str, Any], list[int]]]:
    """Offers that get the same columns, so that each group is one UPDATE of floor and price together."""
    groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for move in moves:
        verdict = move.verdict
        key = (verdict.tier, verdict.tier != move.old_tier, move.new_price, verdict.floor, verdict.priced.note[:200])
        groups[key].append(move.offer_id)
    for (tier, is_new, price, floor, reason), offer_ids in groups.items():
        columns = {"tier": tier, "wanted_price": price, "floor_price": floor, "reason": reason}
        yield columns | ({"tier_since": now} if is_new else {}), offer_ids


def _chunks(moves: Sequence[Move]) -> Iterator[Sequence[Move]]:
    for start in range(0, len(moves), AT_ONCE):
        yield moves[start : start + AT_ONCE]
