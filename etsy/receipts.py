"""Brings orders in: every receipt changed since the last complete reading, and the cancelled ones besides."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError

from fulfillment import orders
from pricing.models import Offer, PriceChange
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import log, meters
from stickertrendz.ops.models import Health
from stickertrendz.ops.runner import Running

from .adapters import receipts
from .adapters.receipts import Receipt, Transaction, Unreadable
from .adapters.wire import Value
from .limits import reading
from .models import Listing

logger = logging.getLogger(__name__)
OVERLAP = timedelta(minutes=10)
CANCELLED_SINCE = timedelta(days=60)
CURSOR = "etsy orders"
CANCELLED, REFUNDED = ("canceled", "cancelled"), "fully refunded"


def import_orders(run: Running) -> None:
    """Cancelled receipts are missing from the window of changes, so they are asked for on their own.

    The window moves on only when every receipt in it was taken.
    """
    now = clock.now()
    changed: dict[str, Value] = {"min_last_modified": int((_read_until() - OVERLAP).timestamp())}
    cancelled: dict[str, Value] = {"was_canceled": True, "min_created": int((now - CANCELLED_SINCE).timestamp())}
    complete = [_import(run, changed), _import(run, cancelled)]
    if all(complete):
        _keep_read_until(now)


def _read_until() -> datetime:
    seen = Health.objects.filter(name=CURSOR).values_list("seen_at", flat=True).first()
    return seen or meters.EPOCH + OVERLAP


def _keep_read_until(now: datetime) -> None:
    values = {"ok": True, "reason": "", "seen_at": now}
    Health.objects.update_or_create(name=CURSOR, defaults=values, create_defaults={**values, "since": now})


def _import(run: Running, query: dict[str, Value]) -> bool:
    """Whether every receipt of every page was taken."""
    pages = receipts.pages(query)
    complete = True
    while (page := reading(run, "orders", lambda: next(pages, []))) is not None:
        if not page:
            return complete
        for receipt in page:
            complete = _take(run, receipt) and complete
        log.flush()  # what was logged inside the orders' transactions
        run.beat()
    return False


def _take(run: Running, receipt: Receipt | Unreadable) -> bool:
    """One receipt that cannot be taken is told and tried again by the next run; the others go on."""
    if isinstance(receipt, Unreadable):
        logger.error("Receipt %s cannot be read: %s", receipt.receipt_id, receipt.why, extra={"step": "orders"})
        run.troubles += 1
        run.note(f"Receipt {receipt.receipt_id} cannot be read ({receipt.why})")
        return False
    try:
        _, new = orders.take(_told(receipt), sticker_for)
    except (OperationalError, InterfaceError):  # the database itself; a value it refuses is the receipt's fault
        raise
    except Exception as error:
        logger.exception("Receipt %s could not be taken", receipt.receipt_id, extra={"step": "orders"})
        run.troubles += 1
        run.note(f"Receipt {receipt.receipt_id} could not be taken ({type(error).__name__})")
        return False
    run.count("orders_received", int(new))
    return True


def _told(receipt: Receipt) -> orders.Receipt:
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
        lines=[_line(line, refunded=void) for line in receipt.transactions],
    )


def _line(line: Transaction, *, refunded: bool) -> orders.Line:
    tier, under_override = _tier_at(line)
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


def _tier_at(line: Transaction) -> tuple[str, bool]:
    """The tier of the price on show at that moment: the last one pushed before it."""
    match = orders.SKU.fullmatch(line.sku.strip())
    if not match:
        return "", False
    offer: dict[str, Any] = {"offer__sticker": int(match[1]), "offer__size": f"{match[2]}in"}
    pushed = PriceChange.objects.filter(**offer, pushed_at__lte=line.sold_at).order_by("-pushed_at", "-pk")
    change = pushed.values_list("tier", "under_override").first()
    if change:
        return change
    tier = Offer.objects.filter(sticker=int(match[1]), size=f"{match[2]}in").values_list("tier", flat=True).first()
    return tier or "", False


def sticker_for(line: orders.Line) -> tuple[Sticker | None, str]:
    """By SKU; Etsy loses SKUs at times, then by the listing, and by its size where it has only one."""
    sticker, size = orders.by_sku(line)
    if sticker or line.listing_id is None:
        return sticker, size
    listing = Listing.objects.filter(etsy_id=line.listing_id).select_related("sticker").first()
    if listing is None:
        return None, ""
    sizes = list(listing.sticker.sizes.values_list("size", flat=True))
    return listing.sticker, sizes[0] if len(sizes) == 1 else ""
