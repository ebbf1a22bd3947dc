"""Our orders against Etsy's receipts of a window: which there are, how they stand, amounts, lines, parcels.

What happened within the last hour is left to the jobs that run every quarter of an hour. Nothing told names people.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Prefetch

from fulfillment.models import Order, Shipment
from stickertrendz import clock

from .adapters import receipts
from .adapters.receipts import Receipt, Unreadable
from .adapters.wire import Value
from .models import Difference
from .receipts import CANCELLED, CANCELLED_SINCE, REFUNDED

Mend = Difference.Mend
PENDING_FOR = timedelta(hours=1)
ENDED, UNPAID, PAID, SHIPPED = "cancelled or refunded", "not paid", "paid", "shipped"
STANDS = {
    Order.Status.PENDING: UNPAID, Order.Status.CANCELLED: ENDED, Order.Status.REFUNDED: ENDED,
    Order.Status.SHIPPED: SHIPPED, Order.Status.DELIVERED: SHIPPED,
}  # fmt: skip


def compare(days: int) -> Iterator[Difference]:
    """One call per hundred receipts, and one for the cancelled ones; a page is held at a time."""
    now = clock.now()
    since, settled = now - timedelta(days=days), now - PENDING_FOR
    changed: dict[str, Value] = {"min_last_modified": int(since.timestamp())}
    long_ago = min(since, now - CANCELLED_SINCE)
    cancelled: dict[str, Value] = {"was_canceled": True, "min_created": int(long_ago.timestamp())}
    told: set[int] = set()
    for query, by in ((changed, "updated"), (cancelled, "created")):
        for page in receipts.pages(query, by=by):
            new = [one for one in page if one.receipt_id not in told]
            told |= {one.receipt_id for one in new}
            yield from _page(new, settled)
    yield from _unknown_there(told, since, settled)


def _page(page: Sequence[Receipt | Unreadable], settled: datetime) -> Iterator[Difference]:
    untold = Shipment.objects.exclude(status=Shipment.Status.TOLD).filter(shipped_at__lt=settled)
    rows = Order.objects.filter(receipt_id__in=[one.receipt_id for one in page if isinstance(one, Receipt)])
    parcels = (Prefetch("shipments"), Prefetch("shipments", untold, to_attr="untold"))
    ours = {order.receipt_id: order for order in rows.prefetch_related("items", *parcels)}
    for one in page:
        if isinstance(one, Unreadable):
            yield _differs(one.receipt_id, "order", "–", f"cannot be read ({one.why})", Mend.NONE)
        elif one.updated_at < settled:
            yield from _receipt(one, ours)


def _differs(receipt_id: int, kind: str, here: str, there: str, mend: str = Mend.TAKE) -> Difference:
    return Difference(kind=kind, about=f"order {receipt_id}", key=receipt_id, here=here, there=there, mend=mend)


def _receipt(told: Receipt, ours: Mapping[int, Order]) -> Iterator[Difference]:
    order = ours.get(told.receipt_id)
    if order is None:
        yield _differs(told.receipt_id, "order missing here", "not here", _stands_there(told))
        return
    here, there = STANDS.get(Order.Status(order.status), PAID), _stands_there(told)
    if not _agree(order, here, there):
        mend = Mend.NONE if (here, there) == (SHIPPED, PAID) or here == ENDED else Mend.TAKE
        yield _differs(told.receipt_id, "order state", order.get_status_display(), there, mend)
    mine, theirs = (order.total_amount, order.refunded_amount), (told.goods, told.refunded)
    if mine != theirs:
        yield _differs(told.receipt_id, "amounts", _amounts(*mine), _amounts(*theirs))
    if {item.transaction_id for item in order.items.all()} != {line.transaction_id for line in told.transactions}:
        lines = (f"{order.items.count()} lines", f"{len(told.transactions)} lines")
        yield _differs(told.receipt_id, "order lines", *lines)
    if there != ENDED:
        yield from _parcels(told, order)


def _stands_there(told: Receipt) -> str:
    status = told.status.casefold()
    if status in (*CANCELLED, REFUNDED) or 0 < told.goods <= told.refunded:
        return ENDED
    if not told.is_paid:
        return UNPAID
    return SHIPPED if told.is_shipped else PAID


def _agree(order: Order, here: str, there: str) -> bool:
    """An order of several parcels counts as shipped there with the first one; what is untold is told of by parcel."""
    parcels = (here, there) == (PAID, SHIPPED) and order.shipments.all()
    untold = (here, there) == (SHIPPED, PAID) and getattr(order, "untold", None)
    return here == there or bool(parcels) or bool(untold)


def _amounts(goods: object, refunded: object) -> str:
    return f"${goods}, refunded ${refunded}"


def _parcels(told: Receipt, order: Order) -> Iterator[Difference]:
    for parcel in getattr(order, "untold", ()):
        known = parcel.tracking_code in told.tracking_codes if parcel.tracking_code else told.is_shipped
        if parcel.status == Shipment.Status.BY_HAND:
            if known:
                continue  # copied there; one click here says so
            here, mend = "sent; to be copied to Etsy by hand", Mend.NONE
        else:
            here, mend = "sent, not told", Mend.TELL
        there = "known" if known else "not told"
        yield Difference(kind="tracking", about=f"order {order}", key=parcel.pk, here=here, there=there, mend=mend)


def _unknown_there(told: set[int], since: datetime, settled: datetime) -> Iterator[Difference]:
    rows = Order.objects.filter(ordered_at__gte=since, ordered_at__lt=settled).order_by("pk")
    for receipt_id, status in rows.values_list("receipt_id", "status").iterator():
        if receipt_id not in told:
            label = str(Order.Status(status).label)
            yield _differs(receipt_id, "order unknown there", label, "Etsy does not tell it", Mend.NONE)
