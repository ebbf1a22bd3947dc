"""The seed's fulfilment criteria, against a printer behind real HTTP."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import LazySettings

from fulfillment import bench
from fulfillment.models import AccessLog, Order, PrintJob, Shipment
from fulfillment.orders import take
from fulfillment.tests.making import make_line, make_receipt, make_sticker, print_file
from stickertrendz import clock
from stickertrendz.ops.models import Alert, ErrorLog, Intent, Mail
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox

PassTime = Callable[..., None]


def make_order(*sizes: str, **fields: Any) -> Order:
    sticker = make_sticker()
    return take(make_receipt(*[make_line(sticker, size) for size in sizes or ("3in",)], **fields))[0]


def status_of(order: Order) -> str:
    order.refresh_from_db()
    return str(order.status)


def test_a_paid_order_is_submitted_with_image_size_and_address_and_becomes_sent_to_print(
    printer: Any, pass_time: PassTime
) -> None:
    order = make_order("3in", "4in")
    pass_time("route_orders")
    assert (status_of(order), order.fulfillment_provider) == ("sent_to_print", "sticker_mule")
    small, large = sorted(printer.orders.values(), key=lambda sent: sent["size"])
    assert (small["size"], small["quantity"], small["ship_to"]["first_line"]) == ("3in", 1, "12 Teapot Lane")
    pictures = [hashlib.sha256(print_file(pixels)).hexdigest() for pixels in (900, 1200)]
    assert [small["artwork_id"], large["artwork_id"]] == pictures
    job = PrintJob.objects.get(item__size="3in")
    assert (job.status, job.external_id, job.provider_order_id) == ("sent", small["external_id"], small["id"])
    assert job.cost == Decimal("1.50")
    assert AccessLog.objects.filter(order=order, who="sticker_mule").count() == 2


def test_sticker_mule_failing_three_times_routes_to_our_own_hands_with_an_alert(
    sandbox: Sandbox, printer: Any, pass_time: PassTime
) -> None:
    sandbox.faults.add(Fault("sticker_mule", "*", "500", times=None))
    order = make_order("3in", "4in")
    for _ in range(12):
        pass_time("route_orders", minutes=11)
    assert (status_of(order), order.fulfillment_provider, order.needs_attention) == ("pending_manual", "self_usps", "")
    assert printer.orders == {}
    assert Alert.objects.get(key=f"manual:{order}").title == f"Order {order} needs manual fulfillment"
    assert Mail.objects.filter(subject__endswith=f"Order {order} needs manual fulfillment").count() == 1
    assert "sticker_mule" in order.provider_last_error
    assert set(PrintJob.objects.values_list("provider", "status")) == {("self_usps", "sent")}


def test_an_order_at_the_printer_for_seven_days_without_news_alerts(
    sandbox: Sandbox, printer: Any, pass_time: PassTime
) -> None:
    order = make_order()
    pass_time("route_orders")
    pass_time("watch_deliveries", days=6, hours=23)
    assert not Alert.objects.filter(key=f"no-news:{order}").exists()
    pass_time("watch_deliveries", hours=2)
    assert Alert.objects.filter(key=f"no-news:{order}").exists()
    assert Mail.objects.filter(subject__contains=f"Order {order} has been at the printer for 7 days").count() == 1


def test_a_print_goes_from_received_to_delivered_with_its_tracking_kept_once(printer: Any, pass_time: PassTime) -> None:
    order = make_order("3in", "4in")
    pass_time("route_orders")
    pass_time("watch_print", hours=1)
    assert status_of(order) == "sent_to_print"
    pass_time("watch_print", hours=2)
    assert status_of(order) == "print_confirmed"
    pass_time("watch_print", "watch_deliveries", hours=24)
    assert status_of(order) == "shipped"
    assert set(Shipment.objects.values_list("carrier", "status")) == {("usps", "new")}
    assert Shipment.objects.count() == 2  # the printer posts each line on its own
    pass_time("watch_print", "watch_deliveries", hours=72)
    assert status_of(order) == "delivered"
    assert order.delivered_at is not None
    assert Shipment.objects.filter(delivered_at=None).count() == 0


def test_an_order_is_held_for_an_hour_so_that_a_cancellation_wins(printer: Any, pass_time: PassTime) -> None:
    ordered = clock.now()
    receipt = make_receipt(make_line(make_sticker()), ordered=ordered)
    order, _ = take(receipt)
    pass_time("route_orders", minutes=59)
    assert (status_of(order), printer.orders, order.attempts) == ("paid", {}, 0)
    Order.objects.filter(pk=order.pk).update(status="cancelled")
    pass_time("route_orders", "watch_print", minutes=30)
    assert printer.orders == {}


def test_a_cancelled_order_is_stopped_at_the_printer_while_that_is_possible(printer: Any, pass_time: PassTime) -> None:
    order = make_order()
    pass_time("route_orders")
    order.refresh_from_db()
    order.move_to("cancelled")
    pass_time("watch_print")
    assert [sent["cancelled"] for sent in printer.orders.values()] == ["cancelled"]
    assert PrintJob.objects.get().status == "cancelled"


def test_a_print_that_can_no_longer_be_stopped_is_told_and_followed(printer: Any, pass_time: PassTime) -> None:
    order = make_order()
    pass_time("route_orders")
    order.refresh_from_db()
    order.move_to("refunded")
    pass_time("watch_print", hours=3)
    assert PrintJob.objects.get().status == "confirmed"
    assert Alert.objects.filter(title=f"Order {order} could not be stopped").count() == 1


def test_a_print_the_printer_cancels_is_made_again_by_hand(printer: Any, pass_time: PassTime) -> None:
    order = make_order()
    pass_time("route_orders")
    next(iter(printer.orders.values()))["cancelled"] = "cancelled"
    pass_time("watch_print")
    assert status_of(order) == "pending_manual"
    first, second = PrintJob.objects.order_by("copy")
    assert (first.status, second.copy, second.provider, second.status) == ("cancelled", 2, "self_usps", "sent")
    assert second.note == f"sticker_mule cancelled {first.external_id}"


def test_a_line_without_a_print_file_waits_on_the_bench_and_the_rest_is_printed(
    printer: Any, pass_time: PassTime
) -> None:
    order, _ = take(make_receipt(make_line(make_sticker()), make_line(None)))
    pass_time("route_orders")
    assert status_of(order) == "pending_manual"
    assert len(printer.orders) == 1
    assert Alert.objects.filter(key=f"manual:{order}").exists()


def test_one_parcel_told_to_the_marketplace_does_not_close_the_lines_still_on_the_bench(
    printer: Any, pass_time: PassTime
) -> None:
    receipt = make_receipt(make_line(make_sticker()), make_line(None))
    order, _ = take(receipt)
    pass_time("route_orders")
    pass_time("watch_print", hours=27)
    assert Shipment.objects.filter(order=order).exists()
    take(replace(receipt, status="completed", updated_at=clock.now()))
    assert status_of(order) == "pending_manual"
    bench.mark_shipped(order, by="olive")
    assert order.status == "shipped"


def test_what_was_shipped_on_the_marketplace_leaves_the_bench(
    printer: Any, pass_time: PassTime, settings: LazySettings
) -> None:
    settings.FULFILLMENT_PROVIDER = "self_usps"
    receipt = make_receipt(make_line(make_sticker()))
    order, _ = take(receipt)
    pass_time("route_orders")
    take(replace(receipt, status="completed", updated_at=clock.now()))
    pass_time("watch_print")
    assert (status_of(order), PrintJob.objects.get().status) == ("shipped", "shipped")
    assert not Shipment.objects.exists()
    pass_time("watch_deliveries", days=10, hours=1)
    assert status_of(order) == "delivered"


def test_a_printer_that_asks_more_than_the_buyer_paid_is_not_chosen(printer: Any, pass_time: PassTime) -> None:
    order, _ = take(make_receipt(make_line(make_sticker(), unit_price=Decimal("1.49"))))
    pass_time("route_orders")
    assert (status_of(order), printer.orders) == ("pending_manual", {})
    assert order.route_why.splitlines() == [
        "sticker_mule: not chosen, asks $1.50 of $1.34 left after fees, a loss of $0.16",
        "self_usps: chosen, asks $2.43 of $1.34 left after fees, a loss of $1.09",
    ]
    assert Alert.objects.get(key=f"loss:{order}").title == f"Order {order} loses $1.09"


def test_what_the_printer_refuses_for_good_is_packed_by_hand_without_repeating_the_address(
    printer: Any, pass_time: PassTime
) -> None:
    order, _ = take(make_receipt(make_line(make_sticker(), quantity=101)))
    pass_time("route_orders")
    assert (status_of(order), printer.orders) == ("pending_manual", {})
    assert "Teapot" not in order.provider_last_error


def test_a_wrong_key_sends_orders_to_the_bench_and_says_which_setting(
    printer: Any, pass_time: PassTime, settings: LazySettings
) -> None:
    settings.STICKER_MULE_API_KEY = "not-the-key-at-all"
    order = make_order()
    pass_time("route_orders")
    assert status_of(order) == "pending_manual"
    assert "STICKER_MULE_API_KEY" in order.provider_last_error


def test_an_order_whose_lines_are_all_refunded_asks_a_person(printer: Any, pass_time: PassTime) -> None:
    order, _ = take(make_receipt(make_line(make_sticker(), refunded=True)))
    pass_time("route_orders")
    assert status_of(order) == "paid"
    assert order.needs_attention.startswith("No line of this order is left to print")


def test_an_erased_address_asks_a_person_before_anything_is_sent(printer: Any, pass_time: PassTime) -> None:
    order = make_order()
    Order.objects.filter(pk=order.pk).update(customer_sealed="")
    pass_time("route_orders")
    order.refresh_from_db()
    assert order.needs_attention.startswith("The address was erased")
    assert printer.orders == {}


def test_by_default_orders_wait_on_the_bench_and_nobody_outside_is_asked(
    sandbox: Sandbox, printer: Any, pass_time: PassTime, settings: LazySettings
) -> None:
    settings.FULFILLMENT_PROVIDER = "self_usps"
    order = make_order()
    pass_time("route_orders", "watch_print")
    assert (status_of(order), PrintJob.objects.get().cost) == ("pending_manual", Decimal("2.43"))
    assert sandbox.calls() == []
    assert not AccessLog.objects.exists()


def test_a_letter_is_marked_shipped_on_the_bench_and_counts_as_delivered_after_ten_days(
    printer: Any, pass_time: PassTime, settings: LazySettings
) -> None:
    settings.FULFILLMENT_PROVIDER = "self_usps"
    order = make_order("3in", "4in")
    pass_time("route_orders")
    order.refresh_from_db()
    bench.mark_shipped(order, by="olive")
    assert (order.status, PrintJob.objects.filter(status="shipped").count()) == ("shipped", 2)
    assert Shipment.objects.get().status == Shipment.Status.NEW
    pass_time("watch_deliveries", days=9, hours=23)
    assert status_of(order) == "shipped"
    pass_time("watch_deliveries", hours=2)
    assert status_of(order) == "delivered"
    assert order.shipped_at is not None
    assert order.delivered_at is not None
    assert (order.delivered_at - order.shipped_at).days == 10


def test_a_tracked_parcel_of_ours_is_delivered_when_a_person_says_so(
    printer: Any, pass_time: PassTime, settings: LazySettings
) -> None:
    settings.FULFILLMENT_PROVIDER = "self_usps"
    order = make_order()
    pass_time("route_orders")
    order.refresh_from_db()
    bench.mark_shipped(order, by="olive", tracking_code="9400111")
    pass_time("watch_deliveries", days=20)
    assert status_of(order) == "shipped"
    bench.mark_delivered(order, by="olive")
    assert status_of(order) == "delivered"


def test_orders_close_to_their_date_past_it_or_without_address_alert_once_a_day(
    printer: Any, pass_time: PassTime
) -> None:
    now = clock.now()
    order = make_order(ship_by=now + timedelta(hours=60), address=None)
    pass_time("watch_print", hours=11)
    assert not Alert.objects.exists()
    pass_time("watch_print", "watch_print", hours=2)
    assert Alert.objects.filter(key=f"address:{order}").count() == 1
    pass_time("watch_print", hours=24)
    assert Alert.objects.filter(key=f"due:{order}").exists()
    assert not Alert.objects.filter(key=f"late:{order}").exists()
    pass_time("watch_print", hours=24)
    assert Alert.objects.filter(key=f"late:{order}").exists()


def test_a_printer_with_nothing_new_is_asked_once_an_hour(sandbox: Sandbox, printer: Any, pass_time: PassTime) -> None:
    make_order()
    pass_time("route_orders")
    sandbox.forget_calls()
    for _ in range(5):
        pass_time("watch_print", minutes=15)
    assert [call["operation"] for call in sandbox.calls()] == ["orders.get", "orders.get"]


def test_no_personal_data_leaves_the_sealed_column(printer: Any, sandbox: Sandbox, pass_time: PassTime) -> None:
    sandbox.faults.add(Fault("sticker_mule", "*", "500", times=None))
    make_order()
    for _ in range(12):
        pass_time("route_orders", minutes=11)
    rows = [*Alert.objects.values_list(), *ErrorLog.objects.values_list(), *Intent.objects.values_list()]
    assert rows
    text = " ".join(str(value) for row in rows for value in row)
    for secret in ("Quillon", "Teapot Lane", "87001-4242", "quillon@example.com"):
        assert secret not in text
