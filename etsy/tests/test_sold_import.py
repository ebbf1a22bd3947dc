"""Etsy's files of sold orders: addresses filled in, nothing doubled, nothing erased comes back, no data told."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from etsy import sold_import
from etsy.tests.conftest import MakeSticker
from etsy.tests.test_receipts import import_orders
from fulfillment import privacy, privacy_erasure
from fulfillment.models import Order, OrderItem
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops.models import AuditEntry
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.etsy import sales
from stickertrendz.testing import assert_growth

Time = time_machine.Traveller
Files = list[tuple[str, bytes]]
ORDERS = [
    "Sale Date", "Order ID", "Buyer User ID", "Full Name", "First Name", "Last Name", "Number of Items",
    "Payment Method", "Date Shipped", "Street 1", "Street 2", "Ship City", "Ship State", "Ship Zipcode",
    "Ship Country", "Currency", "Order Value", "Coupon Code", "Coupon Details", "Discount Amount",
    "Shipping Discount", "Shipping", "Sales Tax", "Order Total", "Status", "Card Processing Fees", "Order Net",
    "Adjusted Order Total", "Adjusted Card Processing Fees", "Adjusted Net Order Amount", "Buyer", "Order Type",
    "Payment Type", "InPerson Discount", "InPerson Location", "SKU",
]  # fmt: skip
ITEMS = [
    "Sale Date", "Item Name", "Buyer", "Quantity", "Price", "Coupon Code", "Coupon Details", "Discount Amount",
    "Shipping Discount", "Order Shipping", "Order Sales Tax", "Item Total", "Currency", "Transaction ID",
    "Listing ID", "Date Paid", "Date Shipped", "Ship Name", "Ship Address1", "Ship Address2", "Ship City",
    "Ship State", "Ship Zipcode", "Ship Country", "Order ID", "Variations", "Order Type", "Listings Type",
    "Payment Type", "InPerson Discount", "InPerson Location", "VAT Paid by Buyer", "SKU",
]  # fmt: skip
PERSON = {"Full Name": "Quillon Marsh", "Ship Name": "Quillon Marsh", "Street 1": "12 Teapot Lane, back",
          "Ship Address1": "12 Teapot Lane, back", "Ship City": "Dryville", "Ship State": "NM",
          "Ship Zipcode": "87001", "Ship Country": "United States", "Buyer": "quillon"}  # fmt: skip


def file(columns: list[str], *rows: dict[str, Any]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows({**PERSON, **row} for row in rows)
    return out.getvalue().encode()


def day(days_ago: int = 1) -> str:
    return f"{clock.today() - timedelta(days=days_ago):%m/%d/%y}"


def order_row(number: int = 501, **more: Any) -> dict[str, Any]:
    return {"Sale Date": day(), "Order ID": number, "Order Total": "5.49", **more}


def item_row(number: int = 501, transaction: int = 901, **more: Any) -> dict[str, Any]:
    sold = {"Sale Date": day(), "Date Paid": day(), "Order ID": number, "Transaction ID": transaction}
    return {**sold, "Listing ID": 77, "Item Name": "A frog", "Quantity": 1, "Price": "5.49", **more}


def both(*, number: int = 501, **more: Any) -> Files:
    return [
        ("orders.csv", file(ORDERS, order_row(number, **more))),
        ("items.csv", file(ITEMS, item_row(number, **more))),
    ]


def take(files: Files) -> sold_import.Plan:
    return sold_import.take(sold_import.plan(files), by="test")


def rows() -> list[dict[str, Any]]:
    hidden = ("id", "customer_sealed", "status_since", "created_at", "order_id", "attempts")
    found = [*Order.objects.order_by("receipt_id").values(), *OrderItem.objects.order_by("transaction_id").values()]
    return [{name: value for name, value in row.items() if name not in hidden} for row in found]


def address(order: Order) -> privacy.Address | None:
    return privacy.read(order, by="test", why="test").address


@pytest.fixture
def gated(shop: Any, make_sticker: MakeSticker) -> dict[str, Any]:
    """An order that Etsy told without an address, and the row that its file has for it."""
    make_sticker()
    run_job("publisher")
    shop.settings["gated"] = True
    receipt = sales.buy(shop)
    import_orders()
    assert Order.objects.get().status == "needs_address"
    return receipt


def test_a_missing_address_is_filled_in_and_the_order_goes_on(gated: dict[str, Any]) -> None:
    files = [("orders.csv", file(ORDERS, order_row(gated["receipt_id"])))]
    assert sold_import.plan(files).counts()["filled"] == 1
    assert Order.objects.get().status == "needs_address", "planning changes nothing"
    assert len(take(files).filled) == 1
    order = Order.objects.get()
    assert order.status == "paid"
    assert address(order) == privacy.Address(
        "Quillon Marsh", "12 Teapot Lane, back", "", "Dryville", "NM", "87001", "US"
    )
    assert list(privacy.find(name="quillon  marsh")) == [order]
    assert "Teapot" not in order.customer_sealed
    assert AuditEntry.objects.filter(action="imported Etsy's files of sold orders").exists()


def test_a_filled_in_address_outlives_the_next_readings(shop: Any, gated: dict[str, Any], virtual_time: Time) -> None:
    take([("orders.csv", file(ORDERS, order_row(gated["receipt_id"])))])
    virtual_time.shift(timedelta(hours=1))
    gated.update(updated=shop.now())
    import_orders()
    order = Order.objects.get()
    assert order.status == "paid"
    assert address(order)


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize("together", [True, False])
def test_both_files_give_the_same_in_any_order(db: None, turn: int, together: bool) -> None:
    files = both()[::turn]
    for each in [files] if together else [[files[0]], [files[1]]]:
        take(each)
    order = Order.objects.get()
    assert (order.receipt_id, order.status, str(order.total_amount)) == (501, "paid", "5.49")
    assert OrderItem.objects.get().transaction_id == 901
    assert address(order)


def test_the_same_files_twice_change_nothing(db: None) -> None:
    take(both())
    before = rows()
    counts = take(both()).counts()
    assert (counts["unchanged"], counts["new"], counts["filled"]) == (1, 0, 0)
    assert rows() == before


@pytest.mark.parametrize("file_first", [True, False])
def test_the_api_and_the_file_bring_one_order_whoever_is_first(
    shop: Any, make_sticker: MakeSticker, file_first: bool, virtual_time: Time
) -> None:
    sticker = make_sticker()
    run_job("publisher")
    receipt = sales.buy(shop, sku=f"{sticker.number}-4", count=2)
    line = receipt["lines"][0]
    told = {"Listing ID": line["listing_id"], "Price": "6.49", "Quantity": 2, "SKU": "",
            "Sale Date": f"{clock.today():%m/%d/%y}"}  # fmt: skip
    files: Files = [("items.csv", file(ITEMS, item_row(receipt["receipt_id"], line["transaction_id"], **told)))]
    steps: list[Callable[[], object]] = [lambda: take(files), import_orders]
    for step in steps if file_first else steps[::-1]:
        step()
    order, item = Order.objects.get(), OrderItem.objects.get()
    assert (item.sticker_id, item.size, item.quantity) == (sticker.pk, "4in", 2)
    assert item.pricing_tier_at_sale == "just_dropped"
    assert int(order.etsy_updated_at.timestamp()) == receipt["updated"]
    assert int(order.ordered_at.timestamp()) == receipt["created"] == int(item.sold_at.timestamp())
    sales.cancel(shop, receipt, None)
    import_orders()
    assert Order.objects.get().status == "cancelled", "what the API tells later counts"


def test_an_erased_order_stays_erased(gated: dict[str, Any]) -> None:
    privacy_erasure.purge(Order.objects.all(), by="test", why="asked")
    done = take([("orders.csv", file(ORDERS, order_row(gated["receipt_id"])))])
    assert done.counts()["erased"] == 1
    order = Order.objects.get()
    assert (order.status, order.customer_sealed, order.name_hash) == ("needs_address", "", "")


def test_orders_alone_wait_for_the_items_that_say_what_was_bought(db: None) -> None:
    assert take(both()[:1]).counts()["waiting"] == 1
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("told", "status", "kept"),
    [({"Date Shipped": day(0)}, "shipped", False), ({"Status": "Canceled"}, "cancelled", False),
     ({"Status": "Fully Refunded"}, "refunded", False), ({"Status": "Partially Refunded"}, "paid", True),
     ({"Ship Zipcode": "2108"}, "paid", True),
     ({"Date Paid": ""}, "pending", True), ({"Date Shipped": day(0), "Ship Country": "Canada"}, "shipped", False)],
)  # fmt: skip
def test_a_new_order_has_the_status_that_the_files_tell(
    db: None, told: dict[str, Any], status: str, kept: bool
) -> None:
    take(both(**told))
    order = Order.objects.get()
    assert order.status == status
    assert bool(address(order)) is kept, "nobody needs the address of what is shipped or cancelled"


def test_an_order_without_an_address_that_is_sent_there_is_not_sent_again(gated: dict[str, Any]) -> None:
    done = take([("orders.csv", file(ORDERS, {**order_row(gated["receipt_id"]), "Date Shipped": day(0)}))])
    assert (len(done.filled), Order.objects.get().status) == (0, "needs_address")


@pytest.mark.parametrize(
    ("before", "told", "after"),
    [("needs_address", "Canceled", "cancelled"), ("paid", "Fully Refunded", "refunded"),
     ("shipped", "Canceled", "refunded"), ("delivered", "Refunded", "refunded")],
)  # fmt: skip
def test_an_order_that_a_file_tells_ended_ends_here_with_its_lines(
    db: None, before: str, told: str, after: str
) -> None:
    take([("items.csv", file(ITEMS, item_row()))])
    Order.objects.update(status=before)
    files = [("orders.csv", file(ORDERS, order_row(Status=told)))]
    assert len(take(files).ended) == 1
    assert (Order.objects.get().status, OrderItem.objects.get().refunded) == (after, True)
    assert not take(files).ended


def test_a_transaction_that_belongs_to_another_order_is_told_and_the_rest_taken(db: None) -> None:
    take([("items.csv", file(ITEMS, item_row()))])
    done = take([("items.csv", file(ITEMS, item_row(502, 901), item_row(503, 903)))])
    assert [(one.order_id, one.line) for one in done.bad] == [(502, 2)]
    assert set(Order.objects.values_list("receipt_id", flat=True)) == {501, 503}


def test_hundreds_of_new_orders_are_taken_by_a_few_statements_and_progress_is_told(
    db: None, make_sticker: MakeSticker
) -> None:
    sku = f"{make_sticker().number}-3"
    content = file(ITEMS, *(item_row(1_000 + number, 9_000 + number, SKU=sku) for number in range(400)))
    ended: list[int] = []
    with CaptureQueriesContext(connection) as queries:
        made = sold_import.take(sold_import.plan([("items.csv", content)]), by="test", progress=ended.append)
    assert (len(made.new), sum(ended)) == (400, 400)
    assert len(ended) > 1
    assert len(queries) < 100


def test_a_dry_run_tells_and_changes_nothing(db: None, tmp_path: Path) -> None:
    paths = [tmp_path / name for name, _ in both()]
    for path, (_, content) in zip(paths, both(), strict=True):
        path.write_bytes(content)
    out = io.StringIO()
    call_command("import_etsy_orders", *map(str, paths), "--dry-run", stdout=out)
    assert "Would be: 1 new orders" in out.getvalue()
    assert "1 of the new orders are not shipped" in out.getvalue()
    assert not Order.objects.exists()


@pytest.mark.long
def test_five_thousand_rows_do_not_take_the_square_of_the_time(db: None, make_sticker: MakeSticker) -> None:
    sku, numbers = f"{make_sticker().number}-3", count()

    def taken(rows: int) -> None:
        new = list(islice(numbers, rows))
        content = file(ITEMS, *(item_row(100_000 + number, 900_000 + number, SKU=sku) for number in new))
        assert take([("items.csv", content)]).counts()["new"] == rows

    assert_growth(lambda: taken(625), lambda: taken(5_000), at_most=30)
    assert OrderItem.objects.filter(sticker=Sticker.objects.get()).count() == next(numbers)
