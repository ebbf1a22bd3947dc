"""Brings the entries of Etsy's ledger in, window by window, and tells what they mean for the shop's books."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial

from django.db.models import Count, Min, Sum
from django.db.models.functions import TruncMonth

from fulfillment.models import Order, OrderItem
from stickertrendz import clock
from stickertrendz.money import ZERO, cents
from stickertrendz.ops.models import Health
from stickertrendz.ops.runner import Running

from .adapters import ledger
from .adapters.ledger import Entry
from .limits import reading
from .models import LedgerEntry, Listing

CURSOR = "etsy ledger"  # since: from when on entries were read; seen_at: until when
WINDOW = timedelta(days=31)
OVERLAP = timedelta(days=3)  # entries may be written with an earlier date than the one they come up on
DEEPEST = 12_000  # Etsy's largest offset: a window with more entries is read in halves
REFUND = "_refund"
# What Etsy's types come to, by lower-case type without "_refund"; what is not named here is left out and told.
MEANINGS = {
    "transaction": "transaction shipping_transaction gift_wrap_fees",
    "processing": "payment_processing_fee",
    "listing": "listing listing_private transaction_quantity "
    "renew_sold renew_sold_auto renew_expired auto_renew_expired",
    "ads": "offsite_ads_fee prolist",
    "other_fees": "regulatory_operating_fee vat_seller_services seller_driven_traffic_credit",
    "labels": "shipping_labels shipping_label shipping_label_usps_adjustment shipping_label_usps_adjustment_credit",
    "payments": "payment payment_gross",
    "refunds": "refund refund_gross",
    "passed_on": "sales_tax buyer_fee",
    "payouts": "disburse disburse2 deposit recoup billing_payment adyenbalance_reversal",
}
FEES = ("transaction", "processing", "listing", "ads", "other_fees")
UNKNOWN, CURRENCY = "unknown", "USD"
_MEANING_OF = {name: meaning for meaning, names in MEANINGS.items() for name in names.split()}


def meaning(entry_type: str, currency: str) -> str:
    """One of MEANINGS or unknown. What is given back of a fee means what the fee does; only dollars are known."""
    known = _MEANING_OF.get(entry_type.lower().removesuffix(REFUND), UNKNOWN)
    return known if currency == CURRENCY else UNKNOWN


@dataclass(frozen=True)
class Sums:
    """Dollars by meaning, with Etsy's signs, and how many entries nobody knows the meaning of."""

    amounts: dict[str, Decimal]
    unknown: int = 0

    def of(self, *meanings: str) -> Decimal:
        return sum((self.amounts.get(name, ZERO) for name in meanings), ZERO)

    @property
    def fees(self) -> Decimal:
        """What Etsy took, less what it gave back: positive."""
        return -self.of(*FEES)


def sums(rows: Sequence[tuple[str, str, Decimal, int]]) -> Sums:
    """rows: type, currency, sum and count of entries, as `totals` gives them."""
    amounts, unknown = dict[str, Decimal](), 0
    for entry_type, currency, amount, count in rows:
        means = meaning(entry_type, currency)
        amounts[means] = amounts.get(means, ZERO) + cents(amount)  # SQLite adds up in binary
        unknown += count if means == UNKNOWN else 0
    amounts.pop(UNKNOWN, None)
    return Sums(amounts, unknown)


def totals(start: datetime, end: datetime) -> Sums:
    """Entries of the half-open span, in one query."""
    rows = LedgerEntry.objects.filter(posted_at__gte=start, posted_at__lt=end).order_by()
    grouped = rows.values_list("type", "currency").annotate(Sum("amount"), Count("pk"))
    return sums([(name, currency, amount, count) for name, currency, amount, count in grouped])


def by_month() -> dict[date, Sums]:
    """Entries of each month, in one query."""
    rows = LedgerEntry.objects.order_by().values_list(TruncMonth("posted_at", tzinfo=UTC), "type", "currency")
    found: dict[date, list[tuple[str, str, Decimal, int]]] = defaultdict(list)
    for month, name, currency, amount, count in rows.annotate(Sum("amount"), Count("pk")):
        found[month.date()].append((name, currency, amount, count))
    return {month: sums(grouped) for month, grouped in found.items()}


def strangers(start: datetime, end: datetime) -> Decimal:
    """Of that span, the fees less credits of orders that were made before or after it: positive when they cost."""
    rows = LedgerEntry.objects.filter(posted_at__gte=start, posted_at__lt=end, order__isnull=False).order_by()
    others = rows.exclude(order__ordered_at__gte=start, order__ordered_at__lt=end)
    grouped = others.values_list("type", "currency").annotate(Sum("amount"), Count("pk"))
    told = sums([(name, currency, amount, count) for name, currency, amount, count in grouped])
    return -told.of("transaction")


