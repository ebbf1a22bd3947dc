"""Money paid back: before a print is sent it wins, and what it pays back is not printed and leaves the figures."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from fulfillment import in_hand, refunds
from fulfillment.adapters import sticker_mule
from fulfillment.models import Order, OrderItem, PrintJob
from fulfillment.orders import Receipt, take
from fulfillment.tests.making import make_line, make_receipt, make_sticker
from stickertrendz import clock
from stickertrendz.ops import work
from stickertrendz.ops.models import Alert, Intent
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox

PassTime = Callable[..., None]
D = Decimal


def two_designs(**fields: Any) -> Receipt:
    small, large = make_line(make_sticker()), make_line(make_sticker(), "4in", unit_price=D("6.49"))
    return make_receipt(small, large, **fields)


def again(receipt: Receipt, **fields: Any) -> Order:
    return take(replace(receipt, updated_at=clock.now(), **fields))[0]


def printed(printer: Any) -> list[str]:
    return sorted(sent["size"] for sent in printer.orders.values() if not sent["cancelled"])


def test_a_refund_of_exactly_one_line_keeps_it_from_print(printer: Any, pass_time: PassTime) -> None:
    receipt = two_designs()
    take(receipt)
    again(receipt, refunded=D("6.49"), status="partially refunded")
    pass_time("route_orders")
    assert printed(printer) == ["3in"]
    assert OrderItem.objects.get(refunded=True).size == "4in"


def test_a_coupon_is_shared_before_a_refund_is_compared(printer: Any, pass_time: PassTime) -> None:
    take(two_designs(total=D("5.99"), discount=D("5.99"), refunded=D("3.25")))
    pass_time("route_orders")
    assert printed(printer) == ["3in"]


def test_of_two_equal_lines_of_one_design_one_is_printed(printer: Any, pass_time: PassTime) -> None:
    line = make_line(make_sticker())
    twin = replace(line, transaction_id=line.transaction_id + 1)
    take(make_receipt(line, twin, refunded=D("5.49")))
    pass_time("route_orders")
    assert printed(printer) == ["3in"]


def test_a_small_refund_is_a_kindness_and_everything_is_printed(printer: Any, pass_time: PassTime) -> None:
    take(two_designs(refunded=D("1.00")))
    pass_time("route_orders")
    assert printed(printer) == ["3in", "4in"]


def test_when_nobody_can_tell_which_line_was_paid_back_a_person_is_asked_and_decides(
    printer: Any, pass_time: PassTime
) -> None:
    order, _ = take(two_designs(refunded=D("5.90")))
    pass_time("route_orders")
    order.refresh_from_db()
    assert order.needs_attention.startswith("$5.90 of this order was paid back, and Etsy does not say for which line")
    assert printer.orders == {}
    assert refunds.pay_back(order.items.get(size="3in"), by="olive")
    assert not refunds.pay_back(order.items.get(size="3in"), by="olive")
    assert work.retry(order, by="olive")
    pass_time("route_orders")
    assert printed(printer) == ["4in"]


def test_a_retry_without_a_mark_prints_every_line(printer: Any, pass_time: PassTime) -> None:
    order, _ = take(two_designs(refunded=D("5.90")))
    pass_time("route_orders")
    order.refresh_from_db()
    work.retry(order, by="olive")
    pass_time("route_orders")
    assert printed(printer) == ["3in", "4in"]


def test_a_line_once_paid_back_stays_so(db: None) -> None:
    receipt = two_designs()
    order, _ = take(receipt)
    refunds.pay_back(order.items.get(size="3in"), by="olive")
    again(receipt)
    assert order.items.get(size="3in").refunded


def test_a_line_paid_back_after_it_was_sent_is_stopped_and_the_other_goes_on(printer: Any, pass_time: PassTime) -> None:
    receipt = two_designs()
    order, _ = take(receipt)
    pass_time("route_orders")
    again(receipt, refunded=D("6.49"))
    pass_time("watch_print")
    assert printed(printer) == ["3in"]
    assert PrintJob.objects.get(item__size="4in").status == "cancelled"
    pass_time("watch_print", hours=30)
    order.refresh_from_db()
    assert order.status == "shipped"


@pytest.mark.parametrize("ended", [{"cancelled": True}, {"refunded": D("11.98")}, {"status": "fully refunded"}])
def test_an_order_that_ends_leaves_the_figures_line_by_line(ended: dict[str, Any], db: None) -> None:
    receipt = two_designs()
    take(receipt)
    again(receipt, **ended)
    assert not OrderItem.objects.filter(refunded=False).exists()
    take(two_designs(**ended))
    assert not OrderItem.objects.filter(refunded=False).exists()


def test_a_cancellation_wins_at_the_very_moment_of_sending(
    sandbox: Sandbox, printer: Any, pass_time: PassTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last look is over and the picture is uploaded: the intent's row alone decides."""
    receipt = two_designs()
    order, _ = take(receipt)
    real = sticker_mule._ship_to

    def cancelled_now(address: Any) -> dict[str, str]:
        again(receipt, cancelled=True)
        return real(address)

    monkeypatch.setattr(sticker_mule, "_ship_to", cancelled_now)
    pass_time("route_orders")
    order.refresh_from_db()
    assert (order.status, order.needs_attention, printer.orders) == ("cancelled", "", {})
    assert set(Intent.objects.values_list("state", flat=True)) == {"void"}
    pass_time("watch_print")
    assert set(PrintJob.objects.values_list("status", flat=True)) == {"cancelled"}
    assert "orders.submit" not in [call["operation"] for call in sandbox.calls()]


