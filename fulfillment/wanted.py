"""Whether a print is still wanted, and calling it off before it is sent.

The intent's row decides: a print is called off by making its planned intent void, and sent by making it sent, each in
one conditional UPDATE. Whoever comes second knows it.
"""

from django.db.models import Q, QuerySet

from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.models import Intent

from .costs import BY_HAND
from .models import Order, PrintJob

Job, Status = PrintJob.Status, Order.Status
KIND = "print_order"
ENDED = (Status.CANCELLED, Status.REFUNDED)
GONE = (Status.SHIPPED, Status.DELIVERED)
IN_WORK = (Status.PENDING_MANUAL, Status.SENT_TO_PRINT, Status.PRINT_CONFIRMED)
DEAD = Q(item__order__status__in=ENDED) | Q(item__refunded=True)
SENT_BY_OTHERS = Q(item__order__status__in=GONE, status=Job.WAITING, replaces=None)


def key(job: PrintJob) -> str:
    """The key of the intent that orders this print."""
    return f"{job.provider}:{job.external_id}"


def wanted_no_more() -> QuerySet[PrintJob]:
    """Jobs that can still be stopped, of lines cancelled, refunded or sent by a person; this waits for no next look."""
    stoppable = PrintJob.objects.filter(status__in=[Job.WAITING, Job.SENT], needs_attention="")
    return stoppable.filter(DEAD | SENT_BY_OTHERS)


def call_off(order: Order) -> None:
    """In the transaction that ends the order or a line of it: what was not sent until now never is."""
    jobs = PrintJob.objects.filter(DEAD | SENT_BY_OTHERS, item__order=order, status=Job.WAITING)
    keys = [key(job) for job in jobs.select_related("item")]
    if keys:
        planned = Intent.objects.filter(kind=KIND, key__in=keys, state=Intent.State.PLANNED)
        planned.update(state=Intent.State.VOID, claimed_until=None)


def withdraw(order: Order) -> None:
    """Takes all planned prints away from printers for good; NeedsPerson when a printer has one or may have it."""
    jobs = PrintJob.objects.filter(item__order=order).exclude(provider=BY_HAND)
    for job in jobs.exclude(status__in=[Job.CANCELLED, Job.FAILED]).select_related("item"):
        intents = Intent.objects.filter(kind=KIND, key=key(job))
        intents.filter(state=Intent.State.PLANNED).update(state=Intent.State.VOID, claimed_until=None)
        if job.status != Job.WAITING or intents.exclude(state=Intent.State.VOID).exists():
            raise NeedsPerson(f"{job.provider} has or may have {job} of order {order}: it is not to be printed twice.")
