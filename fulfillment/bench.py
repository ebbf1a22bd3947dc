"""What the operator does with orders packed by hand."""

from django.db import transaction

from stickertrendz import clock
from stickertrendz.ops import audit
from stickertrendz.ops.errors import NeedsPerson

from . import watch
from .costs import BY_HAND
from .models import Order, PrintJob

Status = Order.Status
NOT_ROUTED = (Status.PENDING, Status.NEEDS_ADDRESS, Status.PAID)


def mark_shipped(order: Order, *, by: str, carrier: str = "usps", tracking_code: str = "") -> None:
    """The hand-packed lines are in the post (a letter without a code); the order is shipped when all its lines are.

    NeedsPerson for an order that is not to be shipped any more: telling Etsy would mail its buyer.
    """
    with transaction.atomic():
        now = clock.now()
        order.refresh_from_db(fields=["status"])
        if Status.SHIPPED not in Order.MOVES[order.status]:
            raise NeedsPerson(f"Order {order} is {order.get_status_display().lower()}: it is not to be shipped.")
        watch.note_shipment(order, carrier, tracking_code, now)
        for job in PrintJob.objects.filter(item__order=order, provider=BY_HAND):
            if PrintJob.Status.SHIPPED in PrintJob.MOVES[job.status]:
                job.move_to(PrintJob.Status.SHIPPED)
        if order.status in NOT_ROUTED:  # packed before it was routed
            order.move_to(Status.SHIPPED, shipped_at=now)
        else:
            watch.settle(order)
        audit.record(by, "marked as shipped", order)


def mark_delivered(order: Order, *, by: str) -> None:
    """A person knows that it arrived."""
    with transaction.atomic():
        now = clock.now()
        order.shipments.filter(delivered_at=None).update(delivered_at=now)
        order.move_to(Status.DELIVERED, delivered_at=now)
        audit.record(by, "marked as delivered", order)
