"""Takes an order away from the printers before one has it: a person decided to print it at home."""

from django.db import transaction
from django.db.models import Q

from stickertrendz import clock
from stickertrendz.ops import audit, queue
from stickertrendz.ops.errors import NeedsPerson

from . import wanted
from .costs import BY_HAND
from .models import Order, PrintJob

wake_sync = queue.waker("order_sync")


def take(order: Order, *, by: str) -> bool:
    """The next run puts it on the bench; False when it was ours before. NeedsPerson when a printer may have it."""
    with transaction.atomic():
        order.refresh_from_db()
        if order.fulfillment_provider == BY_HAND:
            return False
        if order.status != Order.Status.PAID:
            raise NeedsPerson(f"Order {order} is {order.get_status_display().lower()}: print its lines again instead.")
        _claim(order, by)
        jobs = PrintJob.objects.filter(item__order=order).exclude(status=PrintJob.Status.CANCELLED)
        for job in jobs.select_related("item__order"):
            wanted.withdraw(job)
            PrintJob.objects.filter(pk=job.pk).update(provider=BY_HAND, cost=None)
        audit.record(by, "took into our own hands", order)
    wake_sync()
    return True


def _claim(order: Order, by: str) -> None:
    """Not while a run is at it: that would print it twice."""
    now, why = clock.now(), "\n".join(filter(None, [order.route_why, f"{BY_HAND}: chosen by {by}"]))
    free = Order.objects.filter(Q(claimed_until=None) | Q(claimed_until__lte=now), pk=order.pk, status=order.status)
    columns = {"fulfillment_provider": BY_HAND, "route_why": why}
    if not free.update(**columns, needs_attention="", not_before=None, attempts=0):
        raise NeedsPerson(f"Order {order} is being sent to print this moment: look at it again in a few minutes.")
