"""Etsy's ledger comes in once, whole, matched, and goes on where it stopped; what its entries mean."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from etsy import ledger
from etsy.adapters.ledger import Entry
from etsy.models import LedgerEntry, Listing
from etsy.tests.conftest import fault, operations
from fulfillment.models import Order
from stickertrendz import clock
from stickertrendz.ops import meters
from stickertrendz.ops.joblist import Job
from stickertrendz.ops.models import Health, Run
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.etsy import sales
from stickertrendz.sandbox.etsy.ledger import book_label
from stickertrendz.sandbox.server import Sandbox

Time = time_machine.Traveller
READ = "getShopPaymentAccountLedgerEntries"
JOBS = [
    Job("read_ledger", "etsy.ledger.import_ledger", "0 8 * * *", "test"),
    Job("import_orders", "etsy.receipts.import_orders", "*/15 * * * *", "test"),
    Job("publisher", "etsy.jobs.publisher", "*/10 * * * *", "test"),
]


@pytest.fixture(autouse=True)
def _jobs(settings: Any) -> None:
    settings.JOB_LIST = "etsy.tests.test_ledger.JOBS"


def read() -> Run:
    assert run_job("read_ledger")[0] == 0
    return Run.objects.filter(workflow="read_ledger").latest("pk")


def kept() -> list[tuple[str, Decimal]]:
    return list(LedgerEntry.objects.order_by("entry_id").values_list("type", "amount"))


def types(**of: Any) -> set[str]:
    return set(LedgerEntry.objects.filter(**of).values_list("type", flat=True))


def test_a_sale_is_kept_entry_by_entry_and_matched_to_its_order_and_listing(shop: Any, on_sale: Listing) -> None:
    sold = sales.buy(shop, tax=40, ad=True)
    run_job("import_orders")
    assert read().counts["ledger_entries"] == len(shop.table("ledger")) == 7
    assert kept()[1:4] == [
        ("PAYMENT_GROSS", Decimal(sold["total"] + 40) / 100), ("sales_tax", Decimal("-0.40")),
        ("transaction", Decimal(-round(sold["total"] * 0.065)) / 100),
    ]  # fmt: skip
    order = Order.objects.get()
    assert types(order=order) == {"sales_tax", "transaction", "offsite_ads_fee"}
    assert types(listing=on_sale) == {"listing", "renew_sold_auto"}


def test_reading_again_keeps_nothing_twice_and_asks_for_three_days_only(
    sandbox: Sandbox, shop: Any, on_sale: Listing, virtual_time: Time
) -> None:
    sales.buy(shop)
    read()
    before = kept()
    virtual_time.shift(timedelta(hours=20))
    sandbox.forget_calls()
    read()  # a Monday's deposit may have come
    assert kept()[: len(before)] == before
    assert len(kept()) == len(shop.table("ledger"))
    assert operations(sandbox).count(READ) == 1


def test_an_order_that_comes_in_after_its_fees_is_matched_by_the_next_reading(shop: Any, on_sale: Listing) -> None:
    sales.buy(shop)
    read()
    assert not LedgerEntry.objects.exclude(order=None).exists()
    run_job("import_orders")
    read()
    assert LedgerEntry.objects.exclude(order=None).get().type == "transaction"


def test_entries_that_come_up_later_than_they_are_dated_are_still_found(
    shop: Any, on_sale: Listing, virtual_time: Time
) -> None:
    shop.settings["ledger_lag"] = 2 * 86400
    sales.buy(shop)
    assert read().counts.get("ledger_entries", 0) == 0
    virtual_time.shift(timedelta(days=2, hours=1))
    read()
    assert {"PAYMENT_GROSS", "transaction"} <= types()


def test_a_missed_quarter_is_read_by_windows_of_31_days(
    sandbox: Sandbox, shop: Any, on_sale: Listing, virtual_time: Time
) -> None:
    read()
    for _ in range(3):
        sales.buy(shop)
        virtual_time.shift(timedelta(days=28))
    sandbox.forget_calls()
    read()
    assert operations(sandbox).count(READ) == 3
    assert len(kept()) == len(shop.table("ledger"))
    reach = ledger.reach()
    assert reach
    assert clock.now() - reach.until < timedelta(minutes=1)


def test_all_pages_are_read_and_a_window_beyond_etsys_deepest_offset_in_halves(
    shop: Any, on_sale: Listing, monkeypatch: pytest.MonkeyPatch, virtual_time: Time
) -> None:
    for _ in range(30):
        sales.buy(shop)
        virtual_time.shift(timedelta(hours=1))
    assert len(shop.table("ledger")) > 100
    monkeypatch.setattr(ledger, "DEEPEST", 50)
    read()
    assert len(kept()) == len(shop.table("ledger"))


def test_a_failed_reading_is_noted_and_the_next_run_goes_on_where_it_stopped(
    sandbox: Sandbox, shop: Any, on_sale: Listing, virtual_time: Time
) -> None:
    read()
    until = Health.objects.get(name=ledger.CURSOR).seen_at
    virtual_time.shift(timedelta(days=40))
    sales.buy(shop)
    fault(sandbox, READ, "500", times=None)
    run = read()
    assert (run.status, "could not be read" in run.note) == ("partial", True)
    assert Health.objects.get(name=ledger.CURSOR).seen_at == until
    sandbox.faults.clear()
    virtual_time.shift(timedelta(hours=1))
    read()
    assert len(kept()) == len(shop.table("ledger"))


def test_it_waits_while_calls_run_short_as_statistics_do(shop: Any, on_sale: Listing, settings: Any) -> None:
    meters.spend("etsy", int(meters.level("etsy").limit * 0.71), clock.now())
    assert "not read" in read().note
    assert kept() == []


def test_before_the_first_listing_nothing_is_asked(sandbox: Sandbox, shop: Any) -> None:
    sandbox.forget_calls()
    read()
    assert READ not in operations(sandbox)
    assert ledger.reach() is None


def test_keeping_a_page_asks_the_same_of_the_database_for_one_entry_and_for_many(db: None) -> None:
    def entries(first: int, many: int) -> list[Entry]:
        kinds = ("receipt", "transaction", "listing")
        return [
            Entry(first + n, clock.now(), "transaction", Decimal("-0.29"), "USD", kinds[n % 3], n + 1)
            for n in range(many)
        ]

    counts = []
    for first, many in ((1, 3), (1000, 90)):
        with CaptureQueriesContext(connection) as asked:
            assert ledger.keep(entries(first, many)) == many
        counts.append(len([query for query in asked if "SAVEPOINT" not in query["sql"]]))
    assert counts[0] == counts[1] <= 5, counts


@pytest.mark.parametrize(
    ("entry_type", "currency", "means"),
    [
        ("transaction", "USD", "transaction"), ("shipping_transaction_refund", "USD", "transaction"),
        ("PAYMENT_PROCESSING_FEE", "USD", "processing"), ("renew_sold_auto_refund", "USD", "listing"),
        ("offsite_ads_fee_refund", "USD", "ads"), ("prolist", "USD", "ads"), ("shipping_labels", "USD", "labels"),
        ("sales_tax_refund", "USD", "passed_on"), ("REFUND_GROSS", "USD", "refunds"), ("DISBURSE2", "USD", "payouts"),
        ("transaction", "EUR", "unknown"), ("a_new_fee", "USD", "unknown"), ("", "USD", "unknown"),
    ],
)  # fmt: skip
def test_each_type_means_one_thing_and_what_is_not_known_is_told_as_such(
    entry_type: str, currency: str, means: str
) -> None:
    assert ledger.meaning(entry_type, currency) == means


def test_what_etsy_gives_back_lowers_its_fees_and_the_unknown_is_counted_apart() -> None:
    found = ledger.sums([
        ("transaction", "USD", Decimal("-2.90"), 10), ("transaction_refund", "USD", Decimal("0.29"), 1),
        ("offsite_ads_fee", "USD", Decimal("-0.67"), 1), ("DISBURSE2", "USD", Decimal("-40.00"), 1),
        ("a_new_fee", "USD", Decimal("-1.00"), 3),
    ])  # fmt: skip
    assert (found.fees, found.of("transaction"), found.unknown) == (Decimal("3.28"), Decimal("-2.61"), 3)


def test_the_sandboxs_own_types_are_all_known(shop: Any, on_sale: Listing, virtual_time: Time) -> None:
    receipt = sales.buy(shop, count=2, tax=40, ad=True)
    book_label(shop, receipt, 401)
    sales.buy(shop)
    virtual_time.shift(timedelta(days=8))
    sales.cancel(shop, receipt, "full")
    read()
    start = clock.now() - timedelta(days=40)
    assert ledger.totals(start, clock.now() + timedelta(days=1)).unknown == 0
    assert "DISBURSE2" in types()
