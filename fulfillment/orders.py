"""Takes an order as the marketplace tells it: again and again, never twice, never backwards."""

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from stickers.models import Sticker
from stickertrendz.ops import audit
from stickertrendz.ops.errors import Beaten
from stickertrendz.ops.subjects import subject_of

from . import privacy, refunds, sent_elsewhere, wanted
from .business_days import add_business_days
from .models import Order, OrderItem
from .privacy import Address, Customer

logger = logging.getLogger(__name__)
SHIP_WITHIN_BUSINESS_DAYS = 5
SKU = re.compile(r"ST-(\d{1,12})-([34])")
UNSENT = (Order.Status.PENDING, Order.Status.NEEDS_ADDRESS)
Status = Order.Status


@dataclass(frozen=True)
class Line:
    """One transaction. tier and under_override: of the price that was on show when it was sold."""

    transaction_id: int
    listing_id: int | None
    sku: str
    title: str
    quantity: int
    unit_price: Decimal
    sold_at: datetime
    refunded: bool = False
    tier: str = ""
    under_override: bool = False


@dataclass(frozen=True)
class Receipt:
    """total: what the buyer paid for goods, after coupons. ship_by: what the marketplace promised, if it says.

    is_shipped: somebody said there that it is on its way, whatever its status says.
    """

    receipt_id: int
    status: str
    is_paid: bool
    cancelled: bool
    buyer_user_id: int | None
    ordered_at: datetime
    updated_at: datetime
    ship_by: datetime | None
    currency: str
    total: Decimal
    discount: Decimal
    refunded: Decimal
    address: Address | None
    name: str
    email: str
    message: str
    gift_message: str
    is_shipped: bool = False
    lines: list[Line] = field(default_factory=list)


StickerFor = Callable[[Line], tuple[Sticker | None, str]]


def by_sku(line: Line) -> tuple[Sticker | None, str]:
    """The design and size our own SKU names; (None, "") when it is not one of ours."""
    match = SKU.fullmatch(line.sku.strip())
    sticker = Sticker.objects.filter(pk=int(match[1])).first() if match else None
    return (sticker, f"{match[2]}in") if match and sticker else (None, "")


def take(receipt: Receipt, sticker_for: StickerFor = by_sku) -> tuple[Order, bool]:
    """The order after this receipt, and whether it is new. Repeating changes nothing; older news are ignored."""
    known = Order.objects.filter(receipt_id=receipt.receipt_id)
    order = known.first()
    if order is None:
        try:
            return take_new([receipt], sticker_for)[0], True
        except IntegrityError:
            order = known.first()
            if order is None:  # a line of it belongs to another order; otherwise another import was first
                raise
    before = order.refunded_amount
    with transaction.atomic():
        if _refresh(order, receipt):
            _take_lines(order, receipt.lines, sticker_for)
            _advance(order, receipt)
            _close_lines(order)
            if order.refunded_amount > before:
                refunds.take_note(order)
    return order, False


def take_new(receipts: Sequence[Receipt], sticker_for: StickerFor = by_sku) -> list[Order]:
    """Orders that are not here yet, all by two INSERTs or none: IntegrityError when an order or a line is here."""
    made = [Order(**_first_columns(one)) for one in receipts]
    with transaction.atomic():
        Order.objects.bulk_create(made)
        lines = [(order, line) for order, one in zip(made, receipts, strict=True) for line in one.lines]
        items = OrderItem.objects.bulk_create([_item(order, line, sticker_for) for order, line in lines])
        for order in made:
            if order.refunded_amount or order.status in wanted.ENDED:
                _close_lines(order)
    _tell_unknown(items)
    return made


def _first_columns(receipt: Receipt) -> dict[str, object]:
    ship_by = receipt.ship_by or add_business_days(receipt.ordered_at, SHIP_WITHIN_BUSINESS_DAYS)
    personal = privacy.sealed_columns(_customer(receipt), receipt.buyer_user_id)
    status = _status_told(receipt)
    return {
        **_amounts(receipt),
        **personal,
        "receipt_id": receipt.receipt_id,
        "status": status,
        "shipped_at": receipt.updated_at if status == Status.SHIPPED else None,
        "ship_by": ship_by,
    }


def _amounts(receipt: Receipt) -> dict[str, object]:
    return {
        "etsy_updated_at": receipt.updated_at,
        "ordered_at": receipt.ordered_at,
        "currency": receipt.currency,
        "total_amount": receipt.total,
        "discount": receipt.discount,
        "refunded_amount": receipt.refunded,
    }


def _customer(receipt: Receipt) -> Customer:
    return Customer(receipt.name, receipt.email, receipt.message, receipt.gift_message, receipt.address)


def _refresh(order: Order, receipt: Receipt) -> bool:
    """Writes what the receipt says, unless something newer is here: False then."""
    columns = _amounts(receipt)
    if receipt.ship_by:
        columns["ship_by"] = receipt.ship_by
    known = Order.objects.filter(pk=order.pk, etsy_updated_at__lte=receipt.updated_at)
    if not known.update(**columns):
        order.refresh_from_db()
        return False
    rows = Order.objects.filter(pk=order.pk, purged_at=None)
    if not receipt.address:  # an address given by hand, be it this moment, is not replaced by none
        rows = rows.filter(status__in=UNSENT)
    rows.update(**privacy.sealed_columns(_customer(receipt), receipt.buyer_user_id))
    order.refresh_from_db()
    return True


