"""Follows what is printed and posted until it is delivered, and says when there is no news."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from stickertrendz import clock
from stickertrendz.ops import alerts
from stickertrendz.ops.errors import NotYet

from . import route
from .adapters import PROVIDERS
from .adapters.protocol import Progress, Stage
from .models import Order, PrintJob, Shipment

ASK_EVERY = timedelta(hours=1)
NO_NEWS_AFTER = timedelta(days=7)
WARN_BEFORE = timedelta(hours=24)
ADDRESS_WITHIN = timedelta(hours=12)
Status = Order.Status
ENDED = (Status.CANCELLED, Status.REFUNDED)
IN_WORK = (Status.PENDING_MANUAL, Status.SENT_TO_PRINT, Status.PRINT_CONFIRMED)


def wanted_no_more() -> QuerySet[PrintJob]:
    """Jobs that can still be stopped and whose line was cancelled or refunded; this waits for no next look."""
    dead = Q(item__order__status__in=ENDED) | Q(item__refunded=True)
    stoppable = [PrintJob.Status.WAITING, PrintJob.Status.SENT]
    return PrintJob.objects.filter(dead, status__in=stoppable, needs_attention="")


def stop(job: PrintJob) -> None:
    """Calls the print off where that is still possible."""
    order, provider = job.item.order, PROVIDERS[job.provider]
    if order.claimed_until and order.claimed_until > clock.now():
        raise NotYet(order.claimed_until, "the order is being sent to print this moment")
    if job.status == PrintJob.Status.WAITING:
        order_id = route.find_or_call_off(job)
        if order_id is None:
            job.move_to(PrintJob.Status.CANCELLED)
            return
        job.move_to(PrintJob.Status.SENT, provider_order_id=order_id)
    if provider.cancel(job.provider_order_id):
        job.move_to(PrintJob.Status.CANCELLED)
        return
    text = f"{job.provider} prints {job.external_id} already, although its order was cancelled or refunded."
    alerts.alert(f"unstoppable:{job.external_id}", f"Order {order} could not be stopped", text, job)
    _follow(job, provider.status(job.provider_order_id))


def watch(job: PrintJob) -> None:
    """Asks the printer how far it is; what our own hands do is told by the bench."""
    provider, order = PROVIDERS[job.provider], job.item.order
    if provider.by_hand and order.status in (Status.SHIPPED, Status.DELIVERED):
        job.move_to(PrintJob.Status.SHIPPED)  # marked as shipped on the marketplace
    else:
        _follow(job, provider.status(job.provider_order_id))


def _follow(job: PrintJob, progress: Progress) -> None:
    if progress.stage in (Stage.SHIPPED, Stage.DELIVERED):
        note_shipment(job.item.order, progress.carrier, progress.tracking_code, progress.shipped_at or clock.now())
        job.move_to(PrintJob.Status.SHIPPED)
    elif progress.stage is Stage.PRINTING and job.status == PrintJob.Status.SENT:
        job.move_to(PrintJob.Status.CONFIRMED)
    elif progress.stage is Stage.CANCELLED:
        _cancelled_there(job)
    else:
        raise NotYet(clock.now() + ASK_EVERY, "nothing new at the printer")


def _cancelled_there(job: PrintJob) -> None:
    with transaction.atomic():  # or a crash in between would lose the line
        job.move_to(PrintJob.Status.CANCELLED)
        if job.item.order.status not in ENDED and not job.item.refunded:
            route.print_again(job, f"{job.provider} cancelled {job.external_id}")


def note_shipment(order: Order, carrier: str, tracking_code: str, at: datetime) -> Shipment:
    """The parcel with that code, or the one letter without."""
    shipment, _ = Shipment.objects.get_or_create(
        order=order,
        tracking_code=tracking_code,
        defaults={"carrier": carrier, "shipped_at": at, "status": Shipment.Status.NEW},
    )
    return shipment


def settle(order: Order) -> None:
    """Moves the order to where its print jobs are."""
    ended = (PrintJob.Status.CANCELLED, PrintJob.Status.FAILED)
    states = set(PrintJob.objects.filter(item__order=order).exclude(status__in=ended).values_list("status", flat=True))
    if states == {PrintJob.Status.SHIPPED}:
        last = order.shipments.order_by("-shipped_at").first()
        order.move_to(Status.SHIPPED, shipped_at=last.shipped_at if last else clock.now())
    elif order.status == Status.SENT_TO_PRINT and PrintJob.Status.CONFIRMED in states:
        order.move_to(Status.PRINT_CONFIRMED)


def check_delivery(order: Order) -> None:
    """Delivered when the carrier says so, or when a letter without tracking had its days."""
    shipments = list(order.shipments.all())
    for shipment in shipments:
        if shipment.delivered_at is None and (at := _delivered_at(order, shipment)):
            Shipment.objects.filter(pk=shipment.pk).update(delivered_at=at)
            shipment.delivered_at = at
    if shipments:
        times = [shipment.delivered_at for shipment in shipments]
    else:
        times = [_letter_arrives(order.shipped_at or order.status_since)]
    if all(at and at <= clock.now() for at in times):
        order.move_to(Status.DELIVERED, delivered_at=max(at for at in times if at))


def _delivered_at(order: Order, shipment: Shipment) -> datetime | None:
    if not shipment.tracking_code:
        arrives = _letter_arrives(shipment.shipped_at)
        return arrives if arrives <= clock.now() else None
    for job in PrintJob.objects.filter(item__order=order, status=PrintJob.Status.SHIPPED).exclude(provider_order_id=""):
        progress = PROVIDERS[job.provider].status(job.provider_order_id)
        if progress.tracking_code == shipment.tracking_code and progress.stage is Stage.DELIVERED:
            return clock.now()
    return None


def _letter_arrives(shipped_at: datetime) -> datetime:
    return shipped_at + timedelta(days=settings.LETTER_DELIVERED_AFTER_DAYS)


def warn_of_silence() -> int:
    """Alerts on orders the printer took without a word since; returns how many are new."""
    silent = Order.objects.filter(status=Status.SENT_TO_PRINT, status_since__lte=clock.now() - NO_NEWS_AFTER)
    return _warn("no-news", silent, "has been at the printer for 7 days without news", "Ask the printer where it is.")


def warn_of_deadlines() -> int:
    """Alerts on orders close to their ship-by date or past it, or long without an address; returns how many are new."""
    now = clock.now()
    unsent = Order.objects.filter(status__in=[Status.PAID, Status.NEEDS_ADDRESS, *IN_WORK])
    late = unsent.filter(ship_by__lte=now)
    soon = unsent.filter(ship_by__gt=now, ship_by__lte=now + WARN_BEFORE)
    lost = unsent.filter(status=Status.NEEDS_ADDRESS, status_since__lte=now - ADDRESS_WITHIN)
    return (
        _warn("late", late, "is past its ship-by date", "Ship it today and tell the buyer.")
        + _warn("due", soon, "must be shipped within 24 hours", "Pack it or ask the printer.")
        + _warn("address", lost, "has had no address for 12 hours", "Copy it from Etsy's order page.")
    )


def _warn(kind: str, orders: QuerySet[Order], what: str, remedy: str) -> int:
    return sum(alerts.alert(f"{kind}:{order}", f"Order {order} {what}", remedy, order) for order in orders)
