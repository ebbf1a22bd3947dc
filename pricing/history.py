"""Lines of the price history: what was changed, proposed, or overtaken before it was pushed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import QuerySet

from stickertrendz.ops.models import Run

from . import rules
from .book import Verdict
from .models import PriceChange
from .moves import Move

Status = PriceChange.Status
ONLY_PROPOSED = (Status.PROPOSED, Status.DISMISSED)


def record(moves: Sequence[Move], now: datetime, run: Run | None, takes_back: Mapping[int, int]) -> None:
    """A line per new price or tier; where the marketplace shows that price already, there is nothing left to push.

    takes_back: by offer, the key of the change that is reverted.
    """
    told = [move for move in moves if move.is_told]
    offers = [move.offer_id for move in told]
    PriceChange.objects.filter(offer_id__in=offers, status=Status.APPROVED).update(status=Status.SUPERSEDED)
    dismiss(proposals().filter(offer_id__in=offers))
    rows = []
    for move in told:
        status = Status.PUSHED if move.is_pushed else Status.APPROVED
        row = line(move.offer_id, move.old.price, move.verdict, status, now, run)
        row.reverts_id = takes_back.get(move.offer_id)
        rows.append(row)
    PriceChange.objects.bulk_create(rows)


def propose(moves: Sequence[Move], now: datetime, run: Run | None) -> None:
    """The whole of a halted plan, instead of any before."""
    dismiss(proposals())
    PriceChange.objects.bulk_create(
        (line(move.offer_id, move.old.price, move.verdict, Status.PROPOSED, now, run) for move in moves), batch_size=500
    )


def proposals() -> QuerySet[PriceChange]:
    """What waits for a person's word, since the last plan was halted."""
    rows: QuerySet[PriceChange] = PriceChange.objects.filter(status=Status.PROPOSED)
    return rows


def dismiss(rows: QuerySet[PriceChange]) -> int:
    return rows.update(status=Status.DISMISSED)


def made() -> QuerySet[PriceChange]:
    """Changes that were made, pushed or not; what was only proposed never was."""
    rows: QuerySet[PriceChange] = PriceChange.objects.exclude(status__in=ONLY_PROPOSED)
    return rows


def line(
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
