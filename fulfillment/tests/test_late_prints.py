"""Requests that reach the printer late, or twice: whoever looked before they came, each line is printed once."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from fulfillment.models import Order, PrintJob
from fulfillment.orders import take
from fulfillment.tests.making import make_line, make_receipt, make_sticker
from fulfillment.tests.print_books import broken
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox

PassTime = Callable[..., None]
JOBS = ("route_orders", "watch_print")
# Before it is time to look; between both looks; while it is being sent again; long after.
LATE = [pytest.param(60, marks=pytest.mark.long), 240, pytest.param(330, marks=pytest.mark.long)]


def make_order(lines: int = 1) -> Order:
    sticker = make_sticker()
    return take(make_receipt(*[make_line(sticker) for _ in range(lines)]))[0]


def late(sandbox: Sandbox, seconds: float) -> None:
    sandbox.faults.add(Fault("sticker_mule", "orders.submit", "late", seconds=0.01, late=seconds))


def four_hours(sandbox: Sandbox, pass_time: PassTime) -> None:
    for minutes in (*[4] * 8, *[20] * 10):
        pass_time(*JOBS, minutes=minutes)
        httpx.get(f"{sandbox.url}/_sandbox/clock")  # what is late comes with the next request of any kind


@pytest.mark.parametrize("seconds", [*LATE, 7200])
def test_an_order_that_reaches_the_printer_late_is_printed_once(
    seconds: float, sandbox: Sandbox, printer: Any, pass_time: PassTime
) -> None:
    late(sandbox, seconds)
    order = make_order(lines=2)
    four_hours(sandbox, pass_time)
    order.refresh_from_db()
    assert (order.status, order.needs_attention) == ("print_confirmed", "")
    assert len(printer.orders) == 2
    assert broken(printer) == []


@pytest.mark.parametrize(
    ("seconds", "refusal"),
    [(240, "500"), (7200, "500"), (7200, "422"), (7200, "429")],
)
def test_what_reaches_the_printer_after_we_took_over_is_called_off_there_or_told(
    seconds: float, refusal: str, sandbox: Sandbox, printer: Any, pass_time: PassTime
) -> None:
    """Two looks found nothing, and sending it again failed; a clear answer to that says nothing of the first."""
    late(sandbox, seconds)
    sandbox.faults.add(Fault("sticker_mule", "orders.submit", refusal, times=None))
    make_order()
    four_hours(sandbox, pass_time)
    assert any(call["status"] == 201 and call["fault"] == "late" for call in sandbox.calls()), "it never came"
    assert broken(printer) == []


@pytest.mark.parametrize("seconds", [*LATE, 7200])
def test_what_reaches_the_printer_after_its_order_was_cancelled_is_called_off_there(
    seconds: float, sandbox: Sandbox, printer: Any, pass_time: PassTime
) -> None:
    late(sandbox, seconds)
    order = make_order()
    pass_time("route_orders")
    order.refresh_from_db()
    order.move_to("cancelled")
    four_hours(sandbox, pass_time)
    assert len(printer.orders) == 1
    assert broken(printer) == []
    assert PrintJob.objects.get().status == "cancelled"


@pytest.mark.parametrize("operation", ["quote", "artworks.upload", "orders.submit", "orders.cancel"])
def test_what_a_proxy_repeats_is_printed_or_called_off_once(
    operation: str, sandbox: Sandbox, printer: Any, pass_time: PassTime
) -> None:
    sandbox.faults.add(Fault("sticker_mule", operation, "twice"))
    order = make_order(lines=2)
    pass_time(*JOBS)
    if operation == "orders.cancel":
        order.refresh_from_db()
        order.move_to("cancelled")
    for _ in range(4):
        pass_time(*JOBS, minutes=4)
    assert len(printer.orders) == 2
    assert broken(printer) == []
    assert not Order.objects.parked().exists()
