"""Takes an order as the marketplace tells it: again and again, never twice, never backwards."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from stickers.models import Sticker
from stickertrendz.ops import audit
from stickertrendz.ops.errors import Beaten
from stickertrendz.ops.subjects import subject_of

from . import privacy
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
    """total: what the buyer paid for goods, after coupons. ship_by: what the marketplace promised, if it says."""

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
    lines: list[Line] = field(default_factory=list)


StickerFor = Callable[[Line], tuple[Sticker | None, str]]


def by_sku(line: Line) -> tuple[Sticker | None, str]:
    """The design and size our own SKU names; (None, "") when it is not one of ours."""
    match = SKU.fullmatch(line.sku.strip())
    sticker = Sticker.objects.filter(pk=int(match[1])).first() if match else None
    return (sticker, f"{match[2]}in") if match and sticker else (None, "")


def take(receipt: Receipt, sticker_for: StickerFor = by_sku) -> tuple[Order, bool]:
    """The order after this receipt, and whether it is new. Repeating changes nothing; older news are ignored."""
    with transaction.atomic():
        order, new = Order.objects.get_or_create(receipt_id=receipt.receipt_id, defaults=_first_columns(receipt))
        if not new:
            if receipt.updated_at < order.etsy_updated_at:
                return order, False
            _refresh(order, receipt)
        _take_lines(order, receipt.lines, sticker_for, new=new)
        _advance(order, receipt)
    return order, new


def _first_columns(receipt: Receipt) -> dict[str, object]:
    ship_by = receipt.ship_by or add_business_days(receipt.ordered_at, SHIP_WITHIN_BUSINESS_DAYS)
    personal = privacy.sealed_columns(_customer(receipt), receipt.buyer_user_id)
    return {
        **_amounts(receipt),
        **personal,
        "status": Status.PENDING,
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


def _refresh(order: Order, receipt: Receipt) -> None:
    columns = _amounts(receipt)
    if receipt.ship_by:
        columns["ship_by"] = receipt.ship_by
    Order.objects.filter(pk=order.pk).update(**columns)
    rows = Order.objects.filter(pk=order.pk, purged_at=None)
    if not receipt.address:  # an address given by hand, be it this moment, is not replaced by none
        rows = rows.filter(status__in=UNSENT)
    rows.update(**privacy.sealed_columns(_customer(receipt), receipt.buyer_user_id))
    order.refresh_from_db()


def _take_lines(order: Order, lines: list[Line], sticker_for: StickerFor, *, new: bool) -> None:
    """New lines by one INSERT; another import that inserts the same ones meanwhile fails this receipt's turn."""
    known = {} if new else {item.transaction_id: item for item in OrderItem.objects.filter(order=order)}
    more = [_item(order, line, sticker_for) for line in lines if line.transaction_id not in known]
    OrderItem.objects.bulk_create(more)
    if any(item.sticker_id is None for item in more):
        extra = {"step": "orders", "subject": subject_of(order)}
        logger.warning("Order %s has a line whose SKU we do not know", order, extra=extra)
    for line in lines:
        if item := known.get(line.transaction_id):
            _refresh_line(item, line, sticker_for)


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
    if item.refunded != line.refunded:
        changed["refunded"] = line.refunded
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
        wanted = _status_told(order, receipt)
        if wanted not in Order.MOVES[order.status] or (
            wanted == Status.NEEDS_ADDRESS and order.status != Status.PENDING
        ):
            return
        times = {"shipped_at": receipt.updated_at} if wanted == Status.SHIPPED else {}
        try:
            order.move_to(wanted, **times)
        except Beaten:
            order.refresh_from_db()
        else:
            return


def _status_told(order: Order, receipt: Receipt) -> str:
    if receipt.cancelled:  # what is on its way cannot be called off any more, only paid back
        return Status.REFUNDED if order.status in (Status.SHIPPED, Status.DELIVERED) else Status.CANCELLED
    if receipt.status.lower() == "fully refunded" or 0 < receipt.total <= receipt.refunded:
        return Status.REFUNDED
    if not receipt.is_paid:
        return Status.PENDING
    # With parcels of ours "completed" only repeats what we told, maybe of one line; otherwise a person marked it there.
    if receipt.status.lower() == "completed" and not order.shipments.exists():
        return Status.SHIPPED
    return Status.PAID if receipt.address and not order.purged_at else Status.NEEDS_ADDRESS


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
