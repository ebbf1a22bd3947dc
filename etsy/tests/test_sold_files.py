"""What stands in Etsy's files of sold orders: any spelling of it, damaged lines told by number, orders whole or not."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from etsy import sold_files, sold_import
from etsy.tests.test_sold_import import ITEMS, ORDERS, address, day, file, item_row, order_row, take
from fulfillment.models import Order, OrderItem
from stickertrendz.ops import log
from stickertrendz.ops.models import AuditEntry, ErrorLog


def test_coupons_and_thousands_and_dollar_signs_are_read(db: None) -> None:
    sold = {**item_row(Price="$1,234.50", Quantity="1,000"), "Discount Amount": "4.50"}
    assert not take([("items.csv", file(ITEMS, sold))]).bad
    order = Order.objects.get()
    assert (str(order.total_amount), str(order.discount)) == ("1234495.50", "4.50")


@pytest.mark.parametrize(
    ("written", "amount"),
    [("5.49", "5.49"), ("5,49", "5.49"), ("1.234,50", "1234.50"), ("1,234", "1234.00"), ("US$5.4", "5.40"),
     ("1.234", ""), ("5.491", ""), ("", ""), ("5,4,9", ""), ("€5.49", ""), ("٥", "")],
)  # fmt: skip
def test_an_amount_is_read_with_either_decimal_sign_or_told(db: None, written: str, amount: str) -> None:
    made = take([("items.csv", file(ITEMS, item_row(Price=written)))])
    assert [str(order.total_amount) for order in Order.objects.all()] == ([amount] if amount else [])
    assert bool(made.bad) is not bool(amount)


def test_the_currency_of_the_file_is_kept(db: None) -> None:
    take([("items.csv", file(ITEMS, item_row(Currency="cad")))])
    assert Order.objects.get().currency == "CAD"


def with_delimiter(text: str, delimiter: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(csv.reader(io.StringIO(text, newline="")))
    return out.getvalue()


@pytest.mark.parametrize("encode", [
    lambda text: b"\xef\xbb\xbf" + text.encode(), lambda text: text.encode("cp1252"),
    lambda text: text.replace("Marsh", "Ma\0rsh").encode(), lambda text: text.replace("\r\n", "\n").encode(),
    lambda text: text.replace("\r\n", "\r").encode(), lambda text: with_delimiter(text, "\t").encode("utf-16"),
    lambda text: with_delimiter(text, ";").replace("5.49", "5,49").encode(),
    lambda text: text.replace("\r\n", "\r\n\r\n").encode(),
])  # fmt: skip
def test_files_are_read_as_etsy_or_a_spreadsheet_program_wrote_them(db: None, encode: Callable[[str], bytes]) -> None:
    text = file(ITEMS, {**item_row(), "Ship Name": "Zoé Marsh", "Item Name": 'A "frog",\nlarge'}).decode()
    assert not take([("items.csv", encode(text))]).bad
    found = address(Order.objects.get())
    assert found
    assert found.name == "Zoé Marsh"
    assert str(OrderItem.objects.get().unit_price) == "5.49"


def test_british_column_names_and_unknown_columns_are_taken(db: None) -> None:
    text = file([*ITEMS, "Moon Phase"], item_row()).decode().replace("Ship City", "Delivery City")
    assert not take([("items.csv", text.encode())]).bad
    assert Order.objects.count() == 1


def test_missing_columns_are_named(db: None) -> None:
    made = sold_import.plan([("odd.csv", b"Name,Street 1\nQuillon Marsh,12 Teapot Lane\n"), ("empty.csv", b"")])
    assert "Sale Date, Order ID, Full Name" in made.bad[0].why
    assert [one.file for one in made.bad] == ["odd.csv", "empty.csv"]


DAMAGED: list[dict[str, Any]] = [
    {"Quantity": "many"}, {"Quantity": "0"}, {"Price": "free"}, {"Price": "-1"}, {"Sale Date": "yesterday"},
    {"Order ID": ""}, {"Transaction ID": "9e99"}, {"Ship Country": "Atlantis"}, {"Order ID": "9" * 30},
    {"Sale Date": day(-9)}, {"Date Shipped": day(-9)},
    {"Currency": "dollars"},
]  # fmt: skip


@pytest.mark.parametrize("odd", DAMAGED)
def test_a_damaged_line_is_told_by_number_without_what_stands_in_it(
    db: None, tmp_path: Path, odd: dict[str, Any], caplog: pytest.LogCaptureFixture, capsys: Any
) -> None:
    path = tmp_path / "items.csv"
    path.write_bytes(file(ITEMS, item_row(**odd), *[item_row(503, 903)] * ("Order ID" in odd), item_row(502, 902)))
    out = io.StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("import_etsy_orders", str(path), stdout=out)
    assert [order.receipt_id for order in Order.objects.all()] == [502], "the good line is taken"
    assert "items.csv:2" in out.getvalue()
    log.flush()
    said = out.getvalue() + str(failed.value) + caplog.text + capsys.readouterr().err
    said += str([list(table.values()) for table in (ErrorLog.objects, AuditEntry.objects)])
    for secret in ("Quillon", "Marsh", "Teapot", "Dryville", "87001"):
        assert secret not in said


def test_a_new_order_with_a_damaged_line_is_not_taken_by_halves(db: None) -> None:
    made = take([("items.csv", file(ITEMS, item_row(), item_row(501, 902, Quantity="many"), item_row(502, 903)))])
    assert [(one.line, one.order_id) for one in made.bad] == [(3, 501)]
    assert [order.receipt_id for order in Order.objects.all()] == [502]


def test_rows_cut_short_and_open_quotes_do_not_hide_the_lines_before(db: None) -> None:
    text = file(ITEMS, item_row(), item_row(502, 902), item_row(503, 903)).decode()
    cut = text + "11/20/26,short\r\n" + '11/20/26,"never closed\r\n' + "11/20/26,swallowed\r\n"
    made = take([("items.csv", cut.encode())])
    assert (made.counts()["new"], [one.line for one in made.bad]) == (2, [5, 6, 4])


def test_an_order_beside_a_line_that_nobody_can_read_is_not_taken_by_halves(db: None) -> None:
    lines = file(ITEMS, *(item_row(number, number + 400) for number in (501, 502, 503, 504))).decode().splitlines()
    broken = [*lines[:3], "11/20/26,short", *lines[3:]]
    made = take([("items.csv", "\r\n".join(broken).encode())])
    assert [order.receipt_id for order in Order.objects.order_by("receipt_id")] == [501, 504]
    assert [(one.line, one.order_id) for one in made.bad] == [(4, None), (3, 502), (5, 503)]
    counts = take([("items.csv", "\r\n".join(lines).encode())]).counts()
    assert (counts["new"], counts["unchanged"]) == (2, 2), "the mended file brings them"


@pytest.mark.parametrize(("pieces", "taken"), [("3", 0), ("2", 1), ("1", 1), ("", 1)])
def test_an_order_of_which_pieces_are_missing_is_not_taken_by_halves(db: None, pieces: str, taken: int) -> None:
    files = [("orders.csv", file(ORDERS, {**order_row(), "Number of Items": pieces})),
             ("items.csv", file(ITEMS, item_row(Quantity=2)))]  # fmt: skip
    assert len(take(files).new) == taken == Order.objects.count()


WHOLE = file(ITEMS, *(item_row(500 + n, 900 + n, **{"Item Name": 'A "frog",\nlarge'}) for n in range(4)))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=30), st.integers(0, len(WHOLE)), st.integers(0, 60))
def test_whatever_became_of_a_file_it_is_read_to_its_end_and_nobody_is_named(junk: bytes, at: int, cut: int) -> None:
    sales: dict[int, sold_files.Sale] = {}
    try:
        bad = sold_files.read("items.csv", WHOLE[:at] + junk + WHOLE[at + cut :], sales)
    except sold_files.Unusable:
        assert at < WHOLE.index(b"\n"), "only a damaged header makes the whole file unusable"
        return
    assert not any(name in one.why for one in bad for name in ("Quillon", "Teapot"))
