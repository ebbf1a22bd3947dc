"""Brings orders in: every receipt changed since the last complete reading, and the cancelled ones besides."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError

from fulfillment import orders
from stickertrendz import clock
from stickertrendz.ops import alerts, log, meters
from stickertrendz.ops.models import Health
from stickertrendz.ops.runner import Running

from .adapters import receipts
from .adapters.receipts import Receipt, Transaction, Unreadable
from .adapters.wire import Value
from .catalogue import Catalogue
from .limits import reading

logger = logging.getLogger(__name__)
OVERLAP = timedelta(minutes=10)
CANCELLED_SINCE = timedelta(days=60)
TRIED_FOR = timedelta(days=7)  # then the nightly comparison alone tells of a receipt that cannot be taken
TOLD = 10
CURSOR = "etsy orders"
CANCELLED, REFUNDED = ("canceled", "cancelled"), "fully refunded"


def import_orders(run: Running) -> None:
    """Cancelled receipts are missing from the window of changes, so they are asked for on their own.

    The window moves on only when every page was read. A receipt that cannot be taken is told, and holds the window's
    beginning for a week at most: it would grow, and with it the calls, for as long as that receipt lives.
    """
    now, until = clock.now(), _read_until()
    changed: dict[str, Value] = {"min_last_modified": int((until - OVERLAP).timestamp())}
    cancelled: dict[str, Value] = {"was_canceled": True, "min_created": int((now - CANCELLED_SINCE).timestamp())}
    left: list[str] = []
    complete = [_import(run, changed, left), _import(run, cancelled, left, by="created")]
    if left:
        _tell_left(left)
    if all(complete):
        _keep_read_until(max(until, now - TRIED_FOR) if left else now)


def _tell_left(left: list[str]) -> None:
    numbers = ", ".join(left[:TOLD]) + (f" and {len(left) - TOLD} more" if len(left) > TOLD else "")
    text = (
        f"These receipts could not be taken: {numbers}. They are tried again every quarter of an hour, for a week; "
        "the error list says why. Look at them on Etsy, so that no buyer waits, and pack them by hand if need be."
    )
    alerts.alert("orders-left", "Orders on Etsy could not be taken", text)


def _read_until() -> datetime:
    seen = Health.objects.filter(name=CURSOR).values_list("seen_at", flat=True).first()
    return seen or meters.EPOCH + OVERLAP


def _keep_read_until(now: datetime) -> None:
    values = {"ok": True, "reason": "", "seen_at": now}
    Health.objects.update_or_create(name=CURSOR, defaults=values, create_defaults={**values, "since": now})


def _import(run: Running, query: dict[str, Value], left: list[str], *, by: str = "updated") -> bool:
    """Whether every page was read; receipts that could not be taken are added to `left`."""
    pages = receipts.pages(query, by=by)
    while (page := reading(run, "orders", lambda: next(pages, []))) is not None:
        if not page:
            return True
        catalogue = _catalogue(page)
        left += [str(receipt.receipt_id) for receipt in page if not _take(run, receipt, catalogue)]
        log.flush()  # what was logged inside the orders' transactions
        run.beat()
    return False


def _catalogue(page: Sequence[Receipt | Unreadable]) -> Catalogue:
    lines = [line for one in page if isinstance(one, Receipt) for line in one.transactions]
    return Catalogue((line.sku for line in lines), (line.listing_id for line in lines))


def take(receipt: Receipt) -> None:
    """One receipt by itself, for a person who asks for it."""
    catalogue = _catalogue([receipt])
    orders.take(_told(receipt, catalogue), catalogue.sticker_for)


def _take(run: Running, receipt: Receipt | Unreadable, catalogue: Catalogue) -> bool:
    """One receipt that cannot be taken is told and tried again by the next run; the others go on."""
    if isinstance(receipt, Unreadable):
        logger.error("Receipt %s cannot be read: %s", receipt.receipt_id, receipt.why, extra={"step": "orders"})
        run.troubles += 1
        run.note(f"Receipt {receipt.receipt_id} cannot be read ({receipt.why})")
        return False
    try:
        _, new = orders.take(_told(receipt, catalogue), catalogue.sticker_for)
    except (OperationalError, InterfaceError):  # the database itself; a value it refuses is the receipt's fault
        raise
    except Exception as error:
        logger.exception("Receipt %s could not be taken", receipt.receipt_id, extra={"step": "orders"})
        run.troubles += 1
        run.note(f"Receipt {receipt.receipt_id} could not be taken ({type(error).__name__})")
        return False
    run.count("orders_received", int(new))
    return True


def _told(receipt: Receipt, catalogue: Catalogue) -> orders.Receipt:
    promised = [line.ship_by for line in receipt.transactions if line.ship_by]
    cancelled = receipt.status.casefold() in CANCELLED
    void = cancelled or receipt.status.casefold() == REFUNDED
    return orders.Receipt(
        receipt_id=receipt.receipt_id,
        status=receipt.status,
        is_paid=receipt.is_paid,
        cancelled=cancelled,
        buyer_user_id=receipt.buyer_user_id,
        ordered_at=receipt.created_at,
        updated_at=receipt.updated_at,
        ship_by=min(promised, default=None),
        currency=receipt.currency,
        total=receipt.goods,
        discount=receipt.discount,
        refunded=receipt.refunded,
        address=receipt.address,
        name=receipt.name,
        email=receipt.buyer_email,
        message=receipt.message,
        gift_message=receipt.gift_message,
        is_shipped=receipt.is_shipped,
        lines=[_line(line, catalogue, refunded=void) for line in receipt.transactions],
    )


def _line(line: Transaction, catalogue: Catalogue, *, refunded: bool) -> orders.Line:
    tier, under_override = catalogue.tier_at(line.sku, line.listing_id, line.sold_at)
    return orders.Line(
        transaction_id=line.transaction_id,
        listing_id=line.listing_id,
        sku=line.sku,
        title=line.title,
        quantity=line.quantity,
        unit_price=line.price,
        sold_at=line.sold_at,
        refunded=refunded,
        tier=tier,
        under_override=under_override,
    )
