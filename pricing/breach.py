"""A price pushed below the floor that was valid at that moment: written down, then pricing halts and it goes back."""

from decimal import Decimal

from django.db import transaction
from django.db.models import F

from stickertrendz import clock
from stickertrendz.ops import alerts, switches
from stickertrendz.ops.models import Switch

from . import history, revert
from .models import Offer, PriceChange

Status = PriceChange.Status
BY = "pricing rollback"


def witness(offer: Offer, price: Decimal, floor: Decimal) -> bool:
    """Whether the price just pushed was below the floor; the history says it then. Part of the push's transaction.

    offer: as it is now. floor: the one that stood beside the wish when it was read. A floor that a plan raised since
    then is no breach: the raised price is on its way.
    """
    if price >= floor and (price >= offer.floor_price or _raised_by_a_plan(offer, price)):
        return False
    now, floor = clock.now(), max(floor, offer.floor_price)
    last = _last_right(offer, floor)
    PriceChange.objects.create(
        offer=offer, status=Status.PUSHED, old_price=last.new_price if last else offer.wanted_price, new_price=price,
        tier=offer.tier, reason="pushed below the floor", under_override=True,
        shipping_cost=last.shipping_cost if last else 0, floor_price=floor,
        floor_inputs=last.floor_inputs if last else {}, created_at=now, pushed_at=now,
    )  # fmt: skip
    return True


def _raised_by_a_plan(offer: Offer, price: Decimal) -> bool:
    """Whatever became of that line: where Etsy had shown its price before, it counts as pushed already."""
    newest = history.made().filter(offer=offer).first()
    return newest is not None and newest.new_price > price and newest.new_price >= newest.floor_price


def _last_right(offer: Offer, floor: Decimal) -> PriceChange | None:
    """The last price pushed that was not below this floor."""
    pushed = PriceChange.objects.filter(offer=offer, pushed_at__isnull=False).order_by("-pushed_at", "-pk")
    return next((one for one in pushed.iterator() if one.new_price >= floor), None)


def roll_back() -> int:
    """Halts pricing, takes every price below its floor back and tells the operator; returns how many there were.

    Right after such a push, and looked for by each run of the engine: a process may have died between the two.
    """
    found = list(
        PriceChange.objects.filter(status=Status.PUSHED, new_price__lt=F("floor_price")).select_related("offer")
    )
    if not found:
        return 0
    lines = [f"{one.offer}: ${one.new_price} pushed, the floor was ${one.floor_price}" for one in found]
    why = f"A price was pushed below its floor. {'; '.join(lines[:5])}"
    with transaction.atomic():
        switches.throw(Switch.Name.PRICING, why, by=BY)
        for one in found:
            revert.revert(revert.of_change(one), by=BY, why=why)
        PriceChange.objects.filter(pk__in=[one.pk for one in found]).update(status=Status.REVERTED)
        words = "\n".join([
            "Pricing is halted, and these prices go back to the last right one, or to the floor:", *lines,
            "Look into the price history for the cause before you clear the switch; each price stays as it is now "
            "until you release its override.",
        ])  # fmt: skip
        alerts.alert(f"below-floor:{found[-1].pk}", "P1: a price was pushed below its floor", words, found[-1])
    return len(found)
