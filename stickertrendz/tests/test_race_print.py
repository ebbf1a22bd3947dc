"""Two workers on the same orders, slow ones, and buyers who cancel meanwhile: no print is doubled or for nobody."""

from typing import Any

import pytest

from fulfillment import route
from fulfillment.models import Order, PrintJob
from fulfillment.orders import take
from fulfillment.tests.making import make_receipt
from fulfillment.tests.print_books import broken
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.children import LATER, fork, held, run, until_quiet
from stickertrendz.tests.print_scenes import Prints, check, first_day, ordered, routing, work

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = Prints(there=2, by_hand=1, status="pending_manual")
NONE = Prints(there=0, by_hand=0, status="cancelled")
ORDERS = 5


@pytest.fixture
def printer(transactional_db: None, live_sandbox: Sandbox, settings: Any) -> Sandbox:
    settings.JOB_LIST = "fulfillment.tests.conftest.JOBS"
    settings.FULFILLMENT_PROVIDER = "sticker_mule"
    first_day(live_sandbox)
    return live_sandbox


def cancel() -> int:
    take(make_receipt(receipt_id=Order.objects.get().receipt_id, cancelled=True))
    return 0


def others_work(sandbox: Sandbox, times: int = 3) -> None:
    """Long enough for claims and leases to run out and for two looks at the printer."""
    for _ in range(times):
        sandbox.offset += LATER.total_seconds()
        assert run(sandbox, work) == 0


def test_two_workers_at_once_send_every_line_once(printer: Sandbox) -> None:
    for _ in range(ORDERS):
        ordered()
    with fork(printer, routing) as one, fork(printer, routing) as other:
        assert [one.wait(), other.wait()] == [0, 0]
    until_quiet(printer, work)
    world: Any = printer.worlds["sticker_mule"]
    assert len(world.orders) == 2 * ORDERS
    assert broken(world) == []
    assert set(Order.objects.values_list("status", "needs_attention")) == {("pending_manual", "")}


@pytest.mark.parametrize(
    ("when", "failures"),
    [
        ("before", 0),
        ("after", 0),
        ("before", route.MOST_FAILURES - 1),
        ("after", route.MOST_FAILURES - 1),
    ],
)
def test_a_worker_so_slow_that_others_took_its_order_doubles_nothing(
    printer: Sandbox, when: str, failures: int
) -> None:
    ordered()
    Order.objects.update(provider_failures=failures)
    with held(printer, routing, "sticker_mule", "orders.submit", when) as slow:
        others_work(printer)
        printer.holds.release()
        slow.wait()
    until_quiet(printer, work)
    world: Any = printer.worlds["sticker_mule"]
    assert broken(world) == []
    assert len(world.orders) == 2


def test_what_a_slow_worker_sends_after_others_took_over_is_called_off(printer: Sandbox) -> None:
    ordered()
    Order.objects.update(provider_failures=route.MOST_FAILURES - 1)
    with held(printer, routing, "sticker_mule", "orders.submit") as slow:
        printer.faults.add(Fault("sticker_mule", "orders.submit", "500", times=None))
        others_work(printer, 8)
        assert PrintJob.objects.filter(provider="self_usps", status="sent").count() > 1, "nobody took over"
        printer.faults.clear()
        printer.holds.release()
        slow.wait()
    others_work(printer, 6)
    assert broken(printer.worlds["sticker_mule"]) == []


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("operation", ["quote", "artworks.upload", "orders.submit"])
def test_a_cancellation_while_an_order_is_sent_stops_every_line(printer: Sandbox, operation: str, when: str) -> None:
    """What had not left by then never does; what had is called off."""
    ordered()
    with held(printer, work, "sticker_mule", operation, when) as sending:
        assert run(printer, cancel) == 0
        printer.holds.release()
        assert sending.wait() == 0
    until_quiet(printer, work)
    check(printer, NONE)
    world: Any = printer.worlds["sticker_mule"]
    assert len(world.orders) == (operation == "orders.submit")


def test_what_is_being_sent_is_not_stopped_under_the_hands_of_the_one_who_sends_it(printer: Sandbox) -> None:
    ordered()
    with held(printer, routing, "sticker_mule", "orders.submit") as sending:
        assert run(printer, cancel) == 0
        assert run(printer, work) == 0
        printer.holds.release()
        assert sending.wait() == 0
    until_quiet(printer, work)
    check(printer, NONE)
