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
        check(order)
        _claim(order, by)
        wanted.withdraw(order)
        waiting = PrintJob.objects.filter(item__order=order, status=PrintJob.Status.WAITING)
        waiting.exclude(provider=BY_HAND).update(provider=BY_HAND, cost=None)
        audit.record(by, "took into our own hands", order)
    wake_sync()
    return True


def check(order: Order) -> None:
    """NeedsPerson, with what to do instead, for what no printer waits for or one may have."""
    if order.status != Order.Status.PAID:
        raise NeedsPerson(f"Order {order} {_why_not(order)}")


def _claim(order: Order, by: str) -> None:
    """Not while a run is at it: that would print it twice."""
    now, why = clock.now(), "\n".join(filter(None, [order.route_why, f"{BY_HAND}: chosen by {by}"]))
    free = Order.objects.filter(Q(claimed_until=None) | Q(claimed_until__lte=now), pk=order.pk, status=order.status)
    columns = {"fulfillment_provider": BY_HAND, "route_why": why}
    if not free.update(**columns, needs_attention="", not_before=None, attempts=0):
        raise NeedsPerson(f"Order {order} is being sent to print this moment: look at it again in a few minutes.")


def _why_not(order: Order) -> str:
    if order.status == Order.Status.PENDING:
        return "is not paid yet: no printer has it. Choose this again when it is."
    if order.status == Order.Status.NEEDS_ADDRESS:
        return "has no address yet: no printer has it. Enter the address, then choose this again."
    rest = "nothing of it is printed any more" if order.status in wanted.ENDED else "print its lines again instead"
    return f"is {order.get_status_display().lower()}: {rest}."
