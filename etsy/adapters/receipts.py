"""Etsy's operations on receipts: what was ordered, by whom, and that it was shipped."""

import html
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from fulfillment.privacy import Address
from stickertrendz import money
from stickertrendz.ops.errors import OutsideError
from stickertrendz.ops.models import Intent

from . import wire
from .transport import ONCE, Priority, call
from .wire import Request

PAGE = 100
AGAIN = 10  # receipts of one second that may leave it while we read on
UNTIL = {"updated": "max_last_modified", "created": "max_created"}


@dataclass(frozen=True)
class Transaction:
    transaction_id: int
    listing_id: int | None
    sku: str
    title: str
    quantity: int
    price: Decimal
    sold_at: datetime
    ship_by: datetime | None


@dataclass(frozen=True)
class Receipt:
    """goods: what the buyer paid for the stickers, after coupons, without shipping and taxes."""

    receipt_id: int
    status: str
    is_paid: bool
    is_shipped: bool
    buyer_user_id: int | None
    buyer_email: str
    name: str
    address: Address | None
    message: str
    gift_message: str
    created_at: datetime
    updated_at: datetime
    currency: str
    goods: Decimal
    discount: Decimal
    refunded: Decimal
    transactions: tuple[Transaction, ...]
    tracking_codes: tuple[str, ...]


@dataclass(frozen=True)
class Unreadable:
    """A receipt that lacks what we need, its number (0) perhaps; it must not hide the others of its page."""

    receipt_id: int
    why: str


def pages(query: dict[str, wire.Value], *, by: str = "updated") -> Iterator[list[Receipt | Unreadable]]:
    """Newest first (`by`: updated or created), each page asked for from where the last one ended.

    What changes or is cancelled while we read moves to the front or away, and with plain offsets would pull others
    past us. Receipts of one second are told apart by an offset within it, so that a few are told twice.
    """
    order: dict[str, wire.Value] = {"sort_on": by, "sort_order": "desc", "limit": PAGE}
    until, skip = None, 0
    while True:
        asked = {**query, **order, UNTIL[by]: until, "offset": skip}
        request = Request("getShopReceipts", "GET", _path(), query=asked)
        found = call(request, lambda data: [_readable(one) for one in wire.page(data)], priority=Priority.ORDERS)
        yield found
        if len(found) < PAGE:
            return
        until, skip = _next(until, skip, [_second(one, by) for one in found if isinstance(one, Receipt)])


def _next(until: int | None, skip: int, seconds: list[int]) -> tuple[int | None, int]:
    """Where the next page begins: with the last receipts once more. Without any readable one, a page further."""
    if not seconds:
        return until, skip + PAGE
    last = min(seconds)
    return last, max(0, (skip + PAGE if last == until else seconds.count(last)) - AGAIN)


def _second(receipt: Receipt, by: str) -> int:
    return int((receipt.updated_at if by == "updated" else receipt.created_at).timestamp())


def get(receipt_id: int, *, subject: str) -> Receipt | None:
    request = Request("getShopReceipt", "GET", _path(f"/{receipt_id}"))
    try:
        return call(request, _receipt, priority=Priority.ORDERS, subject=subject)
    except OutsideError as error:
        if error.status == 404:
            return None
        raise


def tell_tracking(receipt_id: int, carrier: str, code: str, intent: Intent, *, subject: str) -> None:
    """Marks the receipt shipped and mails the buyer, so it must not be sent twice."""
    body = {"tracking_code": code, "carrier_name": carrier} if code else {}
    request = Request("createReceiptShipment", "POST", _path(f"/{receipt_id}/tracking"), body=body)
    call(request, lambda _: None, priority=Priority.ORDERS, repeat=ONCE, subject=subject, intent=intent)


def _path(rest: str = "") -> str:
    return f"/application/shops/{settings.ETSY_SHOP_ID}/receipts{rest}"


def _readable(data: Any) -> Receipt | Unreadable:
    """The reason names the kind of error only: its words could repeat the buyer's data."""
    try:
        return wire.understand("getShopReceipts", _receipt, data)
    except OutsideError as error:
        number = data.get("receipt_id")
        return Unreadable(number if isinstance(number, int) else 0, type(error.__cause__).__name__)


def _receipt(data: Any) -> Receipt:
    created = _time(data, "created_timestamp", "create_timestamp")
    price = data.get("subtotal") or data.get("total_price") or data["grandtotal"]
    return Receipt(
        receipt_id=int(data["receipt_id"]),
        status=str(data.get("status") or ""),
        is_paid=bool(data.get("is_paid")),
        is_shipped=bool(data.get("is_shipped")),
        buyer_user_id=data.get("buyer_user_id"),
        buyer_email=data.get("buyer_email") or "",
        name=data.get("name") or "",
        address=_address(data),
        message=html.unescape(data.get("message_from_buyer") or ""),
        gift_message=html.unescape(data.get("gift_message") or ""),
        created_at=created,
        updated_at=_time(data, "updated_timestamp", "update_timestamp") or created,
        currency=price["currency_code"],
        goods=wire.amount(price),
        discount=wire.amount(data.get("discount_amt")),
        refunded=money.total(wire.amount(one.get("amount")) for one in data.get("refunds") or ()),
        transactions=tuple(_transaction(one, created) for one in data.get("transactions") or ()),
        tracking_codes=tuple(one.get("tracking_code") or "" for one in data.get("shipments") or ()),
    )


def _time(data: Any, *names: str) -> datetime:
    found = next((moment for name in names if (moment := wire.moment(data.get(name)))), None)
    if found is None:
        raise KeyError(names[0])
    return found


def _address(data: Any) -> Address | None:
    """Newer keys of US shops get no address; without its first line it is of no use."""
    if not data.get("first_line"):
        return None
    parts = ("name", "first_line", "second_line", "city", "state", "zip", "country_iso")
    return Address(*(html.unescape(data.get(part) or "") for part in parts))


def _transaction(data: Any, created: datetime) -> Transaction:
    sold = data.get("paid_timestamp") or data.get("created_timestamp") or data.get("create_timestamp")
    return Transaction(
        transaction_id=int(data["transaction_id"]),
        listing_id=int(data["listing_id"]) if data.get("listing_id") else None,
        sku=data.get("sku") or "",
        title=html.unescape(data.get("title") or ""),
        quantity=int(data["quantity"]),
        price=wire.amount(data["price"]),
        sold_at=wire.moment(sold) or created,
        ship_by=wire.moment(data.get("expected_ship_date")),
    )
