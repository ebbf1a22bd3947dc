"""Orders on their way to the printer, the jobs that take them there, and what must have come of them."""

from dataclasses import dataclass
from typing import Any

from fulfillment import reprint, route
from fulfillment.models import Order, OrderItem, PrintJob
from fulfillment.orders import take
from fulfillment.tests import print_books
from fulfillment.tests.making import make_line, make_receipt, make_sticker
from stickertrendz.ops.models import Call, Intent, Run
from stickertrendz.ops.work import attempt
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.children import LATER, jobs, run
from stickertrendz.tests.making import empty_tables

A_DAY_AND_MORE = 27 * 3600.0  # until the printer has shipped
work = jobs("route_orders", "watch_print")


@dataclass(frozen=True)
class Prints:
    """How many live orders the printer has, and how many copies lie on the bench; the order's status."""

    there: int
    by_hand: int
    status: str


def first_day(sandbox: Sandbox) -> None:
    """Empty tables but for prices and costs, and a printer without orders."""
    empty_tables()
    sandbox.reset()


def ordered() -> Order:
    """Two lines for the printer and one that it cannot print."""
    sticker = make_sticker()
    large = make_line(sticker, "4in", quantity=2)
    return take(make_receipt(make_line(sticker), large, make_line(None)))[0]


# --- Scenes: each leaves something to do ----------------------------------------------------------------------------
def to_send(sandbox: Sandbox) -> None:
    ordered()


def to_look_for(sandbox: Sandbox) -> None:
    """The first line's answer was lost; it is time to look for it at the printer."""
    ordered()
    sandbox.faults.add(Fault("sticker_mule", "orders.submit", "500_after"))
    assert run(sandbox, work) == 0
    sandbox.offset += LATER.total_seconds()


def to_take_over(sandbox: Sandbox) -> None:
    """The printer never takes the first line; nothing is unclear."""
    ordered()
    sandbox.faults.add(Fault("sticker_mule", "orders.submit", "429", times=None, retry_after=3600))
    Order.objects.update(provider_failures=route.MOST_FAILURES - 1)


def to_stop(sandbox: Sandbox) -> None:
    """Cancelled when everything is at the printer."""
    order = ordered()
    assert run(sandbox, work) == 0
    order.refresh_from_db()
    order.move_to("cancelled")


def to_stop_unclear(sandbox: Sandbox) -> None:
    """Cancelled while it was unknown whether the printer has the first line."""
    to_look_for(sandbox)
    Order.objects.get().move_to("cancelled")


def to_send_a_copy(sandbox: Sandbox) -> None:
    """The first line was lost in the post; the printer shall make it again."""
    ordered()
    assert run(sandbox, work) == 0
    sandbox.offset += A_DAY_AND_MORE
    assert run(sandbox, work) == 0
    job = PrintJob.objects.filter(provider="sticker_mule", status="shipped").earliest("pk")
    reprint.print_again(job, PrintJob.Reason.LOST, by="olive", provider="sticker_mule")


def to_send_a_new_line(sandbox: Sandbox) -> None:
    """An import brings one more line of an order that is at the printer and on the bench."""
    order = ordered()
    assert run(sandbox, work) == 0
    first = order.items.exclude(sticker=None).earliest("pk")
    OrderItem.objects.create(
        order=order, sticker=first.sticker, size="3in", quantity=1, unit_price=first.unit_price, sold_at=first.sold_at,
        transaction_id=first.transaction_id + 1_000_000,
    )  # fmt: skip


# --- What has come of it ----------------------------------------------------------------------------------------------
def prints(sandbox: Sandbox) -> Prints:
    printer: Any = sandbox.worlds["sticker_mule"]
    lines = print_books.lines(printer)
    there, by_hand = sum(len(line.there) for line in lines), sum(len(line.by_hand) for line in lines)
    return Prints(there, by_hand, Order.objects.get().status)


def check(sandbox: Sandbox, wanted: Prints) -> None:
    """Everything is settled: printed once, in our books as there, and nothing hangs or waits for a person."""
    broken, found = print_books.broken(sandbox.worlds["sticker_mule"]), prints(sandbox)
    assert not broken, broken
    assert found == wanted, found
    assert not Order.objects.parked().exists()
    assert not PrintJob.objects.parked().exists()
    assert not PrintJob.objects.filter(status="waiting").exists()
    assert not Intent.objects.filter(state=Intent.State.SENT).exists()
    assert not Run.objects.filter(status="running").exists()
    assert not Call.objects.filter(outcome=Call.OPEN).exists()


def routing() -> int:
    """A worker that the jobs' locks do not keep from the others' orders, as when a lock is lost."""
    for order in Order.objects.due("paid"):
        attempt(order, route.route)
    return 0
