"""Takes Etsy's files of sold orders: fills in missing addresses, adds orders the API has not brought, doubles none."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from django.db import DatabaseError, InterfaceError, OperationalError

from fulfillment import orders, wanted
from fulfillment.models import Order
from stickertrendz import money
from stickertrendz.ops import audit
from stickertrendz.ops.errors import Beaten, IllegalMove

from . import sold_files
from .catalogue import Catalogue
from .sold_files import Bad, Sale

logger = logging.getLogger(__name__)
BATCH = 250
TIME_ZONES = timedelta(hours=14)  # a day of the shop's calendar begins at most so long before the same day in UTC
SPOILT = (DatabaseError, ValueError)
Status = Order.Status


@dataclass
class Plan:
    """What the files would do, or did. waiting: orders unknown here that only the file of items can add.

    ended: orders still open here that the files tell cancelled or refunded.
    """

    new: list[Sale] = field(default_factory=list)
    filled: list[Sale] = field(default_factory=list)
    ended: list[Sale] = field(default_factory=list)
    unchanged: list[Sale] = field(default_factory=list)
    erased: list[Sale] = field(default_factory=list)
    waiting: list[Sale] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)

    @property
    def to_do(self) -> int:
        return len(self.new) + len(self.filled) + len(self.ended)

    @property
    def to_send(self) -> int:
        """New orders that are not shipped: they go to the printer or the bench."""
        return sum(_to_send(one) for one in self.new)

    def counts(self) -> dict[str, int]:
        return {name: len(rows) for name, rows in vars(self).items()}


def plan(files: Sequence[tuple[str, bytes]]) -> Plan:
    """Reads the files together, in whatever order, and compares them with what is here; changes nothing."""
    sales: dict[int, Sale] = {}
    made = Plan()
    for name, content in files:
        try:
            made.bad += sold_files.read(name, content, sales)
        except sold_files.Unusable as error:
            made.bad.append(Bad(name, 1, str(error)))
    damaged = {bad.order_id for bad in made.bad}  # a line of theirs cannot be read: they would be sent incomplete
    for batch in _batches(list(sales.values())):
        columns = ("receipt_id", "status", "purged_at")
        rows = Order.objects.filter(receipt_id__in=[one.order_id for one in batch]).values_list(*columns)
        known = {receipt_id: (status, purged_at is not None) for receipt_id, status, purged_at in rows}
        for sale in batch:
            if sale.order_id in known or sale.order_id not in damaged:
                _sort(made, sale, *known.get(sale.order_id, ("", False)))
    return made


def _batches(sales: list[Sale]) -> Iterator[list[Sale]]:
    return (sales[start : start + BATCH] for start in range(0, len(sales), BATCH))


def _sort(made: Plan, sale: Sale, status: str, erased: bool) -> None:
    if not status and sale.items and (why := _doubt(sale)):
        made.bad.append(Bad(sale.file, sale.line, why, sale.order_id))
    elif not status:
        (made.new if sale.items else made.waiting).append(sale)
    elif _void(sale) and status not in wanted.ENDED:
        made.ended.append(sale)
    elif erased:
        made.erased.append(sale)
    elif _lacks_address(status, sale):
        made.filled.append(sale)
    else:
        made.unchanged.append(sale)


def _lacks_address(status: str, sale: Sale) -> bool:
    waits = status == Status.NEEDS_ADDRESS or (status == Status.PENDING and sale.paid)
    return waits and sale.address is not None and _to_send(sale)


def _to_send(sale: Sale) -> bool:
    return not sale.shipped_on and not _void(sale)


def _void(sale: Sale) -> bool:
    """Cancelled or refunded, and not only in part."""
    status = sale.status.casefold()
    return ("cancel" in status or "refund" in status) and "partial" not in status


def _doubt(sale: Sale) -> str:
    """Why lines of it may be missing; an order is not sent by halves."""
    there = sum(one.quantity for one in sale.items.values())
    if there < sale.pieces:
        return f"not taken: the items tell {there} of its {sale.pieces} pieces"
    return "not taken: a line beside it cannot be read and may be part of it" if sale.doubtful else ""


def take(made: Plan, *, by: str, progress: Callable[[int], object] = lambda done: None) -> Plan:
    """Does what was planned and gives what was done; what failed is among the bad lines.

    progress is told how many orders came to an end since it was told last.
    """
    done = Plan(unchanged=made.unchanged[:], erased=made.erased, waiting=made.waiting, bad=made.bad[:])
    for batch in _batches(made.new):
        _take_new(done, batch)
        progress(len(batch))
    for sale in made.filled:
        _each(done, done.filled, sale, partial(_fill, by=by))
        progress(1)
    for sale in made.ended:
        _each(done, done.ended, sale, partial(_end, by=by))
        progress(1)
    audit.record(by, "imported Etsy's files of sold orders", counts=done.counts())
    return done


def _take_new(done: Plan, batch: list[Sale]) -> None:
    """All at once; where one of them spoils it, one by one."""
    items = [item for sale in batch for item in sale.items.values()]
    catalogue = Catalogue((one.sku for one in items), (one.listing_id for one in items))
    try:
        orders.take_new([_receipt(sale, catalogue) for sale in batch], catalogue.sticker_for)
    except (OperationalError, InterfaceError):
        raise
    except SPOILT:
        for sale in batch:
            _each(done, done.new, sale, partial(_add, catalogue=catalogue))
    else:
        done.new += batch


def _each(done: Plan, good: list[Sale], sale: Sale, step: Callable[[Sale], bool]) -> None:
    """One order that cannot be taken holds nobody up; its error is told by its kind, for its words may name people."""
    try:
        (good if step(sale) else done.unchanged).append(sale)
    except (OperationalError, InterfaceError):
        raise
    except (*SPOILT, Beaten, IllegalMove) as error:
        kind = type(error).__name__
        logger.error("Order %s of Etsy's file could not be taken (%s)", sale.order_id, kind, extra={"step": "import"})
        done.bad.append(Bad(sale.file, sale.line, f"it could not be taken ({kind})", sale.order_id))


def _add(sale: Sale, catalogue: Catalogue) -> bool:
    return orders.take(_receipt(sale, catalogue), catalogue.sticker_for)[1]


def _fill(sale: Sale, *, by: str) -> bool:
    order = Order.objects.get(receipt_id=sale.order_id)
    if sale.address is None or order.status not in (Status.NEEDS_ADDRESS, Status.PENDING):
        return False
    return orders.give_address(order, sale.address, by=by, how="address from Etsy's file")


def _end(sale: Sale, *, by: str) -> bool:
    order = Order.objects.get(receipt_id=sale.order_id)
    return orders.end(order, cancelled=_cancelled(sale), by=by, how="ended by Etsy's file")


def _cancelled(sale: Sale) -> bool:
    return _void(sale) and "cancel" in sale.status.casefold()


def _receipt(sale: Sale, catalogue: Catalogue) -> orders.Receipt:
    """As old as its day can be, so that whatever the API tells later is news.

    Of what is shipped already nobody needs the address: it is not kept.
    """
    goods = money.total(one.price * one.quantity for one in sale.items.values())
    discount = money.total(one.discount for one in sale.items.values())
    void, address = _void(sale), sale.address if _to_send(sale) else None
    return orders.Receipt(
        receipt_id=sale.order_id,
        status=sale.status,
        is_paid=sale.paid,
        is_shipped=bool(sale.shipped_on),
        cancelled=_cancelled(sale),
        buyer_user_id=sale.buyer_user_id,
        ordered_at=sale.sold_on,
        updated_at=(sale.shipped_on or sale.sold_on) - TIME_ZONES,
        ship_by=None,
        currency=sale.currency,
        total=goods - discount,
        discount=discount,
        refunded=goods - discount if void else money.ZERO,
        address=address,
        name=address.name if address else "",
        email="",
        message="",
        gift_message="",
        lines=[_line(one, sale, catalogue, refunded=void) for one in sale.items.values()],
    )


def _line(sold: sold_files.Sold, sale: Sale, catalogue: Catalogue, *, refunded: bool) -> orders.Line:
    tier, under_override = catalogue.tier_at(sold.sku, sold.listing_id, sale.sold_on)
    return orders.Line(
        transaction_id=sold.transaction_id,
        listing_id=sold.listing_id,
        sku=sold.sku,
        title=sold.title,
        quantity=sold.quantity,
        unit_price=sold.price,
        sold_at=sale.sold_on,
        refunded=refunded,
        tier=tier,
        under_override=under_override,
    )
