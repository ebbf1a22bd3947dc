"""Takes an order away from the printers before one has it: a person decided to print it at home."""

from django.db import transaction
from django.db.models import Q

from stickertrendz import clock
from stickertrendz.ops import audit, queue
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.models import Intent

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
        for job in PrintJob.objects.filter(item__order=order).exclude(status=PrintJob.Status.CANCELLED):
            _withdraw(order, job)
        audit.record(by, "took into our own hands", order)
    wake_sync()
    return True


def _claim(order: Order, by: str) -> None:
    """Not while a run is at it: that would print it twice."""
    now, why = clock.now(), "\n".join(filter(None, [order.route_why, f"{BY_HAND}: chosen by {by}"]))
    free = Order.objects.filter(Q(claimed_until=None) | Q(claimed_until__lte=now), pk=order.pk, status=order.status)
    columns = {"fulfillment_provider": BY_HAND, "route_why": why, "asked_by": by}
    if not free.update(**columns, needs_attention="", not_before=None, attempts=0):
        raise NeedsPerson(f"Order {order} is being sent to print this moment: look at it again in a few minutes.")


def _withdraw(order: Order, job: PrintJob) -> None:
    """By the intent's row, as always: only what was planned and not sent can be taken back."""
    intents = Intent.objects.filter(kind=wanted.KIND, key=wanted.key(job))
    intents.filter(state=Intent.State.PLANNED).update(state=Intent.State.VOID, claimed_until=None)
    if job.status != PrintJob.Status.WAITING or intents.exclude(state=Intent.State.VOID).exists():
        raise NeedsPerson(f"{job.provider} has or may have {job} of order {order}: it is not to be printed twice.")
    PrintJob.objects.filter(pk=job.pk).update(provider=BY_HAND, cost=None)
