"""A price that somebody set on the marketplace by hand becomes the offer's fixed price, and is written down."""

from decimal import Decimal

from django.db import transaction

from stickertrendz import clock
from stickertrendz.ops.errors import Beaten

from .models import Offer, Override, PriceChange

Status = PriceChange.Status


def adopt(offer: Offer, price: Decimal, *, by: str, why: str) -> Override:
    """Fixed until it is released; wanted is that price or the floor. Sales at it hold no tier.

    One adopted before is over, or it would come back afterwards. Beaten when the offer was changed meanwhile.
    """
    now, kept = clock.now(), max(price, offer.floor_price)
    columns = {"pushed_price": price, "pushed_at": now, "wanted_price": kept, "under_override": True, "reason": why}
    with transaction.atomic():
        same = Offer.objects.filter(pk=offer.pk, floor_price=offer.floor_price, pushed_price=offer.pushed_price)
        if not same.update(**columns):
            raise Beaten(f"{offer} was changed meanwhile.")
        last = offer.changes.first()
        offer.changes.filter(status=Status.APPROVED).update(status=Status.SUPERSEDED)
        PriceChange.objects.create(
            offer=offer, status=Status.PUSHED if kept == price else Status.APPROVED, old_price=offer.pushed_price,
            new_price=kept, tier=offer.tier, reason=why, under_override=True, floor_price=offer.floor_price,
            shipping_cost=last.shipping_cost if last else 0, floor_inputs=last.floor_inputs if last else {},
            created_at=now, pushed_at=now if kept == price else None,
        )  # fmt: skip
        whose = {"kind": Override.Kind.FIXED, "scope": Override.Scope.OFFER, "offer": offer, "made_by": by}
        Override.objects.filter(released_at=None, **whose).update(released_at=now)
        return Override.objects.create(price=price, starts_at=now, reason=why, **whose)
