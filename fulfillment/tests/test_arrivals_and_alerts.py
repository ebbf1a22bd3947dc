"""When an order counts as delivered, and what the operator is told in time: when it is true, and not when it is not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings

from fulfillment import bench, reprint
from fulfillment.models import Order, PrintJob
from fulfillment.orders import take
from fulfillment.tests.making import make_line, make_receipt, make_sticker
from stickertrendz import clock
from stickertrendz.ops.models import Alert
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox

PassTime = Callable[..., None]


def make_order(**fields: Any) -> Order:
    return take(make_receipt(make_line(make_sticker()), **fields))[0]


def status_of(order: Order) -> str:
    order.refresh_from_db()
    return str(order.status)


def told(kind: str) -> int:
    return Alert.objects.filter(key__startswith=f"{kind}:").count()


@pytest.mark.parametrize(("code", "days"), [("9400111", 30), ("", 10)])
def test_what_we_posted_counts_as_delivered_after_its_days(
    code: str, days: int, printer: Any, pass_time: PassTime, settings: LazySettings
) -> None:
    settings.FULFILLMENT_PROVIDER = "self_usps"
    order = make_order()
    pass_time("route_orders")
    order.refresh_from_db()
    bench.mark_shipped(order, by="olive", tracking_code=code)
    pass_time("watch_deliveries", days=days, hours=-1)
    assert status_of(order) == "shipped"
    pass_time("watch_deliveries", hours=2)
    assert status_of(order) == "delivered"
    assert order.shipped_at
    assert order.delivered_at == order.shipped_at + timedelta(days=days)


def test_a_printers_parcel_counts_as_delivered_even_when_the_printer_is_gone(
    sandbox: Sandbox, printer: Any, pass_time: PassTime
) -> None:
    order = make_order()
    pass_time("route_orders")
    pass_time("watch_print", hours=27)
    sandbox.faults.add(Fault("sticker_mule", "*", "500", times=None))
    pass_time("watch_deliveries", days=29, hours=20)
    assert status_of(order) == "shipped"
    Order.objects.update(needs_attention="", not_before=None)
    sandbox.forget_calls()
    pass_time("watch_deliveries", days=1)
    assert (status_of(order), sandbox.calls()) == ("delivered", [])


def test_silence_is_told_of_a_print_that_was_confirmed_too(printer: Any, pass_time: PassTime, sandbox: Sandbox) -> None:
    order = make_order()
    pass_time("route_orders")
    pass_time("watch_print", hours=3)
    assert status_of(order) == "print_confirmed"
    pass_time("watch_deliveries", days=6, hours=23)
    assert told("no-news") == 0
    pass_time("watch_deliveries", "watch_deliveries", hours=2)
    assert told("no-news") == 1


def test_silence_is_told_of_one_line_at_the_printer_beside_others_on_the_bench(
    printer: Any, pass_time: PassTime
) -> None:
    order, _ = take(make_receipt(make_line(make_sticker()), make_line(None)))
    pass_time("route_orders")
    assert status_of(order) == "pending_manual"
    pass_time("watch_deliveries", days=7, hours=1)
    assert told("no-news") == 1


@pytest.mark.parametrize("status", ["cancelled", "refunded", "shipped", "delivered"])
def test_nothing_is_told_of_orders_that_ended_or_left(status: str, printer: Any, pass_time: PassTime) -> None:
    make_order()
    pass_time("route_orders")
    Order.objects.update(status=status)
    pass_time("watch_deliveries", days=9)
    Order.objects.update(status=status)
    PrintJob.objects.update(status="cancelled")
    pass_time("watch_print")
    assert [told(kind) for kind in ("no-news", "due", "late", "address")] == [0, 0, 0, 0]


def test_silence_about_a_copy_of_a_delivered_order_is_told(
    printer: Any, pass_time: PassTime, settings: LazySettings
) -> None:
    settings.FULFILLMENT_PROVIDER = "self_usps"
    order = make_order()
    pass_time("route_orders")
    order.refresh_from_db()
    bench.mark_shipped(order, by="olive")
    bench.mark_delivered(order, by="olive")
    reprint.print_again(PrintJob.objects.get(), "lost", by="olive", provider="sticker_mule")
    pass_time("route_orders")
    pass_time("watch_deliveries", days=8)
    assert told("no-news") == 1


def test_on_the_bench_nobody_waits_for_news_of_a_printer(
    printer: Any, pass_time: PassTime, settings: LazySettings
) -> None:
    settings.FULFILLMENT_PROVIDER = "self_usps"
    make_order()
    pass_time("route_orders")
    pass_time("watch_deliveries", days=9)
    assert told("no-news") == 0


@pytest.mark.parametrize(("hours", "due", "late"), [(-25, 0, 0), (-23, 1, 0), (1, 0, 1)])
def test_the_ship_by_date_is_told_a_day_before_and_when_it_is_past(
    hours: int, due: int, late: int, printer: Any, pass_time: PassTime
) -> None:
    make_order(ship_by=clock.now() - timedelta(hours=hours), address=None, is_paid=True)
    pass_time("watch_print", "watch_print")
    assert (told("due"), told("late")) == (due, late)


def test_an_unpaid_order_is_not_told_late_and_a_late_one_once_a_day(printer: Any, pass_time: PassTime) -> None:
    make_order(ship_by=clock.now() - timedelta(days=1), is_paid=False)
    pass_time("watch_print")
    assert told("late") == 0
    make_order(ship_by=clock.now() - timedelta(days=1), address=None)
    days = []
    for _ in range(6):
        pass_time("watch_print", hours=12)
        days.append(clock.today())
    assert told("late") == len(set(days))


def test_a_missing_address_is_told_after_twelve_hours_and_not_when_it_came(printer: Any, pass_time: PassTime) -> None:
    first, second = make_order(address=None), make_order(address=None)
    Order.objects.filter(pk=second.pk).update(status="paid", ship_by=clock.now() + timedelta(days=9))
    pass_time("watch_print", hours=11, minutes=55)
    assert told("address") == 0
    pass_time("watch_print", minutes=10)
    assert list(Alert.objects.filter(key__startswith="address:").values_list("key", flat=True)) == [f"address:{first}"]


def test_a_printer_is_asked_once_for_each_parcel_of_an_order(
    printer: Any, pass_time: PassTime, sandbox: Sandbox
) -> None:
    take(make_receipt(*[make_line(make_sticker()) for _ in range(4)]))
    pass_time("route_orders")
    pass_time("watch_print", hours=27)
    sandbox.forget_calls()
    pass_time("watch_deliveries", hours=2)
    assert [call["operation"] for call in sandbox.calls()] == ["orders.get"] * 4
