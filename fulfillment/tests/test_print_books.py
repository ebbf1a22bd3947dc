"""The books that the campaigns are judged by do see what is doubled, lost, unknown or printed for nobody."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from fulfillment.models import Order, PrintJob
from fulfillment.orders import take
from fulfillment.tests.making import make_line, make_receipt, make_sticker
from fulfillment.tests.print_books import broken, table
from stickertrendz.ops.alerts import alert


def first(printer: Any) -> Any:
    return next(iter(printer.orders.values()))


def printed_again_there(printer: Any) -> None:
    again = deepcopy(first(printer))
    again.update(id="SM9999", external_id=again["external_id"].removesuffix("1") + "2")
    printer.orders["SM9999"] = again


def packed_as_well(printer: Any) -> None:
    job = PrintJob.objects.filter(provider="sticker_mule").latest("pk")
    PrintJob.objects.create(item=job.item, copy=2, provider="self_usps", status="sent")


def lost_there(printer: Any) -> None:
    printer.orders.popitem()


def lost_by_us(printer: Any) -> None:
    PrintJob.objects.get(provider="self_usps").delete()


def unknown_to_us(printer: Any) -> None:
    PrintJob.objects.filter(provider="sticker_mule").update(provider_order_id="")


def cancelled_and_printed(printer: Any) -> None:
    Order.objects.update(status="cancelled")


PLANTED = [
    (printed_again_there, "2 prints"),
    (packed_as_well, "2 prints"),
    (lost_there, "no print although the order is pending_manual"),
    (lost_by_us, "no print although the order is pending_manual"),
    (unknown_to_us, "the printer has an order that our books do not know"),
    (cancelled_and_printed, "printed and nobody was told, although the order is cancelled"),
    (cancelled_and_printed, "still on the bench although the order is cancelled"),
]


@pytest.fixture
def routed(printer: Any, pass_time: Callable[..., None]) -> Any:
    """Two lines at the printer and one on the bench."""
    sticker = make_sticker()
    take(make_receipt(make_line(sticker), make_line(sticker, "4in"), make_line(None)))
    pass_time("route_orders")
    return printer


def test_books_in_order_say_nothing_and_show_each_line_printed_once(routed: Any) -> None:
    assert broken(routed) == []
    assert table(routed).splitlines()[1].split() == ["pending_manual", "1", "0", "3", "0"]


@pytest.mark.parametrize(("plant", "told"), PLANTED, ids=[f"{plant.__name__}-{told[:9]}" for plant, told in PLANTED])
def test_what_is_planted_is_told(routed: Any, plant: Callable[[Any], None], told: str) -> None:
    plant(routed)
    assert any(told in words for words in broken(routed))


def test_what_could_not_be_stopped_is_in_order_once_the_operator_knows(routed: Any) -> None:
    Order.objects.update(status="cancelled")
    PrintJob.objects.filter(provider="self_usps").update(status="cancelled")
    for sent in routed.orders.values():
        alert(f"unstoppable:{sent['external_id']}", "It could not be stopped", "It is printed.")
    assert broken(routed) == []


def test_a_line_that_waits_for_a_person_is_not_forgotten(routed: Any) -> None:
    lost_there(routed)
    Order.objects.update(needs_attention="Look at it.")
    assert broken(routed) == []
