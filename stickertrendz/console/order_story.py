"""All that is known of one order but its customer: lines, prints, and parcels."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from fulfillment import bench, wanted
from fulfillment.costs import BY_HAND
from fulfillment.models import Order, OrderItem, PrintJob, Shipment
from fulfillment.tracking_codes import NAMES
from fulfillment.worklist import OPEN, urgency
from stickertrendz import clock

from .packing_frame import time_left

UNSENT = ("paid", "needs_address", "pending_manual", "sent_to_print", "print_confirmed")


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
        "unsent": unsent, "reasons": order.route_why.splitlines(),
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