@dataclass(frozen=True)
class Reach:
    """From and until when the ledger was read."""

    since: datetime
    until: datetime

    def holds(self, start: datetime, end: datetime) -> bool:
        """Whether nothing of that span can be missing any more."""
        return self.since <= start and self.until >= end + OVERLAP


def reach() -> Reach | None:
    """None while nothing was read yet."""
    row = Health.objects.filter(name=CURSOR).first()
    return Reach(row.since, row.seen_at) if row else None


def import_ledger(run: Running) -> None:
    """What was posted since the last reading and three days before it; goes on where a failed run stopped."""
    read = reach()
    since = max(read.since, read.until - OVERLAP) if read else _beginning()
    if since is None:
        return
    begun, now = read.since if read else since, clock.now()
    for start, end in windows(since, now):
        if run.out_of_time():
            run.note("The rest of Etsy's ledger is read by the next run.")
            return
        if reading(run, "ledger entries", partial(_read, run, start, end)) is None:
            return
        Health.objects.update_or_create(
            name=CURSOR, defaults={"ok": True, "reason": "", "seen_at": max(end, read.until if read else end)},
            create_defaults={"ok": True, "seen_at": end, "since": begun},
        )  # fmt: skip


def _beginning() -> datetime | None:
    """The first moment of the month of the first sale or listing; None before that."""
    first_sale = OrderItem.objects.aggregate(at=Min("sold_at"))["at"]
    first_listing = Listing.objects.aggregate(at=Min("created_at"))["at"]
    first = min((at for at in (first_sale, first_listing) if at), default=None)
    return first.replace(day=1, hour=0, minute=0, second=0, microsecond=0) if first else None


def windows(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Spans of at most 31 days that touch each other, the oldest first."""
    while since < until:
        end = min(since + WINDOW, until)
        yield since, end
        since = end


def _read(run: Running, since: datetime, until: datetime) -> bool:
    """Every page of the window; its end is fixed, so that what is posted meanwhile moves no page."""
    offset = 0
    while True:
        count, entries = ledger.page(since, until, offset)
        if count > DEEPEST and until - since > timedelta(minutes=1):
            middle = since + (until - since) / 2
            return _read(run, since, middle) and _read(run, middle, until)
        run.count("ledger_entries", keep(entries))
        run.beat()
        offset += len(entries)
        if not entries or offset >= count:
            return True


def keep(entries: Sequence[Entry]) -> int:
    """Writes them down once each, matched to order and listing; returns how many are new. Five queries."""
    ids = [entry.entry_id for entry in entries]
    known = set(LedgerEntry.objects.filter(entry_id__in=ids).values_list("entry_id", flat=True))
    orders, listings = _orders(entries), _listings(entries)
    rows = [
        LedgerEntry(
            entry_id=entry.entry_id, posted_at=entry.posted_at, type=entry.type, amount=entry.amount,
            currency=entry.currency, reference_type=entry.reference_type, reference_id=entry.reference_id,
            order_id=orders.get((entry.reference_type, entry.reference_id)),
            listing_id=listings.get((entry.reference_type, entry.reference_id)),
        )
        for entry in {entry.entry_id: entry for entry in entries}.values()
    ]  # fmt: skip
    matched = ["order", "listing"]  # an order may come in after its fees; nothing else of an entry ever changes
    LedgerEntry.objects.bulk_create(rows, update_conflicts=True, unique_fields=["entry_id"], update_fields=matched)
    return len(rows) - len(known)


Reference = tuple[str, int | None]


def _orders(entries: Sequence[Entry]) -> dict[Reference, int]:
    receipts = Order.objects.filter(receipt_id__in=_named(entries, "receipt")).values_list("receipt_id", "pk")
    lines = OrderItem.objects.filter(transaction_id__in=_named(entries, "transaction"))
    found: dict[Reference, int] = {("receipt", number): key for number, key in receipts}
    return found | {("transaction", number): key for number, key in lines.values_list("transaction_id", "order")}


def _listings(entries: Sequence[Entry]) -> dict[Reference, int]:
    rows = Listing.objects.filter(etsy_id__in=_named(entries, "listing")).values_list("etsy_id", "pk")
    return {("listing", number): key for number, key in rows}


def _named(entries: Sequence[Entry], kind: str) -> list[int]:
    return [entry.reference_id for entry in entries if entry.reference_type == kind and entry.reference_id]
