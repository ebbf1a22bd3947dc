"""What has to be printed again and why, and how often it was a printer's fault."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet

from stickertrendz import clock
from stickertrendz.ops import audit
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.redact import redact

from . import bids, wanted
from .adapters import PROVIDERS
from .costs import BY_HAND
from .models import Order, PrintJob
from .route import OPEN

Job, Reason, Status = PrintJob.Status, PrintJob.Reason, Order.Status
DEFECTS = (Reason.MISPRINT, Reason.CUT, Reason.WRONG_ITEM, Reason.PRINTER_CANCELLED)
AT_THE_PRINTER = (Status.SENT_TO_PRINT, Status.PRINT_CONFIRMED)


@dataclass(frozen=True)
class Defects:
    """jobs: prints of a provider. reprints: those of them that had to be made again by its fault.

    by_reason: all reprints of these jobs, the post's losses too.
    """

    jobs: int
    reprints: int
    by_reason: dict[str, int] = field(default_factory=dict)

    @property
    def rate(self) -> Decimal:
        """A share from 0 to 1."""
        return Decimal(self.reprints) / self.jobs if self.jobs else Decimal(0)


def print_again(job: PrintJob, reason: str, note: str = "", *, by: str, provider: str = BY_HAND) -> PrintJob:
    """The next copy of a line. By hand it is on the bench at once; to a printer the job route_orders sends it.

    An order that was shipped stays so: the copy and its own letter carry the rest. NeedsPerson says why not.
    """
    with transaction.atomic():
        job.refresh_from_db(from_queryset=PrintJob.objects.select_related("item__order"))
        # Counted before the check: a copy made meanwhile is seen by the check, or has this number.
        last = PrintJob.objects.filter(item=job.item).aggregate(last=Max("copy"))["last"]
        _check(job, reason, provider)
        _give_up(job)
        copy = _copy(job, last + 1, reason, redact(note)[:200], provider)
        _prepare(job.item.order, provider)
        audit.record(by, "printed again", copy, reason)
    return copy


def unsent() -> QuerySet[PrintJob]:
    """Copies that wait to be sent to a printer."""
    copies: QuerySet[PrintJob] = PrintJob.objects.due(Job.WAITING).filter(replaces__isnull=False)
    return copies.exclude(wanted.DEAD)


def defect_rate(provider: str, days: int) -> Defects:
    """Of the provider's jobs of the last `days`; what was called off in time was no print."""
    since = clock.now() - timedelta(days=days)
    made = PrintJob.objects.filter(provider=provider, created_at__gte=since)
    again = PrintJob.objects.filter(
        replaces__provider=provider, replaces__created_at__gte=since, replaces__isnull=False
    )
    rows = again.exclude(replaces__status=Job.WAITING).order_by().values_list("replaces", "replaces__status", "reason")
    reprints = list(rows)
    called_off = {replaced for replaced, status, _ in reprints if status == Job.CANCELLED}  # though printed before
    spoilt = {replaced for replaced, _, reason in reprints if reason in DEFECTS}
    jobs = made.exclude(status__in=(Job.WAITING, Job.CANCELLED)).count() + len(called_off)
    return Defects(jobs, len(spoilt), dict(Counter(reason for *_, reason in reprints)))


def _check(job: PrintJob, reason: str, provider: str) -> None:
    if reason not in Reason.values:
        raise NeedsPerson(f"Say why {job} is printed again: {', '.join(label for _, label in Reason.choices)}.")
    if PROVIDERS[provider].off():
        raise NeedsPerson(f"{provider} cannot print it: {PROVIDERS[provider].off()}.")
    if job.item.refunded or job.item.order.status in wanted.ENDED:
        raise NeedsPerson(f"{job} is not printed again: its order or line was cancelled or paid back.")
    if job.reprints.filter(status__in=OPEN).exists():
        raise NeedsPerson(f"{job} is being printed again already.")
    if job.status in OPEN and not PROVIDERS[job.provider].by_hand:
        raise NeedsPerson(f"{job} is still with {job.provider}: wait until it is shipped, or cancel it there.")


def _give_up(job: PrintJob) -> None:
    """What is spoilt on the bench leaves it; what is in the post stays shipped."""
    if job.status in OPEN:
        job.move_to(Job.FAILED)


def _prepare(order: Order, provider: str) -> None:
    """A printer begins anew, whatever failed when the order was sent; on the bench the order waits for the copy."""
    if not PROVIDERS[provider].by_hand:
        Order.objects.filter(pk=order.pk).update(provider_failures=0)
    elif order.status in AT_THE_PRINTER:
        order.move_to(Status.PENDING_MANUAL)


def _copy(job: PrintJob, number: int, reason: str, note: str, provider: str) -> PrintJob:
    by_hand = PROVIDERS[provider].by_hand
    cost = bids.by_hand(job.item.order, [job.item]).cost if by_hand and job.item.size else None
    status = Job.SENT if by_hand else Job.WAITING
    columns = {"provider": provider, "status": status, "cost": cost or None, "reason": reason, "note": note}
    try:
        with transaction.atomic():
            return PrintJob.objects.create(item=job.item, copy=number, replaces=job, **columns)
    except IntegrityError:
        raise NeedsPerson(f"{job} was just printed again by somebody else.") from None
