"""All that is known of one order but its customer: lines, prints, parcels, and what happened, in plain words."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from fulfillment import bench, wanted
from fulfillment.costs import BY_HAND
from fulfillment.models import Order, OrderItem, PrintJob, Shipment
from fulfillment.tracking_codes import NAMES
from fulfillment.worklist import OPEN, urgency
from stickertrendz import clock
from stickertrendz.ops.models import AuditEntry
from stickertrendz.ops.subjects import subject_of

from .packing_frame import time_left

UNSENT = ("paid", "needs_address", "pending_manual", "sent_to_print", "print_confirmed")
ENTRIES = 100
# What became of a print, where the audit does not tell who did it: printers and jobs leave no entry.
BY_THEMSELVES = {
    "sent": "given to {}", "confirmed": "being printed by {}", "shipped": "sent by {}", "cancelled": "called off at {}",
    "failed": "failed at {}",
}  # fmt: skip


@dataclass(frozen=True)
class Moment:
    """`coming` marks what has not happened yet."""

    at: datetime
    words: str
    why: str = ""
    coming: bool = False


def of(key: int) -> dict[str, Any]:
    """The page's context in a constant number of queries; nothing when there is no such order."""
    order = Order.objects.filter(pk=key).first()
    if order is None:
        return {}
    now = clock.now()
    items = list(order.items.select_related("sticker").prefetch_related("sticker__listings").order_by("pk"))
    jobs = list(PrintJob.objects.filter(item__order=order).select_related("item__sticker").order_by("item", "copy"))
    shipments = list(order.shipments.order_by("shipped_at", "pk"))
    unsent = order.status in UNSENT
    return {
        "order": order, "lines": _lines(items, jobs), "shipments": [(one, carrier(one)) for one in shipments],
        "moments": moments(order, jobs, shipments), "unsent": unsent, "reasons": order.route_why.splitlines(),
        "urgency": urgency(order.ship_by, now) if unsent else "", "left": time_left(order.ship_by, now),
        "on_bench": any(_on_bench(job, order) for job in jobs), "hand": BY_HAND,
        "can_ship": order.status in (*bench.NOT_ROUTED, "pending_manual") or any(_on_bench(j, order) for j in jobs),
        "can_deliver": "delivered" in Order.MOVES[order.status], "spent": sum(job.cost or 0 for job in jobs),
    }  # fmt: skip


def _lines(items: Iterable[OrderItem], jobs: Iterable[PrintJob]) -> list[tuple[OrderItem, list[PrintJob]]]:
    by_item: dict[int, list[PrintJob]] = defaultdict(list)
    for job in jobs:
        by_item[job.item_id].append(job)
    return [(item, by_item[item.pk]) for item in items]


def _on_bench(job: PrintJob, order: Order) -> bool:
    told_on_etsy = order.status in wanted.GONE and job.replaces_id is None
    return job.provider == BY_HAND and job.status in OPEN and not job.item.refunded and not told_on_etsy


def carrier(shipment: Shipment) -> str:
    return NAMES.get(shipment.carrier.casefold(), shipment.carrier) if shipment.tracking_code else "a letter"


def moments(order: Order, jobs: Sequence[PrintJob], shipments: Sequence[Shipment]) -> list[Moment]:
    """In the order of time; what is still to come at the end. One query."""
    found = [
        *_begin(order), *_entries(order, jobs, shipments),
        *(moment for job in jobs for moment in _prints(job)),
        *(moment for one in shipments for moment in _parcel(one)),
        *_end(order),
    ]  # fmt: skip
    return sorted(found, key=lambda moment: moment.at)


def _begin(order: Order) -> Iterator[Moment]:
    hold = order.ordered_at + timedelta(minutes=settings.ORDER_HOLD_MINUTES)
    yield Moment(order.ordered_at, f"Ordered on Etsy for ${order.total_amount}")
    yield Moment(order.created_at, "Came here from Etsy")
    if order.status == "paid" and hold > clock.now():
        yield Moment(hold, "Held until then, so that a cancellation wins", coming=True)
    if order.status in UNSENT:
        yield Moment(order.ship_by, "To be sent by then", coming=order.ship_by > clock.now())


def _entries(order: Order, jobs: Iterable[PrintJob], shipments: Iterable[Shipment]) -> Iterator[Moment]:
    """What people did to it, to its prints and to its parcels."""
    names = {subject_of(order): "", **{subject_of(job): f"{_what(job)}: " for job in jobs}}
    names |= {subject_of(one): f"{carrier(one)}: " for one in shipments}
    for entry in AuditEntry.objects.filter(subject__in=names).order_by("-at", "-pk")[:ENTRIES]:
        words = f"{names[entry.subject]}{entry.action}, by {entry.who}"
        yield Moment(entry.at, words[0].upper() + words[1:], entry.why)


def _prints(job: PrintJob) -> Iterator[Moment]:
    """How it began, and where it is now if nobody here took it there: people's own steps are in the audit."""
    by_hand = job.provider == BY_HAND
    where = "our own hands" if by_hand else job.provider
    if job.copy == 1:
        yield Moment(job.created_at, f"{_what(job)}: to be printed by {where}")
    if job.status in BY_THEMSELVES and not by_hand:
        yield Moment(job.status_since, f"{_what(job)}: {BY_THEMSELVES[job.status].format(where)}")


def _parcel(one: Shipment) -> Iterator[Moment]:
    what = f"{carrier(one)} {one.tracking_code}".strip()
    yield Moment(one.shipped_at, f"Posted: {what}")
    if one.status != "new":
        yield Moment(one.status_since, f"{'Etsy knows of' if one.status == 'told' else 'Copy to Etsy by hand:'} {what}")
    if one.delivered_at:
        yield Moment(one.delivered_at, f"Delivered: {what}")


def _end(order: Order) -> Iterator[Moment]:
    if order.status in wanted.ENDED:
        yield Moment(order.status_since, f"{order.get_status_display()} on Etsy")
    if order.shipped_at:
        yield Moment(order.shipped_at, "All of it was on its way")
    if order.delivered_at:
        yield Moment(order.delivered_at, "All of it had arrived")
    if order.purged_at:
        yield Moment(order.purged_at, "Its customer’s data was erased")


def _what(job: PrintJob) -> str:
    item = job.item
    title = item.sticker.title.split(" - ")[0] if item.sticker else item.title
    size = f", {item.size[0]}″" if item.size else ""
    copy = f" (copy {job.copy})" if job.copy > 1 else ""
    return f"{item.quantity} × {title}{size}{copy}"
