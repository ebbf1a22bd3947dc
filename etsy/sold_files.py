"""Etsy's downloads of sold orders and sold order items, read line by line; a bad line never hides the others.

What is told about a line names its number and order, never what stands in it: the files are full of customer data.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from fulfillment.privacy import Address
from stickertrendz import clock, money

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
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
CUT = "from here on the file cannot be read: a quotation mark is not closed"
AMOUNT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?")  # 1,234.50
EUROPEAN = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d+),(\d{1,2})")  # 1.234,50
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
    """One order as far as the files tell it. Dates are days of the shop's own time zone, as midnight UTC.

    pieces: how many were bought, where it is told. doubtful: a line beside its own cannot be read and may be its own.
    """

    order_id: int
    file: str
    line: int
    sold_on: datetime
    paid: bool = True
    shipped_on: datetime | None = None
    status: str = ""
    buyer_user_id: int | None = None
    address: Address | None = None
    currency: str = "USD"
    pieces: int = 0
    doubtful: bool = False
    items: dict[int, Sold] = field(default_factory=dict)

    def add(self, other: "Sale") -> None:
        """What another line, or the other file, tells about the same order."""
        self.items |= other.items
        self.address = self.address or other.address
        self.shipped_on = self.shipped_on or other.shipped_on
        self.status = self.status or other.status
        self.buyer_user_id = self.buyer_user_id or other.buyer_user_id
        self.paid = self.paid and other.paid
        self.pieces = self.pieces or other.pieces


def read(name: str, content: bytes, sales: dict[int, Sale]) -> list[Bad]:
    """Adds the file's orders to `sales` by order id and gives the bad lines; Unusable names missing columns."""
    text = _text(content)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    kind, header = _header(name, rows)
    bad: list[Bad] = []
    before: Sale | None = None
    unclear = False  # whether nobody can tell whose the line before is
    for number, cells in _numbered(rows):
        found = _line(kind, header, cells, name, number)
        if isinstance(found, Bad):
            bad.append(found)
            unclear = kind == ITEMS and found.order_id is None
            if before:
                before.doubtful |= unclear
            continue
        before = sales.setdefault(found.order_id, found)
        before.add(found)
        before.doubtful |= unclear
        unclear = False
    return bad


def _header(name: str, rows: Iterator[list[str]]) -> tuple[str, list[str]]:
    header = [BRITISH.get(one, one) for one in (cell.strip().casefold() for cell in next(rows, []))]
    kind = ITEMS if "transaction id" in header else ORDERS
    missing = [column for column in NEEDED[kind] if column not in header]
    if missing:
        told = ", ".join(column.title().replace(" Id", " ID") for column in missing)
        raise Unusable(f"{name} is not Etsy's file of {kind}: it has no column {told}.")
    return kind, header


def _line(kind: str, header: list[str], cells: list[str] | None, name: str, number: int) -> Sale | Bad:
    """Of a line whose columns are shifted not even the order id can be trusted."""
    if cells is None or len(cells) != len(header):
        why = CUT if cells is None else f"it has {len(cells)} columns instead of {len(header)}"
        return Bad(name, number, why)
    row = dict(zip(header, map(str.strip, cells), strict=True))
    try:
        return _item(row, name, number) if kind == ITEMS else _order(row, name, number)
    except ValueError as error:
        return Bad(name, number, str(error), _known_id(row))


def _text(content: bytes) -> str:
    """UTF-8 as Etsy writes it, or what a spreadsheet program made of it; without NUL."""
    try:
        text = content.decode("utf-16" if content.startswith(UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    return text.replace("\0", "")


def _delimiter(text: str) -> str:
    """A comma as Etsy writes it, or what a spreadsheet program puts between columns in other countries."""
    return max(",;\t", key=text.partition("\n")[0].count)


def _numbered(rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str] | None]]:
    """Each row that is not empty, with the number of the line it begins in; None for a rest that cannot be read."""
    number = 2
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield number, None
            return
        if any(cell.strip() for cell in cells):
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
        currency=_currency(row),
        pieces=_number(row, "number of items") if row.get("number of items") else 0,
    )


def _item(row: dict[str, str], name: str, line: int) -> Sale:
    sold = Sold(
        transaction_id=_number(row, "transaction id"),
        listing_id=_number(row, "listing id") if row["listing id"] else None,
        sku=row.get("sku", ""),
        title=row["item name"],
        quantity=_number(row, "quantity", most=100_000),
        price=_money(row, "price"),
        discount=_money(row, "discount amount") if row.get("discount amount") else money.ZERO,
    )
    return Sale(
        order_id=_number(row, "order id"),
        file=name,
        line=line,
        sold_on=_date(row, "sale date"),
        paid=bool(row.get("date paid", "paid")),
        shipped_on=_date(row, "date shipped") if row.get("date shipped") else None,
        address=_address(row, row["ship name"], row["ship address1"], row.get("ship address2", "")),
        currency=_currency(row),
        items={sold.transaction_id: sold},
    )


def _address(row: dict[str, str], name: str, first: str, second: str) -> Address | None:
    """None where nobody needs it or the file tells no street; ValueError for a country unknown to us by name."""
    if not first or row.get("date shipped"):
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
    text = row[column].lstrip("US$ ")
    match = AMOUNT.fullmatch(text) or EUROPEAN.fullmatch(text)
    if match is None or not text.isascii():
        raise ValueError(f"its {column} is not an amount")
    amount = Decimal(re.sub(r"[.,]", "", match[1]) + "." + (match[2] or "0"))
    if amount >= 1_000_000:
        raise ValueError(f"its {column} is not an amount")
    return money.cents(amount)


def _currency(row: dict[str, str]) -> str:
    code = (row.get("currency") or "USD").upper()
    if len(code) != 3 or not code.isalpha():
        raise ValueError("its currency is not a code such as USD")
    return code


def _date(row: dict[str, str], column: str) -> datetime:
    """Days first would be read as months first, unless they lie in the future: those at least are told."""
    for form in DATES:
        try:
            day = datetime.strptime(row[column], form).replace(tzinfo=UTC)
        except ValueError:
            continue
        if day > clock.now() + timedelta(days=1):
            raise ValueError(f"its {column} lies in the future; dates are month/day/year")
        return day
    raise ValueError(f"its {column} is not a date such as 11/20/26")
