"""Follows what is printed and posted until it is delivered, and says when there is no news."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from stickertrendz import clock
from stickertrendz.ops import alerts
from stickertrendz.ops.errors import NeedsPerson, NotYet

from . import reprint, route, wanted
from .adapters import PROVIDERS
from .adapters.protocol import Progress, Stage
from .models import Order, OrderItem, PrintJob, Shipment

ASK_EVERY = timedelta(hours=1)
NO_NEWS_AFTER = timedelta(days=7)
WARN_BEFORE = timedelta(hours=24)
ADDRESS_WITHIN = timedelta(hours=12)
Status, Job = Order.Status, PrintJob.Status
IN_WORK = wanted.IN_WORK
AT_PRINTER = (Job.SENT, Job.CONFIRMED)
OUR_HANDS = [name for name, provider in PROVIDERS.items() if provider.by_hand]


def at_printers() -> QuerySet[PrintJob]:
    """Jobs a printer may have news of."""
    jobs: QuerySet[PrintJob] = PrintJob.objects.due(*AT_PRINTER).exclude(provider__in=OUR_HANDS)
    return jobs


def posted_by_others() -> QuerySet[PrintJob]:
    """What lies on the bench although its order was marked as shipped on the marketplace; copies come after that."""
    ours: QuerySet[PrintJob] = PrintJob.objects.due(Job.SENT, Job.PRINTED, Job.PACKED).filter(provider__in=OUR_HANDS)
    return ours.filter(replaces=None, item__refunded=False, item__order__status__in=wanted.GONE)


def with_new_lines() -> QuerySet[Order]:
    """Orders in work that an import gave another line, until that is placed."""
    orders: QuerySet[Order] = Order.objects.due(*IN_WORK)
    waiting = Q(print_jobs=None) | Q(print_jobs__status=Job.WAITING, print_jobs__replaces=None)
    return orders.filter(pk__in=OrderItem.objects.filter(waiting, refunded=False).order_by().values("order"))


def stop(job: PrintJob) -> None:
    """Calls the print off where that is still possible."""
    order, provider = job.item.order, PROVIDERS[job.provider]
    if order.claimed_until and order.claimed_until > clock.now():
        raise NotYet(order.claimed_until, "the order is being sent to print this moment")
    if job.status == Job.WAITING:
        order_id = route.find_or_call_off(job)
        if order_id is None:
            job.move_to(Job.CANCELLED)
            return
        job.move_to(Job.SENT, provider_order_id=order_id)
    if provider.cancel(job.provider_order_id):
        job.move_to(Job.CANCELLED)
        return
    over = (
        "its line was paid back"
        if order.status in (Status.PAID, *IN_WORK)
        else f"its order is {order.get_status_display().lower()}"
    )
    text = f"{job.provider} prints {job.external_id} already, although {over}."
    alerts.alert(f"unstoppable:{job.external_id}", f"Order {order} could not be stopped", text, job)
    _follow(job, provider.status(job.provider_order_id))


def watch(job: PrintJob) -> None:
    """Asks the printer how far it is; what is wanted no more is called off where that is still possible."""
    if job.item.refunded or job.item.order.status in wanted.ENDED:
        stop(job)
        return
    _follow(job, PROVIDERS[job.provider].status(job.provider_order_id))


def leave_bench(job: PrintJob) -> None:
    job.move_to(Job.SHIPPED)


def _follow(job: PrintJob, progress: Progress) -> None:
    if progress.stage in (Stage.SHIPPED, Stage.DELIVERED):
        with transaction.atomic():
            note_shipment(job.item.order, progress.carrier, progress.tracking_code, progress.shipped_at or clock.now())
            job.move_to(Job.SHIPPED)
    elif progress.stage is Stage.PRINTING and job.status == Job.SENT:
        job.move_to(Job.CONFIRMED)
    elif progress.stage is Stage.CANCELLED:
        _cancelled_there(job)
    else:
        raise NotYet(clock.now() + ASK_EVERY, "nothing new at the printer")


def _cancelled_there(job: PrintJob) -> None:
    with transaction.atomic():  # or a crash in between would lose the line
        job.move_to(Job.CANCELLED)
        job.refresh_from_db(from_queryset=PrintJob.objects.select_related("item__order"))
        order = job.item.order
        if order.status in wanted.ENDED or job.item.refunded:
            return
        why = f"{job.provider} cancelled {job.external_id}"
        reprint.print_again(job, PrintJob.Reason.PRINTER_CANCELLED, why, by=job.provider)
        text = f"{why}; a copy waits on the bench.\nShip by {order.ship_by:%Y-%m-%d %H:%M} UTC."
        alerts.alert(f"manual:{order}", f"Order {order} needs manual fulfillment", text, order)


def note_shipment(order: Order, carrier: str, tracking_code: str, at: datetime) -> Shipment:
    """The parcel with that code, or the letter without; after the order was shipped, a letter is the next one."""
    posting = 1
    if not tracking_code and order.status in wanted.GONE:
        posting += order.shipments.filter(tracking_code="").count()
    fresh = {"carrier": carrier, "shipped_at": at, "status": Shipment.Status.NEW}
    return Shipment.objects.get_or_create(order=order, tracking_code=tracking_code, posting=posting, defaults=fresh)[0]


def settle(order: Order) -> None:
    """Moves the order to where its print jobs are, once every line has one; one that was shipped stays so."""
    if order.items.filter(refunded=False, print_jobs=None).exists():
        return
    ended = (Job.CANCELLED, Job.FAILED)
    if Order.objects.filter(pk=order.pk, status__in=IN_WORK).exclude(items__refunded=False).exists():
        raise NeedsPerson(route.NOTHING_LEFT)
    states = set(PrintJob.objects.filter(item__order=order).exclude(status__in=ended).values_list("status", flat=True))
    if states == {Job.SHIPPED} and order.status in IN_WORK:
        last = order.shipments.order_by("-shipped_at").first()
        order.move_to(Status.SHIPPED, shipped_at=last.shipped_at if last else clock.now())
    elif order.status == Status.SENT_TO_PRINT and Job.CONFIRMED in states:
        order.move_to(Status.PRINT_CONFIRMED)


def arriving() -> QuerySet[Order]:
    """Orders on their way, and delivered ones whose copies are."""
    late = Order.objects.filter(status=Status.DELIVERED, shipments__delivered_at=None, shipments__isnull=False)
    orders: QuerySet[Order] = Order.objects.due(Status.SHIPPED, Status.DELIVERED)
    return orders.filter(Q(status=Status.SHIPPED) | Q(pk__in=late.order_by().values("pk")))


def check_delivery(order: Order) -> None:
    """Delivered when the carrier says so or its days are over; not before copies on the bench or at a printer are."""
    shipments = list(order.shipments.all())
    _note_deliveries(order, [shipment for shipment in shipments if shipment.delivered_at is None])
    if order.status != Status.SHIPPED or _has_open_copies(order):
        return
    times = [shipment.delivered_at for shipment in shipments]
    times = times or [_letter_arrives(order.shipped_at or order.status_since)]
    if all(at and at <= clock.now() for at in times):
        order.move_to(Status.DELIVERED, delivered_at=max(at for at in times if at))


def _has_open_copies(order: Order) -> bool:
    copies = PrintJob.objects.filter(item__order=order, item__refunded=False, replaces__isnull=False)
    return copies.filter(status__in=route.OPEN).exists()


def _note_deliveries(order: Order, under_way: list[Shipment]) -> None:
    """Of a parcel whose carrier nobody asks we hear nothing: after its days it counts as delivered, like a letter."""
    now = clock.now()
    for shipment in under_way:
        if (at := _arrives(shipment)) <= now:
            _note_delivery(shipment, at)
    asked = [shipment for shipment in under_way if shipment.tracking_code and not shipment.delivered_at]
    arrived = _arrived_codes(order) if asked else set()
    for shipment in asked:
        if shipment.tracking_code in arrived:
            _note_delivery(shipment, now)


def _note_delivery(shipment: Shipment, at: datetime) -> None:
    Shipment.objects.filter(pk=shipment.pk).update(delivered_at=at)
    shipment.delivered_at = at


def _arrives(shipment: Shipment) -> datetime:
    days = settings.PARCEL_DELIVERED_AFTER_DAYS if shipment.tracking_code else settings.LETTER_DELIVERED_AFTER_DAYS
    return shipment.shipped_at + timedelta(days=days)


def _arrived_codes(order: Order) -> set[str]:
    """Tracking codes of the parcels that printers call delivered; each of their orders is asked once."""
    jobs = PrintJob.objects.filter(item__order=order, status=Job.SHIPPED).exclude(provider__in=OUR_HANDS)
    news = [PROVIDERS[job.provider].status(job.provider_order_id) for job in jobs.exclude(provider_order_id="")]
    return {one.tracking_code for one in news if one.tracking_code and one.stage is Stage.DELIVERED}


def _letter_arrives(shipped_at: datetime) -> datetime:
    return shipped_at + timedelta(days=settings.LETTER_DELIVERED_AFTER_DAYS)


def warn_of_silence() -> int:
    """Alerts on orders a printer has been silent about for a week; returns how many are new."""
    silent = PrintJob.objects.filter(status__in=AT_PRINTER, status_since__lte=clock.now() - NO_NEWS_AFTER)
    open_still = Q(item__order__status__in=IN_WORK) | Q(item__order__status__in=wanted.GONE, replaces__isnull=False)
    jobs = silent.filter(open_still, item__refunded=False).exclude(provider__in=OUR_HANDS)
    orders = Order.objects.filter(pk__in=jobs.order_by().values("item__order"))
    return _warn("no-news", orders, "has been at the printer for 7 days without news", "Ask the printer where it is.")


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
