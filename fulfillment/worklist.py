"""What waits on the bench: which stickers are to be printed and packed by hand, for when, and how many of each."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Sum

from stickers.models import Sticker

from .costs import BY_HAND
from .models import Order, PrintJob
from .wanted import DEAD, ENDED, GONE

Job = PrintJob.Status
OPEN = (Job.SENT, Job.PRINTED, Job.PACKED)
SOON = timedelta(hours=24)


@dataclass(frozen=True)
class Pick:
    """One design in one size: how many stickers of it the bench wants, by how far they are."""

    sticker: Sticker | None
    title: str
    size: str
    to_print: int
    printed: int
    packed: int
    orders: int
    ship_by: datetime


@dataclass(frozen=True)
class Load:
    """How much waits: orders by their ship-by date, stickers by how far they are."""

    orders: dict[str, int] = field(default_factory=dict)
    stickers: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.orders.values())


def jobs() -> QuerySet[PrintJob]:
    """Every sticker on the bench that somebody still waits for, copies for orders shipped before included."""
    rows = PrintJob.objects.filter(provider=BY_HAND, status__in=OPEN, item__refunded=False)
    told_on_etsy = Q(item__order__status__in=GONE, replaces=None)  # somebody marked the order as shipped there
    found: QuerySet[PrintJob] = rows.exclude(item__order__status__in=ENDED).exclude(told_on_etsy)
    return found


def to_put_aside() -> QuerySet[PrintJob]:
    """Printed for an order or a line that ended since: to be taken out of the pile."""
    rows: QuerySet[PrintJob] = PrintJob.objects.filter(DEAD, provider=BY_HAND, status__in=(Job.PRINTED, Job.PACKED))
    return rows


def orders() -> QuerySet[Order]:
    """Orders with something on the bench, the most urgent first."""
    rows: QuerySet[Order] = Order.objects.filter(pk__in=jobs().order_by().values("item__order"))  # from the few jobs
    return rows.order_by("ship_by", "pk")


def urgency(ship_by: datetime, now: datetime) -> str:
    if ship_by <= now:
        return "late"
    return "soon" if ship_by <= now + SOON else "later"


def load(now: datetime) -> Load:
    """Two queries, however much there is."""
    late, soon = Q(ship_by__lte=now), Q(ship_by__lte=now + SOON)
    told = orders().order_by().aggregate(late=Count("pk", filter=late), soon=Count("pk", filter=soon), all=Count("pk"))
    by_date = {"late": told["late"], "soon": told["soon"] - told["late"], "later": told["all"] - told["soon"]}
    stickers = jobs().order_by().values_list("status").annotate(Sum("item__quantity"))
    return Load(by_date, dict.fromkeys(map(str, OPEN), 0) | dict(stickers))


def pick_list(rows: QuerySet[PrintJob]) -> list[Pick]:
    """By design and size, the most urgent first; two queries."""
    units = {f"is_{status}": Sum("item__quantity", filter=Q(status=status), default=0) for status in OPEN}
    lines = list(
        rows.order_by()
        .values_list("item__sticker", "item__sku", "item__size")
        .annotate(**units, of=Count("item__order", distinct=True), by=Min("item__order__ship_by"))
    )
    designs = Sticker.objects.in_bulk({line[0] for line in lines if line[0]})
    picks = [_pick(designs.get(sticker_id), sku, *told) for sticker_id, sku, *told in lines]
    return sorted(picks, key=lambda pick: (pick.ship_by, pick.title, pick.size))


def _pick(sticker: Sticker | None, sku: str, *told: Any) -> Pick:
    return Pick(sticker, sticker.title if sticker else sku or "A line without SKU", *told)


def ordered(rows: Iterable[PrintJob]) -> list[PrintJob]:
    """In the order in which they must leave the house, the lines of one order together."""
    return sorted(rows, key=lambda job: (job.item.order.ship_by, job.item.order_id, job.item_id, job.copy))
