"""Which lines a partial refund pays back: the marketplace tells an amount and no line."""

from decimal import Decimal

from django.db import transaction

from stickertrendz.money import ZERO, cents, total
from stickertrendz.ops import alerts, audit
from stickertrendz.ops.errors import NeedsPerson

from .models import Order, OrderItem
from .wanted import IN_WORK, call_off


def shares(order: Order) -> dict[OrderItem, Decimal]:
    """What the buyer paid for each line: its part of the goods after coupons, in cents."""
    lines = list(order.items.order_by("pk"))
    gross = total(line.unit_price * line.quantity for line in lines)
    part = order.total_amount / gross if gross else ZERO
    return {line: cents(line.unit_price * line.quantity * part) for line in lines}


def mark(order: Order) -> None:
    """Marks the line that a partial refund pays back whole, where the amount leaves no doubt which it is."""
    kept, left = _kept(order)
    exact = [line for line, paid in kept.items() if paid == left > 0]
    if exact and len({(line.sku, line.listing_id) for line in exact}) == 1:
        OrderItem.objects.filter(pk=exact[-1].pk).update(refunded=True)


def check(order: Order) -> None:
    """NeedsPerson when enough was paid back for a line and nobody can tell which; a retry prints them all."""
    left = _unclear(order)
    if left and not order.asked_by:
        raise NeedsPerson(
            f"${left} of this order was paid back, and Etsy does not say for which line. Mark the line that was paid "
            "back, if there is one, then retry: every other line is printed."
        )


def take_note(order: Order) -> None:
    """More was paid back than before: what a person decided about the rest says nothing of it."""
    Order.objects.filter(pk=order.pk).update(asked_by="")
    left = _unclear(order)
    if left and order.status in IN_WORK:
        text = (
            f"${left} of it was paid back, and Etsy does not say for which line. It is being made: mark the line "
            "that was paid back on the order's page, if there is one, and it is called off where that is possible."
        )
        alerts.alert(f"paid-back:{order}", f"Order {order}: a line of it may have been paid back", text, order)


def pay_back(item: OrderItem, *, by: str) -> bool:
    """A person says that this line was paid back: it is not printed and leaves the figures; False when it was known."""
    with transaction.atomic():
        if not OrderItem.objects.filter(pk=item.pk, refunded=False).update(refunded=True):
            return False
        call_off(item.order)
        audit.record(by, "marked a line as paid back", item.order, sku=item.sku)
        return True


def _unclear(order: Order) -> Decimal:
    """Dollars paid back that would pay for a line, of which nobody knows for which; zero when all is clear."""
    kept, left = _kept(order)
    return left if any(0 < paid <= left for paid in kept.values()) else ZERO


def _kept(order: Order) -> tuple[dict[OrderItem, Decimal], Decimal]:
    """Lines not paid back with what was paid for them, and dollars paid back beyond the others."""
    paid = shares(order)
    spent = total(amount for line, amount in paid.items() if line.refunded)
    return {line: amount for line, amount in paid.items() if not line.refunded}, order.refunded_amount - spent
