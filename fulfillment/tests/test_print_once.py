"""Whatever is lost, late or killed: one print per order line, and no order forgotten."""

from collections.abc import Callable
from typing import Any

import pytest

from fulfillment.models import Order, PrintJob
from fulfillment.orders import take
from fulfillment.tests.making import make_line, make_receipt, make_sticker
from stickertrendz.ops import intents, runner, storage
from stickertrendz.ops.models import Alert, Intent
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox

PassTime = Callable[..., None]


class Killed(BaseException):
    """The process died here."""


def make_order(lines: int = 1) -> Order:
    sticker = make_sticker()
    return take(make_receipt(*[make_line(sticker) for _ in range(lines)]))[0]


def external_ids(printer: Any) -> list[str]:
    return sorted(sent["external_id"] for sent in printer.orders.values())


def wanted_ids() -> list[str]:
    return sorted(job.external_id for job in PrintJob.objects.select_related("item"))


@pytest.mark.parametrize("operation", ["quote", "artworks.upload", "orders.submit"])
@pytest.mark.parametrize("fault", ["429", "500", "500_after", "timeout", "timeout_after", "malformed", "html"])
def test_after_a_passing_fault_every_line_is_printed_once(
    fault: str, operation: str, sandbox: Sandbox, printer: Any, pass_time: PassTime
) -> None:
    sandbox.faults.add(Fault("sticker_mule", operation, fault, times=1, seconds=0.01))
    order = make_order(lines=2)
    for _ in range(6):
        pass_time("route_orders", minutes=4)
    order.refresh_from_db()
    assert (order.status, order.needs_attention) == ("sent_to_print", "")
    assert external_ids(printer) == wanted_ids()
    assert len(printer.orders) == 2


@pytest.mark.parametrize("fault", ["500", "500_after", "timeout_after", "malformed"])
def test_a_fault_that_stays_ends_with_one_print_or_one_letter_of_ours(
    fault: str, sandbox: Sandbox, printer: Any, pass_time: PassTime
) -> None:
    sandbox.faults.add(Fault("sticker_mule", "orders.submit", fault, times=None, seconds=0.01))
    order = make_order()
    for _ in range(20):
        pass_time("route_orders", minutes=11)
    order.refresh_from_db()
    done_there = fault.endswith("_after")
    assert order.status == ("sent_to_print" if done_there else "pending_manual")
    assert len(printer.orders) == (1 if done_there else 0)
    assert PrintJob.objects.get().provider == ("sticker_mule" if done_there else "self_usps")


@pytest.mark.parametrize("got_it", [True, False])
def test_while_it_is_unknown_whether_the_printer_has_it_nobody_packs_it(
    got_it: bool, sandbox: Sandbox, printer: Any, pass_time: PassTime
) -> None:
    sandbox.faults.add(Fault("sticker_mule", "orders.submit", "500_after" if got_it else "500", times=1))
    order = make_order()
    pass_time("route_orders")
    sandbox.faults.add(Fault("sticker_mule", "*", "500", times=None))
    for _ in range(20):
        pass_time("route_orders", minutes=11)
    order.refresh_from_db()
    assert (order.status, order.needs_attention) == ("paid", "")
    assert Alert.objects.filter(key=f"print-unknown:{order}").exists()
    sandbox.faults.clear()
    for _ in range(6):
        pass_time("route_orders", minutes=31)
    order.refresh_from_db()
    assert order.status == ("sent_to_print" if got_it else "pending_manual")
    assert len(printer.orders) == (1 if got_it else 0)


@pytest.mark.parametrize(
    ("target", "name"),
    [
        (storage, "load"),
        (intents, "sent"),
        (intents, "done"),
        (PrintJob, "move_to"),
        (Order, "move_to"),
    ],
)
def test_killed_at_any_point_the_next_runs_print_each_line_once(
    target: Any, name: str, printer: Any, pass_time: PassTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*args: Any, **kwargs: Any) -> None:
        raise Killed

    order = make_order(lines=2)
    with monkeypatch.context() as patch:
        patch.setattr(target, name, die)
        with pytest.raises(Killed):
            runner.run_job("route_orders")
    for _ in range(4):
        pass_time("route_orders", minutes=11)
    order.refresh_from_db()
    assert order.status == "sent_to_print"
    assert external_ids(printer) == wanted_ids()
    assert len(printer.orders) == 2


def test_an_order_cancelled_while_its_submission_was_unclear_is_found_and_stopped(
    sandbox: Sandbox, printer: Any, pass_time: PassTime
) -> None:
    sandbox.faults.add(Fault("sticker_mule", "orders.submit", "500_after", times=1))
    order = make_order()
    pass_time("route_orders")
    order.refresh_from_db()
    order.move_to("cancelled")
    for _ in range(2):
        pass_time("watch_print", minutes=15)
    assert [sent["cancelled"] for sent in printer.orders.values()] == ["cancelled"]
    assert PrintJob.objects.get().status == "cancelled"


def test_a_cancellation_does_not_wait_for_the_next_look_at_the_printer(printer: Any, pass_time: PassTime) -> None:
    order = make_order()
    pass_time("route_orders", "watch_print")
    order.refresh_from_db()
    order.move_to("cancelled")
    pass_time("watch_print", minutes=15)
    assert [sent["cancelled"] for sent in printer.orders.values()] == ["cancelled"]


def test_an_order_cancelled_before_it_was_sent_never_will_be(
    sandbox: Sandbox, printer: Any, pass_time: PassTime
) -> None:
    sandbox.faults.add(Fault("sticker_mule", "artworks.upload", "500", times=4))
    order = make_order()
    pass_time("route_orders")
    order.refresh_from_db()
    order.move_to("cancelled")
    pass_time("watch_print")
    assert PrintJob.objects.get().status == "cancelled"
    assert Intent.objects.get().state == Intent.State.VOID
    assert printer.orders == {}


def test_orders_wait_out_a_resting_printer_together_and_then_all_go_by_hand(
    sandbox: Sandbox, printer: Any, pass_time: PassTime
) -> None:
    sandbox.faults.add(Fault("sticker_mule", "*", "500", times=None))
    orders = [make_order() for _ in range(5)]
    for _ in range(15):
        pass_time("route_orders", minutes=11)
    assert set(Order.objects.values_list("status", flat=True)) == {"pending_manual"}
    assert PrintJob.objects.filter(provider="self_usps").count() == len(orders)
    assert printer.orders == {}
