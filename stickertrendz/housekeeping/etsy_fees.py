"""Etsy's fees of a month: what its ledger says beside what we computed, and what explains the difference."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import DecimalField, F, Sum

from etsy import ledger
from etsy.models import LedgerEntry
from fulfillment.fees import FEES
from fulfillment.models import Order, OrderItem
from stickertrendz import money
from stickertrendz.money import ZERO

from . import metrics
from .books import Books

NAMES = {
    "transaction": "Transaction fees", "processing": "Payment processing", "listing": "Listings and renewals",
    "ads": "Offsite Ads and Etsy Ads", "other_fees": "Other fees and credits",
}  # fmt: skip


@dataclass(frozen=True)
class Reason:
    """A part of the difference: dollars that the ledger has more (or less) than we computed."""

    name: str
    amount: Decimal
    note: str = ""


def computed(books: Books) -> Decimal:
    return books.etsy_fees + books.listing_fees


def reasons(books: Books, found: ledger.Sums, start: datetime, end: datetime) -> list[Reason]:
    """They come to the ledger's fees less the computed ones; the last is what none of the others explains."""
    known = [one for one in _known(found, start, end) if one.amount]
    rest = found.fees - computed(books) - money.total(one.amount for one in known)
    rates = "we computed a flat 10 %" if settings.ETSY_FEES == "flat" else "rounding, and fees given back on refunds"
    return [*known, Reason("Other rates", rest, f"{rates}; payment processing is not matched to orders")]


def _known(found: ledger.Sums, start: datetime, end: datetime) -> Iterator[Reason]:
    yield Reason("Ads", -found.of("ads"), "Offsite Ads and Etsy Ads are never computed")
    yield Reason("Other fees and credits", -found.of("other_fees"), "never computed")
    yield Reason("Orders of other months", ledger.strangers(start, end), "transaction fees posted or given back here")
    orders, fees = _unposted(start, end)
    several = "order" if orders == 1 else "orders"
    yield Reason("Not posted yet", -fees, f"{orders:,} {several} of this month without a transaction fee in the ledger")


def _unposted(start: datetime, end: datetime) -> tuple[int, Decimal]:
    """Orders sold in the span for which no fee was posted at any time, and the fees computed for them."""
    posted = LedgerEntry.objects.filter(type="transaction", order__isnull=False).values("order")
    items = metrics.sold(start, end).exclude(order__in=posted)
    orders = Order.objects.filter(pk__in=items.order_by().values("order"))
    paid = Sum(F("total_amount") - F("refunded_amount"), output_field=DecimalField())
    count, units = orders.count(), OrderItem.objects.filter(pk__in=items).aggregate(units=Sum("quantity"))["units"]
    kept = orders.aggregate(paid=paid)["paid"] or ZERO
    return count, money.cents(FEES[settings.ETSY_FEES].of(Decimal(kept), units or 0, count)) if count else ZERO
