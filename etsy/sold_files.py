"""Etsy's downloads of sold orders and sold order items, read line by line; a bad line never hides the others.

What is told about a line names its number and order, never what stands in it: the files are full of customer data.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from fulfillment.privacy import Address
from stickertrendz import money

ORDERS = "sold orders"
ITEMS = "sold order items"
PLACE = ("ship city", "ship state", "ship zipcode", "ship country")
NEEDED = {
    ORDERS: ("sale date", "order id", "full name", "street 1", "street 2", *PLACE),
    ITEMS: ("sale date", "order id", "transaction id", "listing id", "item name", "quantity", "price", "ship name",
            "ship address1", *PLACE),
}  # fmt: skip
BRITISH = {"date posted": "date shipped", **{name.replace("ship", "delivery"): name for name in PLACE}}
DATES = ("%m/%d/%y", "%m/%d/%Y", "%Y-%m-%d")
UNITED_STATES = "united states"
LARGEST_ID = 2**63 - 1


class Unusable(Exception):
    """A file that is none of Etsy's two, in words for the operator."""


@dataclass(frozen=True)
class Bad:
    """A line that could not be read or taken."""

    file: str
    line: int
    why: str
    order_id: int | None = None


@dataclass(frozen=True)
class Sold:
    """One transaction; discount: this line's share of a coupon."""

    transaction_id: int
    listing_id: int | None
    sku: str
    title: str
    quantity: int
    price: Decimal
    discount: Decimal


@dataclass
class Sale:
    """One order as far as the files tell it. Dates are days of the shop's own time zone, as midnight UTC."""

    order_id: int
    file: str
    line: int
    sold_on: datetime
    paid: bool = True
    shipped_on: datetime | None = None
    status: str = ""
    buyer_user_id: int | None = None
    address: Address | None = None
    items: dict[int, Sold] = field(default_factory=dict)

    def add(self, other: "Sale") -> None:
        """What another line, or the other file, tells about the same order."""
        self.items |= other.items
        self.address = self.address or other.address
        self.shipped_on = self.shipped_on or other.shipped_on
        self.status = self.status or other.status
        self.buyer_user_id = self.buyer_user_id or other.buyer_user_id
        self.paid = self.paid and other.paid


def read(name: str, content: bytes, sales: dict[int, Sale]) -> list[Bad]:
    """Adds the file's orders to `sales` by order id and gives the bad lines; Unusable names missing columns."""
    rows = csv.reader(io.StringIO(_text(content), newline=""))
    header = [BRITISH.get(one, one) for one in (cell.strip().casefold() for cell in next(rows, []))]
    kind = ITEMS if "transaction id" in header else ORDERS
    missing = [column for column in NEEDED[kind] if column not in header]
    if missing:
        told = ", ".join(column.title().replace(" Id", " ID") for column in missing)
        raise Unusable(f"{name} is not Etsy's file of {kind}: it has no column {told}.")
    bad: list[Bad] = []
    for line, cells in _numbered(rows, name, bad):
        if not any(cell.strip() for cell in cells):
            continue
        row = {column: cell.strip() for column, cell in zip(header, cells, strict=False)}
        try:
            if len(cells) != len(header):
                raise ValueError(f"it has {len(cells)} columns instead of {len(header)}")
            sale = _item(row, name, line) if kind == ITEMS else _order(row, name, line)
        except ValueError as error:
            bad.append(Bad(name, line, str(error), _known_id(row)))
            continue
        sales.setdefault(sale.order_id, sale).add(sale)
    return bad


def _text(content: bytes) -> str:
    """UTF-8 as Etsy writes it, or what a spreadsheet program made of it; without NUL."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    return text.replace("\0", "")


def _numbered(rows: Iterator[list[str]], name: str, bad: list[Bad]) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of the line it begins in; an unreadable rest ends the file."""
    number = 2
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error:
            bad.append(Bad(name, number, "from here on the file cannot be read: a quotation mark is not closed"))
            return
        yield number, cells
        number = rows.line_num + 1  # type: ignore[attr-defined]  # csv's reader has it


def _known_id(row: dict[str, str]) -> int | None:
    text = row.get("order id", "").lstrip("#")
    return int(text) if text.isascii() and text.isdigit() and int(text) <= LARGEST_ID else None


def _order(row: dict[str, str], name: str, line: int) -> Sale:
    buyer = row.get("buyer user id", "")
    return Sale(
        order_id=_number(row, "order id"),
        file=name,
        line=line,
        sold_on=_date(row, "sale date"),
        shipped_on=_date(row, "date shipped") if row.get("date shipped") else None,
        status=row.get("status", ""),
        buyer_user_id=int(buyer) if buyer.isascii() and buyer.isdigit() and len(buyer) < 19 else None,
        address=_address(row, row["full name"], row["street 1"], row["street 2"]),
    )


def _item(row: dict[str, str], name: str, line: int) -> Sale:
    sold = Sold(
        transaction_id=_number(row, "transaction id"),
        listing_id=_number(row, "listing id") if row["listing id"] else None,
        sku=row.get("sku", ""),
        title=row["item name"],
        quantity=_number(row, "quantity", most=100_000),
        price=_money(row, "price"),
        discount=_money(row, "discount amount"),
    )
    return Sale(
        order_id=_number(row, "order id"),
        file=name,
        line=line,
        sold_on=_date(row, "sale date"),
        paid=bool(row.get("date paid", "paid")),
        shipped_on=_date(row, "date shipped") if row.get("date shipped") else None,
        address=_address(row, row["ship name"], row["ship address1"], row.get("ship address2", "")),
        items={sold.transaction_id: sold},
    )


def _address(row: dict[str, str], name: str, first: str, second: str) -> Address | None:
    """None where the file tells no street; ValueError for a country we cannot name in two letters."""
    if not first:
        return None
    country = row["ship country"]
    code = "US" if country.casefold() == UNITED_STATES else country.upper()
    if len(code) != 2 or not code.isalpha():
        raise ValueError("its country is not the United States; enter the address of this order by hand")
    zip_code = row["ship zipcode"]
    if code == "US" and zip_code.isdigit():
        zip_code = zip_code.zfill(5)  # spreadsheet programs drop leading zeros
    return Address(name, first, second, row["ship city"], row["ship state"], zip_code, code)


def _number(row: dict[str, str], column: str, most: int = LARGEST_ID) -> int:
    text = row[column].lstrip("#").replace(",", "")
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) <= most:
        raise ValueError(f"its {column} is not a number")
    return int(text)


def _money(row: dict[str, str], column: str) -> Decimal:
    text = row.get(column, "").replace(",", "").lstrip("US$ ")
    try:
        amount = money.cents(Decimal(text or "0"))
    except (InvalidOperation, ValueError):
        raise ValueError(f"its {column} is not an amount") from None
    if not 0 <= amount < 1_000_000:
        raise ValueError(f"its {column} is not an amount")
    return amount


def _date(row: dict[str, str], column: str) -> datetime:
    for form in DATES:
        try:
            return datetime.strptime(row[column], form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise ValueError(f"its {column} is not a date such as 11/20/26")
