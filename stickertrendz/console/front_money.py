"""The money of today, this month and the last: from revenue down to what is left, each figure with its rows."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.urls import reverse

from stickertrendz.housekeeping import books
from stickertrendz.housekeeping.books import Books
from stickertrendz.housekeeping.metrics import span

from .front_needs import rows_of
from .shop_filters import span_value

STEPS = (
    ("Revenue", "revenue"), ("Etsy’s fees", "etsy_fees"), ("Listing fees", "listing_fees"), ("Print", "print_cost"),
    ("Postage", "postage"), ("Packaging", "packaging"), ("AI", "ai_spend"), ("Profit", "profit"),
)  # fmt: skip
COST_ROWS = {"print_cost": "fulfillment.printcost", "postage": "fulfillment.shippingrate"}


@dataclass(frozen=True)
class Cell:
    words: str
    href: str
    is_loss: bool = False


@dataclass(frozen=True)
class Fall:
    """One step of the waterfall. cells: one per span. start, width: percent, of this month."""

    name: str
    cells: list[Cell]
    start: float
    width: float
    kind: str


@dataclass(frozen=True)
class Span:
    name: str
    first: date
    last: date
    books: Books

    @property
    def orders(self) -> Cell:
        href = rows_of("fulfillment.order", sold=span_value(self.first, self.last))
        return Cell(f"{self.books.orders} orders" if self.books.orders != 1 else "1 order", href)


def spans(now: datetime) -> list[Span]:
    """Today is added up once and told twice: alone and within its month."""
    today = now.date()
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    this_day = books.read(today, today)
    so_far = _together(books.read(month, today - timedelta(days=1)), this_day) if month < today else this_day
    last_month = books.read(before.replace(day=1), before)
    return [
        Span("Today", today, today, this_day), Span("This month", month, today, so_far),
        Span("Last month", before.replace(day=1), before, last_month),
    ]  # fmt: skip


def _together(one: Books, other: Books) -> Books:
    return Books(*(getattr(one, each.name) + getattr(other, each.name) for each in fields(Books)))


def falls(found: list[Span]) -> Iterator[Fall]:
    """The bars show this month; a loss goes to the left edge."""
    month = next(one for one in found if one.name == "This month").books
    whole = max(month.revenue, month.costs, Decimal("0.01"))
    left = Decimal(0)
    for title, name in STEPS:
        amount = getattr(month, name)
        left = amount if name in ("revenue", "profit") else left - amount
        start = Decimal(0) if name in ("revenue", "profit") else max(left, Decimal(0))
        shown = abs(amount) if name in ("revenue", "profit") else max(left + amount, Decimal(0)) - start
        cells = [_cell(name, one) for one in found]
        yield Fall(title, cells, _share(start, whole), _share(min(shown, whole), whole), _kind(name, amount))


def _cell(name: str, one: Span) -> Cell:
    amount = _signed(name, one.books)
    return Cell(dollars(amount), rows(name, one.first, one.last), name == "profit" and amount < 0)


def _signed(name: str, one: Books) -> Decimal:
    amount: Decimal = getattr(one, name)
    return amount if name in ("revenue", "profit") else -amount


def _kind(name: str, amount: Decimal) -> str:
    if name == "revenue":
        return "revenue"
    if name == "profit":
        return "profit" if amount >= 0 else "loss"
    return "cost"


def _share(part: Decimal, whole: Decimal) -> float:
    return round(float(part / whole * 100), 1)


def dollars(amount: Decimal) -> str:
    """With a true minus, and a dash for nothing."""
    return f"{'−' if amount < 0 else ''}${abs(amount):,.2f}" if amount else "–"


def rows(name: str, first: date, last: date) -> str:
    """Where that figure of those days comes from."""
    start, end = moments(first, last)
    if name == "revenue":
        return rows_of("fulfillment.order", sold=span_value(first, last))
    if name == "listing_fees":
        return rows_of("etsy.listing", fee_booked_at__gte=start, fee_booked_at__lt=end)
    if name == "ai_spend":
        return rows_of("ops.call", at__gte=start, at__lt=end, cost_micro__gt=0)
    if name in COST_ROWS:
        return rows_of(COST_ROWS[name])
    return statement(first)


def statement(first: date) -> str:
    return reverse("statement_month", args=[f"{first:%Y-%m}"])


def moments(first: date, last: date) -> tuple[datetime, datetime]:
    """From the first moment of the first day up to the one after the last day."""
    return span(first)[0], span(last)[1]
