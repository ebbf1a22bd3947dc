"""Orders as the marketplace tells them: once each, forward only, personal data sealed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fulfillment import orders, privacy, privacy_erasure
from fulfillment.business_days import add_business_days
from fulfillment.models import Order, OrderItem, PrintJob
from fulfillment.orders import Receipt, take
from fulfillment.tests.making import ADDRESS, make_line, make_receipt, make_sticker
from stickertrendz import clock
from stickertrendz.ops import crypto, log
from stickertrendz.ops.models import Alert, AuditEntry, ErrorLog

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TOLD = ["unpaid", "paid", "completed", "cancelled", "refunded"]


def later(receipt: Receipt, **fields: Any) -> Receipt:
    return replace(receipt, **{"updated_at": receipt.updated_at + timedelta(minutes=5), **fields})


def test_a_paid_receipt_becomes_an_order_with_a_line_per_transaction() -> None:
    sticker = make_sticker()
    small = make_line(sticker, quantity=2, tier="just_dropped")
    large = make_line(sticker, "4in", unit_price=Decimal("6.49"), tier="trending", under_override=True)
    order, new = take(make_receipt(small, large))
    assert (new, order.status, order.total_amount) == (True, "paid", Decimal("17.47"))
    first, second = order.items.order_by("transaction_id")
    assert (first.sticker, first.size, first.quantity, first.pricing_tier_at_sale) == (
        sticker,
        "3in",
        2,
        "just_dropped",
    )
    assert (second.size, second.unit_price, second.under_override) == ("4in", Decimal("6.49"), True)


def test_taking_a_receipt_again_changes_nothing() -> None:
    receipt = make_receipt(make_line(make_sticker()))
    take(receipt)
    before = _rows()
    assert take(receipt)[1] is False
    assert _rows() == before


def _rows() -> list[dict[str, Any]]:
    """All columns, the sealed one opened: sealing the same text again gives another cipher."""
    order: dict[str, Any] = dict(Order.objects.values().get())
    order["customer_sealed"] = crypto.unseal(crypto.CUSTOMER, order["customer_sealed"])
    return [order, *map(dict, OrderItem.objects.values())]


def test_an_older_page_of_the_same_receipt_is_ignored() -> None:
    receipt = make_receipt(make_line(make_sticker()))
    take(later(receipt, refunded=Decimal("1.00")))
    order, _ = take(receipt)
    assert order.refunded_amount == Decimal("1.00")


def test_a_sku_we_do_not_know_is_kept_and_noted() -> None:
    order, _ = take(make_receipt(make_line(None, title="Somebody's mug")))
    item = order.items.get()
    assert (item.sticker, item.size, item.sku, item.title) == (None, "", "SOMEBODY-ELSES", "Somebody's mug")
    log.flush()
    assert ErrorLog.objects.filter(severity="warning", error_message__contains="SKU we do not know").count() == 1


def test_a_line_is_joined_to_its_design_when_it_becomes_known() -> None:
    line = make_line(None)
    receipt = make_receipt(line)
    take(receipt)
    sticker = make_sticker()
    take(later(receipt), lambda _: (sticker, "4in"))
    assert OrderItem.objects.values_list("sticker", "size").get() == (sticker.pk, "4in")


@pytest.mark.parametrize("sku", ["ST-999999-3", "ST-000001-5", "st-1-3", "", "ST-٣-3", "ST-99999999999999999999-3"])
def test_only_skus_of_our_own_form_and_designs_are_resolved(sku: str) -> None:
    assert orders.by_sku(make_line(None, sku=sku)) == (None, "")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, "paid"),
        ({"status": "Completed"}, "shipped"),
        ({"is_paid": False, "status": "payment processing"}, "pending"),
        ({"address": None}, "needs_address"),
        ({"cancelled": True}, "cancelled"),
        ({"status": "Fully Refunded"}, "refunded"),
        ({"refunded": Decimal("5.49")}, "refunded"),
        ({"refunded": Decimal("1.00"), "status": "partially refunded"}, "paid"),
        ({"refunded": Decimal("1.00"), "status": "partially refunded", "is_shipped": True}, "shipped"),
    ],
)
def test_the_first_status_is_what_the_receipt_tells(fields: dict[str, Any], status: str) -> None:
    assert take(make_receipt(make_line(make_sticker()), **fields))[0].status == status


def test_a_pending_order_goes_on_when_it_is_paid_and_when_its_address_arrives() -> None:
    unpaid = make_receipt(make_line(make_sticker()), is_paid=False, address=None)
    take(unpaid)
    assert take(paid := later(unpaid, is_paid=True))[0].status == "needs_address"
    assert take(later(paid, address=ADDRESS))[0].status == "paid"


def test_an_address_given_by_hand_stays_when_the_marketplace_tells_none() -> None:
    receipt = make_receipt(make_line(make_sticker()), address=None)
    order, _ = take(receipt)
    orders.give_address(order, ADDRESS, by="olive")
    order, _ = take(later(receipt))
    assert order.status == "paid"
    customer = privacy.read(order, by="olive", why="label")
    assert (customer.address, customer.message) == (ADDRESS, "Hello")
    assert AuditEntry.objects.filter(action="entered address", who="olive").exists()


@pytest.mark.parametrize(
    "status", [status for status in Order.Status.values if status not in ("pending", "needs_address")]
)
def test_a_receipt_never_moves_an_order_backwards(status: str) -> None:
    receipt = make_receipt(make_line(make_sticker()))
    order, _ = take(receipt)
    Order.objects.filter(pk=order.pk).update(status=status)
    assert take(later(receipt, is_paid=False))[0].status == status
    assert take(later(receipt))[0].status == status
    assert take(later(receipt, address=None))[0].status == status


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["unpaid", "paid", "completed", "cancelled", "refunded"]), st.booleans()), max_size=8
    )
)
def test_whatever_receipts_say_statuses_only_follow_allowed_moves(told: list[tuple[str, bool]]) -> None:
    receipt = make_receipt(make_line(None), is_paid=False)
    order, _ = take(receipt)
    seen = order.status
    for number, (what, has_address) in enumerate(told):
        news = replace(
            receipt,
            updated_at=receipt.updated_at + timedelta(minutes=number),
            is_paid=what != "unpaid",
            cancelled=what == "cancelled",
            status={"completed": "completed", "refunded": "fully refunded"}.get(what, "paid"),
            address=ADDRESS if has_address else None,
        )
        order, _ = take(news)
        assert order.status == seen or order.status in Order.MOVES[seen]
        seen = order.status


def test_a_refund_of_one_line_marks_that_line() -> None:
    sticker = make_sticker()
    kept, given_back = make_line(sticker), make_line(sticker)
    receipt = make_receipt(kept, given_back)
    take(receipt)
    take(later(receipt, lines=[kept, replace(given_back, refunded=True)], refunded=Decimal("5.49")))
    assert dict(OrderItem.objects.values_list("transaction_id", "refunded")) == {
        kept.transaction_id: False,
        given_back.transaction_id: True,
    }
    assert Order.objects.get().status == "paid"


def test_customer_data_is_sealed_from_the_first_row() -> None:
    take(make_receipt(make_line(make_sticker()), message="meet me at the teapot"))
    row = " ".join(str(value) for value in Order.objects.values_list().get())
    for secret in ("Quillon", "Teapot Lane", "87001-4242", "quillon@example.com", "meet me", "4711471147"):
        assert secret not in row


def test_purged_orders_never_get_personal_data_again() -> None:
    receipt = make_receipt(make_line(make_sticker()))
    order, _ = take(receipt)
    privacy_erasure.purge([order], by="olive", why="asked by the buyer")
    order, _ = take(later(receipt))
    assert (order.customer_sealed, order.buyer_hash, order.name_hash, order.email_hash) == ("", "", "", "")


# Thanksgiving, a Saturday holiday kept on Friday, a Sunday one kept on Monday, and New Year of the next year
@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ((2026, 11, 16), 5, (2026, 11, 23)),
        ((2026, 11, 24), 2, (2026, 11, 27)),
        ((2026, 7, 1), 2, (2026, 7, 6)),
        ((2027, 7, 2), 1, (2027, 7, 6)),
        ((2026, 12, 24), 5, (2027, 1, 4)),
        ((2021, 12, 30), 1, (2022, 1, 3)),
        ((2026, 5, 22), 1, (2026, 5, 26)),
    ],
)
def test_business_days_leave_out_weekends_and_federal_holidays(
    start: tuple[int, int, int], days: int, end: tuple[int, int, int]
) -> None:
    assert add_business_days(datetime(*start, 15, 30, tzinfo=UTC), days) == datetime(*end, 15, 30, tzinfo=UTC)


def test_ship_by_is_what_was_promised_or_five_business_days() -> None:
    monday = datetime(2026, 11, 16, 15, 30, tzinfo=UTC)
    assert take(make_receipt(ordered=monday))[0].ship_by == datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
    promised = monday + 3 * DAY
    receipt = make_receipt(ordered=monday, ship_by=promised)
    assert take(receipt)[0].ship_by == promised
    assert take(later(receipt, ship_by=promised + DAY))[0].ship_by == promised + DAY
    assert take(later(receipt, updated_at=clock.now() + DAY, ship_by=None))[0].ship_by == promised + DAY


def test_an_address_given_while_a_receipt_is_taken_is_not_replaced_by_none(monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = make_receipt(make_line(make_sticker()), address=None)
    order, _ = take(receipt)
    real = orders._amounts

    def given_meanwhile(told: Receipt) -> dict[str, object]:
        """The row is read, and about to be written."""
        orders.give_address(Order.objects.get(), ADDRESS, by="olive")
        return real(told)

    monkeypatch.setattr(orders, "_amounts", given_meanwhile)
    take(receipt)
    order.refresh_from_db()
    assert order.status == "paid"
    assert privacy.read(order, by="test", why="test").address == ADDRESS


def test_new_receipts_are_taken_by_a_constant_number_of_statements() -> None:
    sticker = make_sticker()
    counts = []
    for number in (1, 30):
        receipts = [make_receipt(make_line(sticker), make_line(sticker, "4in")) for _ in range(number)]
        with CaptureQueriesContext(connection) as queries:
            orders.take_new(receipts, lambda line: (sticker, f"{line.sku[-1]}in"))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 4
    assert (Order.objects.filter(status="paid").count(), OrderItem.objects.count()) == (31, 62)


def test_a_receipt_that_another_import_brings_meanwhile_is_taken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = make_receipt(make_line(make_sticker()))
    real = orders.take_new

    def beaten(*told: Any) -> list[Order]:
        real(*told)
        return real(*told)

    monkeypatch.setattr(orders, "take_new", beaten)
    order, new = take(receipt)
    assert (new, order.status, order.items.count()) == (False, "paid", 1)


def test_an_order_shipped_on_the_marketplace_and_paid_back_in_part_is_printed_no_more() -> None:
    receipt = make_receipt(make_line(make_sticker()))
    order, _ = take(receipt)
    order.move_to("pending_manual")
    order, _ = take(later(receipt, status="partially refunded", refunded=Decimal("1.00"), is_shipped=True))
    assert order.status == "shipped"


def test_an_order_shipped_on_the_marketplace_while_a_printer_makes_it_is_told_once() -> None:
    receipt = make_receipt(make_line(make_sticker()))
    order, _ = take(receipt)
    job = {"item": order.items.get(), "provider": "sticker_mule", "status": "confirmed"}
    PrintJob.objects.create(**job)
    order.move_to("sent_to_print")
    shipped = later(receipt, status="Completed", is_shipped=True)
    take(shipped)
    take(later(shipped, status="Completed", is_shipped=True))
    told = Alert.objects.get()
    assert told.title == f"Order {order} was marked as shipped while it is at the printer"
    assert "sticker_mule is making it" in told.text


def test_an_order_shipped_from_the_bench_is_told_to_nobody() -> None:
    receipt = make_receipt(make_line(make_sticker()))
    order, _ = take(receipt)
    PrintJob.objects.create(item=order.items.get(), provider="self_usps", status="sent")
    order.move_to("pending_manual")
    take(later(receipt, status="Completed", is_shipped=True))
    assert not Alert.objects.exists()
