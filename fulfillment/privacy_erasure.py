"""Erases customer data for good: 90 days after delivery, on request, and again after a restore."""

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import Q, QuerySet

from stickertrendz import clock
from stickertrendz.ops import alerts, audit, crypto
from stickertrendz.ops.models import Alert
from stickertrendz.ops.subjects import subject_of

from . import privacy, privacy_erased_list, privacy_traces
from .models import Order, PrintJob
from .privacy import Customer
from .route import OPEN
from .wanted import DEAD

logger = logging.getLogger(__name__)
Status = Order.Status
KEPT_AFTER_DELIVERY = timedelta(days=90)
KEPT_WITHOUT_NEWS = timedelta(days=180)
WARN_BEFORE = timedelta(days=14)
WARN_AGAIN = timedelta(days=7)
ENDED = (Status.CANCELLED, Status.REFUNDED)
UNSHIPPED = (
    Status.PENDING, Status.PAID, Status.NEEDS_ADDRESS, Status.PENDING_MANUAL, Status.SENT_TO_PRINT,
    Status.PRINT_CONFIRMED,
)  # fmt: skip
SHOWN = 20


@dataclass(frozen=True)
class Erased:
    """How many orders lost their person, and in how many rows of which tables the person was named besides."""

    orders: int = 0
    texts: Counter[str] = field(default_factory=Counter)


def to_ship(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Those that cannot be shipped any more once they are erased; so are those of which a copy is being made."""
    copies = PrintJob.objects.filter(status__in=OPEN, replaces__isnull=False).exclude(DEAD)
    return orders.filter(Q(status__in=UNSHIPPED) | Q(pk__in=copies.values("item__order")))


def purge(orders: Iterable[Order], *, by: str, why: str) -> Erased:
    """Erases personal data for good and leaves a tombstone that no import writes over.

    First it is written down for restores, then texts are searched for what names these customers, and only then the
    rows are emptied: stopped anywhere between, doing it again does the rest.
    """
    doomed = [order for order in orders if order.purged_at is None]
    if not doomed:
        return Erased()
    privacy_erased_list.append(doomed)
    return _purge(doomed, by=by, why=why)


def _purge(doomed: list[Order], *, by: str, why: str) -> Erased:
    texts = privacy_traces.clean(privacy_traces.wanted((order, _known(order)) for order in doomed))
    return Erased(sum(_empty(order, by, why) for order in doomed), texts)


def _known(order: Order) -> Customer:
    try:
        return privacy.unsealed(order)
    except ImproperlyConfigured:  # it goes all the same, only its words cannot be searched for
        extra = {"step": "privacy", "subject": subject_of(order)}
        logger.warning("Order %s is erased without searching texts: its key is gone", order, extra=extra)
        return Customer()


def _empty(order: Order, by: str, why: str) -> int:
    columns = {"customer_sealed": "", **dict.fromkeys(privacy.HASHES, ""), "purged_at": clock.now()}
    with transaction.atomic():
        emptied = Order.objects.filter(pk=order.pk, purged_at=None).update(**columns)
        if emptied:
            audit.record(by, "purged customer data", order, why)
    return emptied


def due_for_purge(now: datetime) -> QuerySet[Order]:
    """Delivered more than 90 days ago. What is never delivered counts from its end; what stands still, as an address
    that nobody gives or a parcel that nobody confirms, goes 180 days after its last news."""
    limit = now - KEPT_AFTER_DELIVERY
    delivered = Q(delivered_at__lt=limit)
    ended = Q(status__in=ENDED, delivered_at=None, status_since__lt=limit)
    return Order.objects.filter(delivered | ended, purged_at=None) | _without_news(now - KEPT_WITHOUT_NEWS)


def _without_news(limit: datetime) -> QuerySet[Order]:
    still = Order.objects.filter(delivered_at=None, purged_at=None).exclude(status__in=ENDED)
    return still.filter(status_since__lt=limit, etsy_updated_at__lt=limit)


def purge_due(*, by: str = "purge_customers") -> Erased:
    """What is due by itself."""
    return purge(due_for_purge(clock.now()).iterator(), by=by, why="kept long enough")


def warn_of_orders_without_news() -> None:
    """Tells, once a week, which orders are about to lose their address because nothing happens with them."""
    now = clock.now()
    if Alert.objects.filter(key="privacy-no-news", created_at__gt=now - WARN_AGAIN).exists():
        return
    found = list(_without_news(now - KEPT_WITHOUT_NEWS + WARN_BEFORE).values_list("receipt_id", flat=True))
    if found:
        text = (
            f"Nothing happened for half a year with {', '.join(map(str, found[:SHOWN]))}"
            f"{' and more' if len(found) > SHOWN else ''}. Their customer data is erased within two weeks, and what "
            "was not shipped cannot be then. Ship them, mark them as delivered, or cancel them on Etsy."
        )
        alerts.alert("privacy-no-news", f"{len(found)} orders stand still and lose their address soon", text)


def erase_again(since: date) -> Erased:
    """Erases what was erased since that day and is here again, as an import after a restore brings it."""
    listed = privacy_erased_list.entries(since)
    kept = Order.objects.filter(purged_at=None).only("receipt_id", "purged_at", "customer_sealed")
    doomed = privacy_erased_list.those_in(listed, kept.iterator()) if listed else []
    return _purge(doomed, by="erase_again", why="erased before") if doomed else Erased()


def reapply_erasures(since: date = date.min) -> Erased:
    """What a restore of the dump of that day ends with.

    ImproperlyConfigured when FIELD_KEYS lacks a key that the list was written with: some would be missed.
    """
    crypto.require(map(crypto.made_with, privacy_erased_list.entries(since)))
    return erase_again(since)
