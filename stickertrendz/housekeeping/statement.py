"""The monthly statement: what was sold, what was taken off, and what is left, line by line and month by month."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import TruncMonth

from stickertrendz.money import ZERO
from stickertrendz.ops.models import Metric

from . import books
from .books import Books

COLUMNS = (
    "month", "orders", "stickers", "sales", "coupons", "refunds", "revenue", "etsy_fees_computed", "listing_fees",
    "print", "postage", "packaging", "ai", "profit",
)  # fmt: skip


@dataclass(frozen=True)
class Month:
    """first: its first day. going: it has not ended yet, or its last day is not closed."""

    first: date
    books: Books
    going: bool

    @property
    def name(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def row(self) -> list[str]:
        """As in the CSV, in the order of COLUMNS; what is taken off is negative."""
        one = self.books
        dollars = (
            one.sales, -one.coupons, -one.refunds, one.revenue, -one.etsy_fees, -one.listing_fees, -one.print_cost,
            -one.postage, -one.packaging, -one.ai_spend, one.profit,
        )  # fmt: skip
        return [self.name, str(one.orders), str(one.units), *(str(amount + ZERO) for amount in dollars)]


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


def last_day(first: date) -> date:
    """Of the month that begins on `first`."""
    return (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def month(first: date, today: date) -> Month:
    """The month that begins on `first`, up to today when it has not ended."""
    last = last_day(first)
    closed = books.closed_until()
    return Month(first, books.read(first, min(last, today)), closed is None or closed < last)


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
    return sorted([*settled, month(today.replace(day=1), today)], key=lambda one: one.first, reverse=True)


def lines(one: Books) -> Iterator[Line]:
    """From the prices in the shop down to what is left."""
    yield Line("Sales at shop prices", one.sales, f"{one.orders} orders, {one.units} stickers")
    yield Line("Coupons", -one.coupons)
    yield Line("Refunds", -one.refunds, "of orders of this month, whenever they were paid back")
    yield Line("Revenue", one.revenue, kind="sum")
    yield Line("Etsy’s fees", -one.etsy_fees, "computed, not Etsy’s ledger: transaction, payment, renewal of what sold")
    yield Line("Listing fees", -one.listing_fees, "$0.20 for each listing put on sale")
    yield Line("Print", -one.print_cost, "by the print costs you entered")
    yield Line("Postage", -one.postage, "by the shipping rates you entered")
    yield Line("Packaging", -one.packaging)
    yield Line("AI", -one.ai_spend, "models and pictures")
    yield Line("Profit", one.profit, "before the fixed costs of accounts and hosting", "sum")
