"""Holds our books against the printer's: each line printed once, here or there, and nothing forgotten."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from fulfillment.costs import BY_HAND
from fulfillment.models import Order, OrderItem, PrintJob
from stickertrendz.ops.models import Alert

Status = Order.Status
DEAD = (Status.CANCELLED, Status.REFUNDED)
UNSENT = (Status.PENDING, Status.NEEDS_ADDRESS, Status.PAID)
VOID = (PrintJob.Status.CANCELLED, PrintJob.Status.FAILED)


@dataclass
class Line:
    """One order line: what the printer makes of it, and our own jobs for it."""

    item: OrderItem
    there: list[dict[str, Any]] = field(default_factory=list)
    jobs: list[PrintJob] = field(default_factory=list)

    @property
    def by_hand(self) -> list[PrintJob]:
        return [job for job in self.jobs if job.provider == BY_HAND and job.status not in (*VOID, "waiting")]

    @property
    def prints(self) -> int:
        """What leaves a house: orders the printer does not call off, and copies on our bench; not what was replaced."""
        replaced = {job.external_id for job in self.jobs if any(other.replaces_id == job.pk for other in self.jobs)}
        keys = [*(sent["external_id"] for sent in self.there), *(job.external_id for job in self.by_hand)]
        return sum(key not in replaced for key in keys)

    @property
    def wanted(self) -> bool:
        return self.item.order.status not in DEAD and not self.item.refunded

    @property
    def parked(self) -> bool:
        return any(row.needs_attention for row in (self.item.order, *self.jobs))


def lines(printer: Any) -> list[Line]:
    """Every line we know, with what the printer has of it."""
    found = {item.transaction_id: Line(item) for item in OrderItem.objects.select_related("order").order_by("pk")}
    for job in PrintJob.objects.select_related("item").order_by("pk"):
        found[job.item.transaction_id].jobs.append(job)
    for sent in printer.orders.values():
        if not sent["cancelled"]:
            found[int(sent["external_id"].split("-")[1])].there.append(sent)
    return list(found.values())


def broken(printer: Any) -> list[str]:
    """What speaks against the promise, in words; empty when it was kept."""
    return [f"{line.item.order} {line.item}: {what}" for line in lines(printer) for what in _broken(line)]


def _broken(line: Line) -> Iterator[str]:
    order = line.item.order
    if line.prints > 1:
        yield f"{line.prints} prints"
    if line.wanted and order.status not in UNSENT and not line.prints and not line.parked:
        yield f"no print although the order is {order.status}"
    if not line.wanted and any(not _told(line, sent) for sent in line.there):
        yield f"printed and nobody was told, although the order is {order.status}"
    if not line.wanted and any(job.status != "shipped" for job in line.by_hand):
        yield f"still on the bench although the order is {order.status}"
    known = {job.provider_order_id for job in line.jobs if job.provider != BY_HAND}
    if any(sent["id"] not in known for sent in line.there) and not line.parked and order.status not in UNSENT:
        yield "the printer has an order that our books do not know"


def _told(line: Line, sent: dict[str, Any]) -> bool:
    """Gone before the order ended, or the operator knows that it could not be stopped."""
    gone = any(job.provider_order_id == sent["id"] and job.status == "shipped" for job in line.jobs)
    return gone or Alert.objects.filter(key=f"unstoppable:{sent['external_id']}").exists()


def table(printer: Any) -> str:
    """Orders by status, and how many lines of each have how many prints."""
    orders = Counter(Order.objects.values_list("status", flat=True))
    prints: dict[str, Counter[int]] = defaultdict(Counter)
    for line in lines(printer):
        prints[line.item.order.status][line.prints] += 1
    rows = [("status", "orders", "lines printed 0 ×", "1 ×", "more")]
    for status, count in sorted(orders.items()):
        of = prints[status]
        more = sum(number for times, number in of.items() if times > 1)
        rows.append((status, str(count), str(of[0]), str(of[1]), str(more)))
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
