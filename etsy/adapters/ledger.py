"""Etsy's operation on the ledger of the payment account: what was paid in, taken as fees, and paid out."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from stickertrendz.money import cents

from . import wire
from .transport import Priority, call
from .wire import Request

PAGE = 100


@dataclass(frozen=True)
class Entry:
    """type: Etsy's own word. amount: in `currency`, fees negative. reference: what it is about, None where not told."""

    entry_id: int
    posted_at: datetime
    type: str
    amount: Decimal
    currency: str
    reference_type: str
    reference_id: int | None


def page(since: datetime, until: datetime, offset: int) -> tuple[int, list[Entry]]:
    """How many entries there are from `since` to `until`, at most 31 days apart, and those from `offset` on."""
    query: dict[str, wire.Value] = {
        "min_created": int(since.timestamp()), "max_created": int(until.timestamp()), "limit": PAGE, "offset": offset,
    }  # fmt: skip
    path = f"/application/shops/{settings.ETSY_SHOP_ID}/payment-account/ledger-entries"
    request = Request("getShopPaymentAccountLedgerEntries", "GET", path, query=query)
    return call(request, lambda data: (int(data["count"]), list(map(_entry, wire.page(data)))), priority=Priority.STATS)


def _entry(data: Any) -> Entry:
    posted = wire.moment(data.get("created_timestamp") or data.get("create_date"))
    if posted is None:
        raise KeyError("created_timestamp")
    reference = str(data.get("reference_id") or "")  # told as text or as a number
    return Entry(
        entry_id=int(data["entry_id"]),
        posted_at=posted,
        type=str(data.get("ledger_type") or data.get("description") or "")[:60],
        amount=cents(Decimal(int(data["amount"])) / 100),
        currency=str(data["currency"])[:3],
        reference_type=str(data.get("reference_type") or "")[:40],
        reference_id=int(reference) if reference.isdigit() and int(reference) else None,
    )
