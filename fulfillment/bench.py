"""What the operator does with stickers printed and packed by hand: each step on one row, safe to repeat."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import transaction

from stickertrendz import clock
from stickertrendz.ops import audit
from stickertrendz.ops.errors import Beaten, IllegalMove, NeedsPerson
from stickertrendz.ops.work import WorkItem

from . import wanted, watch
from .costs import BY_HAND
from .models import Order, PrintJob
from .wanted import ENDED, GONE

Status, Job = Order.Status, PrintJob.Status
NOT_ROUTED = (Status.PENDING, Status.NEEDS_ADDRESS, Status.PAID)
# The way of a sticker over the bench; each step may be left out.
STEPS = (Job.SENT, Job.PRINTED, Job.PACKED, Job.SHIPPED)
BACK = {Job.PRINTED: Job.SENT, Job.PACKED: Job.PRINTED}
Row = TypeVar("Row", bound=WorkItem)


@dataclass
class Tally:
    """What came of a step on many rows: how many were done, how many had it behind them, what was refused and why."""

    done: int = 0
    already: int = 0
    refused: list[str] = field(default_factory=list)


def for_each(rows: Iterable[Row], step: Callable[[Row], bool]) -> Tally:
    """Each row by itself: one that is refused keeps none of the others back."""
    tally = Tally()
    for row in rows:
        try:
            if step(row):
                tally.done += 1
            else:
                tally.already += 1
        except (Beaten, IllegalMove, NeedsPerson) as refusal:
            tally.refused.append(str(refusal))
    return tally


def mark_printed(job: PrintJob, *, by: str) -> bool:
    """False when it was printed before. NeedsPerson when it is wanted no more, or not printed by us."""
    return _forward(job, Job.PRINTED, by)


def mark_packed(job: PrintJob, *, by: str) -> bool:
    """False when it was packed before. NeedsPerson when it is wanted no more, or not packed by us."""
    return _forward(job, Job.PACKED, by)


def step_back(job: PrintJob, *, by: str) -> bool:
    """Undoes a wrong click: packed to printed, printed to still to be printed; False when there is nothing to undo."""
    with transaction.atomic():
        _look(job)
        _check_ours(job)
        if job.status == Job.SHIPPED:
            raise NeedsPerson(f"{job} is in the post: that cannot be undone. Print it again if it has to be.")
        if job.status not in BACK:
            return False
        before = job.status
        job.move_to(BACK[Job(before)])
        audit.record(by, f"undid {before}", job)
        return True


def put_aside(job: PrintJob, *, by: str, kept: bool) -> bool:
    """A sticker printed for an order that ended goes to the stock drawer or the bin; False when that was done."""
    with transaction.atomic():
        _look(job)
        _check_ours(job)
        if not ended(job):
            raise NeedsPerson(f"{job} is still wanted: pack it, or cancel its order on Etsy first.")
        if job.status not in BACK:
            return False
        job.move_to(Job.CANCELLED)
        audit.record(by, "put aside, kept as stock" if kept else "put aside, thrown away", job)
        return True


def ended(job: PrintJob) -> bool:
    """Its order was cancelled or refunded, or its line was: nobody waits for it any more."""
    return job.item.refunded or job.item.order.status in ENDED


def mark_shipped(order: Order, *, by: str, carrier: str = "usps", tracking_code: str = "") -> bool:
    """The hand-packed lines are in the post (a letter without a code); the order is shipped when all its lines are.

    An order that was shipped before may have copies on the bench: they are posted, the order stays what it is.
    False when nothing of it waits any more; NeedsPerson for an order that is not to be shipped: telling Etsy would
    mail its buyer.
    """
    with transaction.atomic():
        now = clock.now()
        order.refresh_from_db()
        jobs = list(PrintJob.objects.filter(item__order=order, provider=BY_HAND).select_related("item__order"))
        waiting = [job for job in jobs if _waits(job)]
        if not _to_be_shipped(order, jobs, waiting):
            return False
        watch.note_shipment(order, carrier, tracking_code, now)
        for job in waiting:
            job.move_to(Job.SHIPPED)
        _leave_out(jobs, by)
        if order.status in NOT_ROUTED:  # packed before it was routed
            wanted.withdraw(order)  # the next run cancels these jobs
            order.move_to(Status.SHIPPED, shipped_at=now)
        elif order.status not in GONE:
            watch.settle(order)
        audit.record(by, "marked as shipped", order)
        return True


def mark_delivered(order: Order, *, by: str) -> bool:
    """A person knows that it arrived; False when that was known. NeedsPerson for what was never sent."""
    with transaction.atomic():
        now = clock.now()
        order.refresh_from_db(fields=["status"])
        if order.status == Status.DELIVERED:
            return False
        check_deliverable(order)
        order.shipments.filter(delivered_at=None).update(delivered_at=now)
        order.move_to(Status.DELIVERED, delivered_at=now)
        audit.record(by, "marked as delivered", order)
        return True


def check_deliverable(order: Order) -> None:
    """NeedsPerson for what was never sent."""
    if Status.DELIVERED not in Order.MOVES[order.status]:
        raise NeedsPerson(f"Order {order} is {_words(order)}: mark it as shipped first, if it is on its way.")


def _forward(job: PrintJob, to: PrintJob.Status, by: str) -> bool:
    with transaction.atomic():
        _look(job)
        _check_ours(job)
        if ended(job):
            raise NeedsPerson(_not_wanted(job))
        if job.status in STEPS and STEPS.index(Job(job.status)) >= STEPS.index(to):
            return False
        job.move_to(to)
        audit.record(by, f"marked as {to.label.lower()}", job)
        return True


def _look(job: PrintJob) -> None:
    """As it is this moment: the page may have been open for an hour."""
    job.refresh_from_db(from_queryset=PrintJob.objects.select_related("item__order"))


def _check_ours(job: PrintJob) -> None:
    if job.provider != BY_HAND:
        raise NeedsPerson(f"{job} is printed by {job.provider}, not on the bench.")


def _not_wanted(job: PrintJob) -> str:
    order = job.item.order
    what = f"Order {order} was {_words(order)}" if order.status in ENDED else f"A line of order {order} was refunded"
    return f"{what}: do not send it. A sticker that is printed already can be kept as stock."


def _waits(job: PrintJob) -> bool:
    """First copies of an order that is shipped were told on Etsy by somebody: they are no second parcel."""
    late = job.item.order.status in GONE and job.replaces_id is None
    return Job.SHIPPED in PrintJob.MOVES[job.status] and not job.item.refunded and not late


def _to_be_shipped(order: Order, jobs: Sequence[PrintJob], waiting: Sequence[PrintJob]) -> bool:
    if order.status in ENDED:
        raise NeedsPerson(f"Order {order} is {_words(order)}: it is not to be shipped. Keep what is printed as stock.")
    if waiting or order.status in NOT_ROUTED:
        return True
    if order.status not in GONE and not any(job.status == Job.SHIPPED for job in jobs):
        raise NeedsPerson(f"Order {order} is with {order.fulfillment_provider}, which tells us itself when it is sent.")
    return False


def _leave_out(jobs: Iterable[PrintJob], by: str) -> None:
    """Lines refunded meanwhile stay out of the parcel, or they would keep the order from being shipped."""
    for job in jobs:
        if job.item.refunded and Job.CANCELLED in PrintJob.MOVES[job.status]:
            job.move_to(Job.CANCELLED)
            audit.record(by, "left out of the parcel", job, "its line was paid back")


def _words(order: Order) -> str:
    return order.get_status_display().lower()
