"""What the bench's page shows: orders by ship-by date with their stickers, the pick list, and how often we err."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import QueryDict

from fulfillment import reprint, worklist
from fulfillment.adapters import PROVIDERS
from fulfillment.models import Order, PrintJob
from stickertrendz import clock

from .packing_frame import numbers, time_left

AT_ONCE = 40  # orders on one page
PICKS = 60  # designs of the pick list on the page; the printed one has all
DEFECT_DAYS = 90
URGENCIES = {"late": "Late", "soon": "Due within 24 hours", "later": "Later"}


@dataclass(frozen=True)
class Card:
    """One order on the bench. jobs: its stickers there, one print job for each line."""

    order: Order
    jobs: Sequence[PrintJob]
    urgency: str
    left: str

    @property
    def heading(self) -> str:
        return URGENCIES[self.urgency]


def of(page: str | None) -> dict[str, Any]:
    """A constant number of queries, however many orders wait."""
    now = clock.now()
    rows = Paginator(worklist.orders(), AT_ONCE).get_page(page)
    picks = worklist.pick_list(worklist.jobs())
    return {
        "load": worklist.load(now), "rows": rows, "cards": cards(list(rows), now), "picks": picks[:PICKS],
        "more_picks": len(picks[PICKS:]), "days": DEFECT_DAYS,
        "aside": worklist.to_put_aside().select_related("item__order", "item__sticker"),
        "defects": [(name, reprint.defect_rate(name, DEFECT_DAYS)) for name in PROVIDERS],
    }  # fmt: skip


def cards(orders: Sequence[Order], now: datetime) -> list[Card]:
    by_order: dict[int, list[PrintJob]] = defaultdict(list)
    for job in worklist.jobs().filter(item__order__in=orders).select_related("item__sticker").order_by("item", "copy"):
        by_order[job.item.order_id].append(job)
    return [
        Card(order, by_order[order.pk], worklist.urgency(order.ship_by, now), time_left(order.ship_by, now))
        for order in orders
    ]


def chosen(told: QueryDict) -> list[PrintJob]:
    """The stickers a form names, in the order in which they must leave: ticked ones, those due, or all."""
    rows = worklist.jobs().select_related("item__order", "item__sticker")
    if told.get("which") == "due":
        rows = rows.filter(item__order__ship_by__lte=clock.now() + worklist.SOON)
    elif told.get("which") != "all":
        orders, jobs = numbers(told.getlist("order")), numbers(told.getlist("job"))
        rows = rows.filter(item__order__in=orders) | rows.filter(pk__in=jobs)
    return worklist.ordered(rows)


def orders_of(jobs: Iterable[PrintJob]) -> list[Order]:
    return list(dict.fromkeys(job.item.order for job in jobs))
