"""The monthly statement: what was sold, what was taken off, and what is left, line by line and month by month."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import TruncMonth

from etsy import ledger
from etsy.ledger import FEES, Reach, Sums
from stickertrendz.money import ZERO
from stickertrendz.ops.models import Metric

from . import books, etsy_fees
from .books import Books
from .metrics import span

COLUMNS = (
    "month", "orders", "stickers", "sales", "coupons", "refunds", "revenue", "etsy_fees_computed",
    "listing_fees_computed", "transaction_fees_ledger", "processing_fees_ledger", "listing_fees_ledger", "ads_ledger",
    "other_fees_ledger", "fees_counted", "print", "postage", "packaging", "ai", "profit",
)  # fmt: skip


@dataclass(frozen=True)
class Month:
    """first: its first day. going: it has not ended yet, or its last day is not closed.

    ledger: what of Etsy's ledger is known of it, None before it was read. by_ledger: all of it is known and
    understood, and Etsy's fees are taken from it.
    """

    first: date
    books: Books
    going: bool
    ledger: Sums | None = None
    by_ledger: bool = False

    @property
    def name(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def row(self) -> list[str]:
        """As in the CSV, in the order of COLUMNS; what is taken off is negative, what is not known empty."""
        one = self.books
        before = (one.sales, -one.coupons, -one.refunds, one.revenue, -one.etsy_fees, -one.listing_fees)
        after = (-one.print_cost, -one.postage, -one.packaging, -one.ai_spend, self.profit)
        told = [str(self.ledger.of(name) + ZERO) if self.ledger else "" for name in FEES]
        counted = "ledger" if self.by_ledger else "computed"
        return [self.name, str(one.orders), str(one.units), *map(_plain, before), *told, counted, *map(_plain, after)]

    @property
    def fees(self) -> Decimal:
        """Etsy's: by its ledger when that is complete, else as computed."""
        return self.ledger.fees if self.ledger and self.by_ledger else etsy_fees.computed(self.books)

    @property
    def costs(self) -> Decimal:
        return self.books.costs - etsy_fees.computed(self.books) + self.fees

    @property
    def profit(self) -> Decimal:
        return self.books.revenue - self.costs

    @property
    def source(self) -> str:
        """Where Etsy's fees come from, in a few words."""
        if self.by_ledger:
            return "by Etsy’s ledger"
        if self.ledger and self.ledger.unknown:
            return f"computed: {self.ledger.unknown} entries of the ledger are not understood"
        return "computed: the ledger is not complete" if self.ledger else "computed: the ledger was not read"


@dataclass(frozen=True)
class Line:
    """One line of a statement. kind: "" for a part, "sum" for what the parts above come to."""

    name: str
    amount: Decimal
    note: str = ""
    kind: str = ""

    @property
    def size(self) -> Decimal:
        """Without its sign."""
        return abs(self.amount)


def _plain(amount: Decimal) -> str:
    return str(amount + ZERO)


def last_day(first: date) -> date:
    """Of the month that begins on `first`."""
    return (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def month(first: date, today: date) -> Month:
    """The month that begins on `first`, up to today when it has not ended."""
    last = last_day(first)
    closed = books.closed_until()
    one = Month(first, books.read(first, min(last, today)), closed is None or closed < last)
    return _with_ledger(one, ledger.reach(), ledger.totals(*bounds(first)))


def bounds(first: date) -> tuple[datetime, datetime]:
    """The month that begins on `first`, as a half-open span."""
    return span(first)[0], span(last_day(first))[1]


def _with_ledger(one: Month, reach: Reach | None, found: Sums | None) -> Month:
    """The month with what the ledger says of it, as far as it was read."""
    start, end = bounds(one.first)
    if reach is None or reach.until <= start or reach.since >= end:
        return one
    known = found or Sums({})
    return replace(one, ledger=known, by_ledger=reach.holds(start, end) and not known.unknown and not one.going)


def months(today: date) -> list[Month]:
    """Every month of which there are figures, the newest first; the same queries however many there are."""
    closed, found = books.closed_until(), dict[date, dict[str, Decimal]]()
    rows = Metric.objects.filter(name__in=books.FIGURES, day__lt=today.replace(day=1)).order_by()
    for first, name, value in rows.values_list(TruncMonth("day"), "name").annotate(Sum("value")):
        found.setdefault(first, {})[name] = value
    past = [
        Month(first, books.books(figures), closed is None or closed < last_day(first))
        for first, figures in found.items()
    ]
    settled = [one if not one.going else month(one.first, today) for one in past]
    reach, told = ledger.reach(), ledger.by_month()
    every = [_with_ledger(one, reach, told.get(one.first)) for one in [*settled, month(today.replace(day=1), today)]]
    return sorted(every, key=lambda one: one.first, reverse=True)


def lines(found: Month) -> Iterator[Line]:
    """From the prices in the shop down to what is left."""
    one = found.books
    yield Line("Sales at shop prices", one.sales, f"{one.orders} orders, {one.units} stickers")
    yield Line("Coupons", -one.coupons)
    yield Line("Refunds", -one.refunds, "of orders of this month, whenever they were paid back")
    yield Line("Revenue", one.revenue, kind="sum")
    if found.ledger and found.by_ledger:
        for name in FEES:
            yield Line(etsy_fees.NAMES[name], found.ledger.of(name), "by Etsy’s ledger, less what was given back")
    else:
        yield Line("Etsy’s fees", -one.etsy_fees, "computed from its rates: transaction, payment, renewals")
        yield Line("Listing fees", -one.listing_fees, "computed: $0.20 for each listing put on sale")
    yield Line("Print", -one.print_cost, "by the print costs you entered")
    yield Line("Postage", -one.postage, "by the shipping rates you entered")
    yield Line("Packaging", -one.packaging)
    yield Line("AI", -one.ai_spend, "models and pictures")
    yield Line("Profit", found.profit, "before the fixed costs of accounts and hosting", "sum")
