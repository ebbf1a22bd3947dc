"""What the operator does with orders packed by hand."""

from django.db import transaction

from stickertrendz import clock
from stickertrendz.ops import audit

from . import watch
from .costs import BY_HAND
from .models import Order, PrintJob


def mark_shipped(order: Order, *, by: str, carrier: str = "usps", tracking_code: str = "") -> None:
    """The hand-packed lines are in the post (a letter without a code); the order is shipped when all its lines are."""
    with transaction.atomic():
        now = clock.now()
        watch.note_shipment(order, carrier, tracking_code, now)
        for job in PrintJob.objects.filter(item__order=order, provider=BY_HAND):
            if PrintJob.Status.SHIPPED in PrintJob.MOVES[job.status]:
                job.move_to(PrintJob.Status.SHIPPED)
        if order.status == Order.Status.PAID:  # packed before it was routed
            order.move_to(Order.Status.SHIPPED, shipped_at=now)
        else:
            watch.settle(order)
        audit.record(by, "marked as shipped", order)


def mark_delivered(order: Order, *, by: str) -> None:
    """A person knows that it arrived."""
    with transaction.atomic():
        now = clock.now()
        order.shipments.filter(delivered_at=None).update(delivered_at=now)
        order.move_to(Order.Status.DELIVERED, delivered_at=now)
        audit.record(by, "marked as delivered", order)