def test_an_order_shipped_by_a_person_while_it_waits_for_the_printer_is_sent_no_more(
    sandbox: Sandbox, printer: Any, pass_time: PassTime
) -> None:
    sandbox.faults.add(Fault("sticker_mule", "artworks.upload", "500", times=4))
    receipt = two_designs()
    take(receipt)
    pass_time("route_orders")
    again(receipt, status="completed", is_shipped=True)
    pass_time("route_orders", "watch_print", minutes=5)
    assert (printer.orders, PrintJob.objects.get().status) == ({}, "cancelled")


def test_an_order_in_print_whose_lines_were_all_paid_back_asks_a_person(printer: Any, pass_time: PassTime) -> None:
    order, _ = take(two_designs())
    pass_time("route_orders")
    for item in order.items.all():
        refunds.pay_back(item, by="olive")
    pass_time("watch_print", "watch_print", hours=1)
    order.refresh_from_db()
    assert order.needs_attention.startswith("No line of this order is left")
    assert printed(printer) == []


@pytest.mark.parametrize(("amount", "told"), [("5.90", 1), ("1.00", 0), ("6.49", 0)])
def test_money_paid_back_for_a_line_nobody_knows_is_told_when_the_order_is_in_print(
    amount: str, told: int, printer: Any, pass_time: PassTime
) -> None:
    receipt = two_designs()
    order, _ = take(receipt)
    pass_time("route_orders")
    for _ in range(2):
        again(receipt, refunded=D(amount))
        pass_time(days=1)
    assert Alert.objects.filter(key=f"paid-back:{order}").count() == told


def test_what_was_decided_about_one_refund_says_nothing_of_the_next(printer: Any, pass_time: PassTime) -> None:
    receipt = two_designs(refunded=D("1.00"))
    order, _ = take(receipt)
    Order.objects.update(needs_attention="the printer refused it")
    order.refresh_from_db()
    work.retry(order, by="olive")
    again(receipt, refunded=D("5.90"))
    pass_time("route_orders")
    order.refresh_from_db()
    assert "does not say for which line" in order.needs_attention


def test_who_takes_an_order_in_hand_has_not_said_which_line_was_paid_back(printer: Any, pass_time: PassTime) -> None:
    order, _ = take(two_designs(refunded=D("5.90")))
    in_hand.take(order, by="olive")
    pass_time("route_orders")
    order.refresh_from_db()
    assert "does not say for which line" in order.needs_attention


def test_a_print_too_late_to_stop_is_told_with_what_became_of_its_order(printer: Any, pass_time: PassTime) -> None:
    receipt = two_designs()
    order, _ = take(receipt)
    pass_time("route_orders")
    pass_time("watch_print", hours=3)
    refunds.pay_back(order.items.get(size="3in"), by="olive")
    pass_time("watch_print", hours=2)
    assert Alert.objects.get(key__startswith="unstoppable:").text.endswith("although its line was paid back.")
