"""What is not to be shipped any more: orders on the bench, prints called off."""

from typing import Any

import pytest
from django.conf import LazySettings

from fulfillment import bench, in_hand, route, wanted, watch
from fulfillment.adapters import sticker_mule
from fulfillment.models import Order, PrintJob, Shipment
from fulfillment.orders import take
from fulfillment.tests.making import make_line, make_receipt, make_sticker
from stickertrendz.ops import intents
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.models import Intent
from stickertrendz.ops.work import Outcome, attempt
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox


def make_order() -> Order:
    return take(make_receipt(make_line(make_sticker())))[0]


def test_a_cancelled_order_is_not_marked_as_shipped(printer: Any, settings: LazySettings) -> None:
    settings.FULFILLMENT_PROVIDER = "self_usps"
    order = make_order()
    route.route(order)
    order.refresh_from_db()
    Order.objects.update(status="cancelled")  # while the bench's page is open
    with pytest.raises(NeedsPerson, match="not to be shipped"):
        bench.mark_shipped(order, by="olive")
    assert not Shipment.objects.exists()


def test_an_order_whose_address_the_bench_copied_by_hand_can_be_marked_as_shipped(printer: Any) -> None:
    order = make_order()
    Order.objects.update(status="needs_address")
    bench.mark_shipped(order, by="olive")
    assert Order.objects.get().status == "shipped"


def test_a_print_called_off_by_a_process_that_died_is_cancelled_by_the_next(printer: Any) -> None:
    order = make_order()
    job = PrintJob.objects.create(item=order.items.get(), provider="sticker_mule", status="waiting")
    assert route.find_or_call_off(job) is None
    Order.objects.update(status="cancelled")
    assert attempt(job, watch.stop).outcome is Outcome.DONE
    assert PrintJob.objects.get().status == "cancelled"


@pytest.mark.parametrize(("state", "status"), [("sent", "waiting"), ("done", "waiting"), ("void", "sent")])
def test_what_a_printer_has_or_may_have_is_not_posted_by_us_too(state: str, status: str, printer: Any) -> None:
    order = make_order()
    job = PrintJob.objects.create(item=order.items.get(), provider="sticker_mule", status=status)
    intents.plan(wanted.KIND, wanted.key(job), job)
    Intent.objects.update(state=state)
    with pytest.raises(NeedsPerson, match="not to be printed twice"):
        bench.mark_shipped(order, by="olive")
    assert (Order.objects.get().status, Shipment.objects.count()) == ("paid", 0)


def test_what_was_only_planned_at_a_printer_is_called_off_when_we_post_it(
    printer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the very moment of sending, when the picture is uploaded and the last look is over."""
    order = make_order()
    real = sticker_mule._ship_to

    def posted_now(address: Any) -> dict[str, str]:
        bench.mark_shipped(Order.objects.get(), by="olive")
        return real(address)

    monkeypatch.setattr(sticker_mule, "_ship_to", posted_now)
    assert attempt(order, route.route).outcome is Outcome.TAKEN
    assert (Order.objects.get().status, printer.orders) == ("shipped", {})


@pytest.mark.parametrize(
    ("status", "words"),
    [("pending", "is not paid yet"), ("needs_address", "has no address yet"), ("cancelled", "is cancelled: nothing"),
     ("shipped", "is shipped: print its lines again")],
)  # fmt: skip
def test_why_an_order_cannot_be_taken_into_our_own_hands_is_said_in_a_sentence(
    status: str, words: str, printer: Any
) -> None:
    order = make_order()
    Order.objects.update(status=status)
    with pytest.raises(NeedsPerson, match=words):
        in_hand.take(order, by="olive")


def test_the_rest_of_an_order_is_taken_in_hand_although_a_line_is_on_the_bench(printer: Any, sandbox: Sandbox) -> None:
    """The printer was not reached when the line without a print file was put there."""
    order = take(make_receipt(make_line(None), make_line(make_sticker())))[0]
    sandbox.faults.add(Fault("sticker_mule", "artworks.upload", "500", times=None))
    assert attempt(order, route.route).outcome is Outcome.PASSING
    assert in_hand.take(order, by="olive")
    order.refresh_from_db()
    assert attempt(order, route.route).outcome is Outcome.DONE
    assert set(PrintJob.objects.values_list("provider", "status")) == {("self_usps", "sent")}
    assert Order.objects.get().status == "pending_manual"