def _close_lines(order: Order) -> None:
    """Lines of an order that ended, or that were paid back, leave the figures and are printed no more."""
    if order.status in wanted.ENDED:
        order.items.filter(refunded=False).update(refunded=True)
    elif order.refunded_amount:
        refunds.mark(order)
    wanted.call_off(order)


def _take_lines(order: Order, lines: list[Line], sticker_for: StickerFor) -> None:
    """New lines by one INSERT; another import that inserts the same ones meanwhile fails this receipt's turn."""
    known = {item.transaction_id: item for item in OrderItem.objects.filter(order=order)}
    more = [_item(order, line, sticker_for) for line in lines if line.transaction_id not in known]
    OrderItem.objects.bulk_create(more)
    _tell_unknown(more)
    for line in lines:
        if item := known.get(line.transaction_id):
            _refresh_line(item, line, sticker_for)


def _tell_unknown(items: Iterable[OrderItem]) -> None:
    for order in dict.fromkeys(item.order for item in items if item.sticker_id is None):
        extra = {"step": "orders", "subject": subject_of(order)}
        logger.warning("Order %s has a line whose SKU we do not know", order, extra=extra)


def _item(order: Order, line: Line, sticker_for: StickerFor) -> OrderItem:
    sticker, size = sticker_for(line)
    return OrderItem(
        order=order,
        transaction_id=line.transaction_id,
        sticker=sticker,
        size=size,
        sku=line.sku[:60],
        listing_id=line.listing_id,
        title=line.title[:200],
        quantity=line.quantity,
        unit_price=line.unit_price,
        sold_at=line.sold_at,
        pricing_tier_at_sale=line.tier,
        under_override=line.under_override,
        refunded=line.refunded,
    )


def _refresh_line(item: OrderItem, line: Line, sticker_for: StickerFor) -> None:
    """What may change after the sale; a line that came without its moment, as in a file, gets the exact one."""
    changed: dict[str, object] = {}
    if line.refunded and not item.refunded:  # never the other way: a person, or an amount, may have said so
        changed["refunded"] = True
    if item.sold_at != line.sold_at:
        changed |= {"sold_at": line.sold_at, "unit_price": line.unit_price, "quantity": line.quantity}
        changed |= {"pricing_tier_at_sale": line.tier, "under_override": line.under_override}
    if item.sticker_id is None or not item.size:
        sticker, size = sticker_for(line)
        if sticker and (sticker.pk, size) != (item.sticker_id, item.size):
            changed |= {"sticker": sticker, "size": size, "sku": line.sku[:60]}
    if changed:
        OrderItem.objects.filter(pk=item.pk).update(**changed)


def _advance(order: Order, receipt: Receipt) -> None:
    """Moves the order to what the receipt says, where that is forward; tries again when a job moves it meanwhile."""
    for _ in range(3):
        goal = _status_now(order, receipt)
        if goal not in Order.MOVES[order.status] or (goal == Status.NEEDS_ADDRESS and order.status != Status.PENDING):
            return
        times = {"shipped_at": receipt.updated_at} if goal == Status.SHIPPED else {}
        try:
            order.move_to(goal, **times)
        except Beaten:
            order.refresh_from_db()
        else:
            if goal == Status.SHIPPED:
                sent_elsewhere.tell(order)
            return


def end(order: Order, *, cancelled: bool, by: str, how: str) -> bool:
    """Cancelled, or refunded once it is on its way; False when it had ended before."""
    with transaction.atomic():
        goal = Status.CANCELLED if cancelled and Status.CANCELLED in Order.MOVES[order.status] else Status.REFUNDED
        if order.status in wanted.ENDED:
            return False
        order.move_to(goal)
        _close_lines(order)
        audit.record(by, how, order)
        return True


def _status_told(receipt: Receipt) -> str:
    """Where an order stands by its receipt alone."""
    if receipt.cancelled:
        return Status.CANCELLED
    if receipt.status.lower() == "fully refunded" or 0 < receipt.total <= receipt.refunded:
        return Status.REFUNDED
    if not receipt.is_paid:
        return Status.PENDING
    if receipt.is_shipped or receipt.status.lower() == "completed":
        return Status.SHIPPED
    return Status.PAID if receipt.address else Status.NEEDS_ADDRESS


def _status_now(order: Order, receipt: Receipt) -> str:
    """The same for an order that we know more of than the receipt tells."""
    told = _status_told(receipt)
    if told == Status.CANCELLED and order.status in (Status.SHIPPED, Status.DELIVERED):
        return Status.REFUNDED  # what is on its way cannot be called off any more, only paid back
    # With parcels of ours it only repeats what we told, maybe of one line; otherwise a person marked it there.
    if told == Status.SHIPPED and order.shipments.exists():
        return order.status
    return Status.NEEDS_ADDRESS if told == Status.PAID and order.purged_at else told


def give_address(order: Order, address: Address, *, by: str, how: str = "entered address") -> bool:
    """The address of an order whose marketplace does not tell it; False when its data was erased meanwhile."""
    with transaction.atomic():
        customer = privacy.read(order, by=by, why=how)
        known = replace(customer, name=customer.name or address.name, address=address)
        columns = privacy.sealed_columns(known, None)
        del columns["buyer_hash"]  # known already, where it is told at all
        if not Order.objects.filter(pk=order.pk, purged_at=None).update(**columns):
            return False
        order.move_to(Status.PAID)
        audit.record(by, how, order)
        return True
