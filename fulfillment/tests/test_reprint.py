"""What has to be printed again: a copy with a reason, an order that never goes back, and whose fault it was."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.conf import LazySettings

from fulfillment import bench, reprint
from fulfillment.models import Order, PrintJob, Shipment
from fulfillment.orders import take
from fulfillment.reprint import Defects
from fulfillment.tests.making import make_line, make_receipt, make_sticker
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.models import Alert, AuditEntry

PassTime = Callable[..., None]


@pytest.fixture
def order(printer: Any, pass_time: PassTime, settings: LazySettings) -> Order:
    """On the bench, two lines."""
    settings.FULFILLMENT_PROVIDER = "self_usps"
    sticker = make_sticker()
    order, _ = take(make_receipt(make_line(sticker), make_line(sticker, "4in")))
    pass_time("route_orders")
    order.refresh_from_db()
    return order


def job_of(order: Order, size: str = "3in", copy: int = 1) -> PrintJob:
    return PrintJob.objects.get(item__order=order, item__size=size, copy=copy)


def test_a_misprint_on_the_bench_is_replaced_and_the_order_ships_with_the_copy(order: Order) -> None:
    spoilt = job_of(order)
    copy = reprint.print_again(spoilt, "misprint", "streaks", by="olive")
    assert (spoilt.status, copy.status, copy.copy, copy.replaces) == ("failed", "sent", 2, spoilt)
    assert (copy.reason, copy.note, copy.cost) == ("misprint", "streaks", Decimal("2.43"))
    assert AuditEntry.objects.filter(action="printed again", who="olive", why="misprint").exists()
    bench.mark_shipped(order, by="olive")
    assert order.status == "shipped"
    assert Shipment.objects.count() == 1


@pytest.mark.parametrize("status", ["shipped", "delivered"])
def test_a_copy_of_a_shipped_order_has_its_own_letter_and_the_order_stays(
    status: str, order: Order, pass_time: PassTime
) -> None:
    bench.mark_shipped(order, by="olive")
    if status == "delivered":
        bench.mark_delivered(order, by="olive")
    copy = reprint.print_again(job_of(order), "lost", by="olive")
    pass_time("route_orders", "watch_print", "watch_deliveries", days=11)
    order.refresh_from_db()
    copy.refresh_from_db()
    assert (order.status, copy.status) == (status, "sent")  # not delivered while a copy is on the bench
    assert bench.mark_shipped(order, by="olive")
    assert sorted(Shipment.objects.values_list("posting", flat=True)) == [1, 2]
    pass_time("watch_print", "watch_deliveries", days=11)
    order.refresh_from_db()
    assert order.status == "delivered"
    assert not Shipment.objects.filter(delivered_at=None).exists()


def test_a_copy_can_be_made_by_the_printer(order: Order, printer: Any, pass_time: PassTime) -> None:
    bench.mark_shipped(order, by="olive")
    copy = reprint.print_again(job_of(order), "damaged", by="olive", provider="sticker_mule")
    assert copy.status == "waiting"
    pass_time("route_orders")
    assert [sent["external_id"] for sent in printer.orders.values()] == [copy.external_id]
    pass_time("watch_print", "watch_deliveries", hours=27)
    copy.refresh_from_db()
    order.refresh_from_db()
    assert (copy.status, order.status, Shipment.objects.exclude(tracking_code="").count()) == ("shipped", "shipped", 1)


def test_what_may_not_be_printed_again_says_why(order: Order, printer: Any, settings: LazySettings) -> None:
    job = job_of(order)
    with pytest.raises(NeedsPerson, match="Say why"):
        reprint.print_again(job, "because", by="olive")
    settings.STICKER_MULE_API_KEY = ""
    with pytest.raises(NeedsPerson, match="STICKER_MULE_API_KEY is not set"):
        reprint.print_again(job, "cut", by="olive", provider="sticker_mule")
    reprint.print_again(job, "cut", by="olive")
    with pytest.raises(NeedsPerson, match="is being printed again already"):
        reprint.print_again(job, "cut", by="olive")
    Order.objects.update(status="refunded")
    with pytest.raises(NeedsPerson, match="cancelled or paid back"):
        reprint.print_again(job_of(order, "4in"), "cut", by="olive")
    assert PrintJob.objects.count() == 3


def test_what_is_at_a_printer_is_not_printed_a_second_time(printer: Any, pass_time: PassTime) -> None:
    take(make_receipt(make_line(make_sticker())))
    pass_time("route_orders")
    with pytest.raises(NeedsPerson, match="is still with sticker_mule"):
        reprint.print_again(PrintJob.objects.get(), "lost", by="olive")


def test_a_line_cancelled_there_before_the_next_was_sent_loses_neither(printer: Any, pass_time: PassTime) -> None:
    sticker = make_sticker()
    order, _ = take(make_receipt(make_line(sticker), make_line(sticker, "4in")))
    pass_time("route_orders")
    Order.objects.filter(pk=order.pk).update(status="paid")  # as if it stood between its two lines
    job_of(order, "4in").delete()
    next(sent for sent in printer.orders.values() if sent["size"] == "3in")["cancelled"] = "cancelled"
    pass_time("watch_print")
    order.refresh_from_db()
    assert order.status == "paid"
    pass_time("route_orders")
    order.refresh_from_db()
    assert order.status == "pending_manual"
    assert set(PrintJob.objects.values_list("item__size", "copy", "status")) == {
        ("3in", 1, "cancelled"), ("3in", 2, "sent"), ("4in", 1, "sent"),
    }  # fmt: skip
    assert Alert.objects.filter(key=f"manual:{order}").count() == 1


def test_a_line_that_an_import_brings_later_is_printed_too(printer: Any, pass_time: PassTime) -> None:
    receipt = make_receipt(make_line(make_sticker()))
    order, _ = take(receipt)
    pass_time("route_orders")
    order.items.get()
    sticker = make_sticker()
    take(make_receipt(*receipt.lines, make_line(sticker, "4in"), receipt_id=receipt.receipt_id))
    pass_time("watch_print", hours=27)
    order.refresh_from_db()
    assert order.status == "sent_to_print"
    pass_time("route_orders")
    pass_time("watch_print", hours=27)
    order.refresh_from_db()
    assert (order.status, len(printer.orders)) == ("shipped", 2)


def test_the_defect_rate_counts_what_was_the_printers_fault(order: Order, pass_time: PassTime) -> None:
    first = reprint.print_again(job_of(order), "misprint", by="olive")
    reprint.print_again(first, "cut", by="olive")
    bench.mark_shipped(order, by="olive")
    reprint.print_again(job_of(order, "4in"), "lost", by="olive")
    assert reprint.defect_rate("self_usps", 30) == Defects(5, 2, {"misprint": 1, "cut": 1, "lost": 1})
    assert reprint.defect_rate("self_usps", 30).rate == Decimal("0.4")
    assert reprint.defect_rate("sticker_mule", 30) == Defects(0, 0, {})
    assert reprint.defect_rate("sticker_mule", 30).rate == 0
    pass_time(days=31)
    assert reprint.defect_rate("self_usps", 30).jobs == 0


def test_a_print_the_printer_cancelled_is_its_defect_and_one_we_cancelled_is_not(
    printer: Any, pass_time: PassTime
) -> None:
    orders = [take(make_receipt(make_line(make_sticker())))[0] for _ in range(2)]
    pass_time("route_orders")
    next(iter(printer.orders.values()))["cancelled"] = "cancelled"
    orders[1].refresh_from_db()
    orders[1].move_to("cancelled")
    pass_time("watch_print")
    assert reprint.defect_rate("sticker_mule", 30) == Defects(1, 1, {"printer_cancelled": 1})


def test_two_who_print_one_line_again_at_the_same_moment_make_one_copy(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.mark_shipped(order, by="olive")
    job, real = job_of(order), reprint._check

    def checked(*asked: Any) -> None:
        real(*asked)
        PrintJob.objects.create(item=job.item, copy=2, provider="self_usps", status="sent", replaces=job)

    monkeypatch.setattr(reprint, "_check", checked)
    with pytest.raises(NeedsPerson, match="printed again by somebody else"):
        reprint.print_again(job, "lost", by="olive")
    assert not PrintJob.objects.filter(item=job.item, copy__gt=2).exists()


def test_a_printer_that_failed_once_upon_a_time_may_print_a_copy(
    order: Order, printer: Any, pass_time: PassTime
) -> None:
    bench.mark_shipped(order, by="olive")
    Order.objects.update(provider_failures=3)
    reprint.print_again(job_of(order), "lost", by="olive", provider="sticker_mule")
    pass_time("route_orders")
    assert len(printer.orders) == 1
