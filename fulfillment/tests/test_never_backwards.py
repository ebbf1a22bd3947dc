"""Whatever receipts, files, the bench, the printer and the jobs do, in any order: forward only, each line once."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Exists, OuterRef
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fulfillment import bench, orders, reprint
from fulfillment.costs import BY_HAND
from fulfillment.models import OrderItem, PrintJob
from fulfillment.orders import Receipt, take
from fulfillment.tests.making import ADDRESS, make_line, make_receipt, make_sticker
from fulfillment.wanted import ENDED
from stickertrendz import clock
from stickertrendz.ops.errors import Beaten, IllegalMove, NeedsPerson

PassTime = Callable[..., None]
STAGES = {"pending": 0, "needs_address": 1, "paid": 2, "pending_manual": 3, "sent_to_print": 3, "print_confirmed": 3,
          "shipped": 4, "delivered": 5, "cancelled": 6, "refunded": 7}  # fmt: skip
IN_WORK = ("pending_manual", "sent_to_print", "print_confirmed")
TOLD: dict[str, dict[str, Any]] = {
    "unpaid": {"is_paid": False},
    "paid": {},
    "shipped": {"status": "completed", "is_shipped": True},
    "cancelled": {"cancelled": True},
    "refunded": {"status": "fully refunded"},
    "part": {"status": "partially refunded"},
}
receipts = st.tuples(st.sampled_from(sorted(TOLD)), st.sampled_from([-30, 0, 0, 30]), st.booleans())
steps = st.sampled_from(["address", "file cancelled", "file refunded", "printed", "packed", "letter", "parcel",
                         "delivered", "again", "printer cancels"])  # fmt: skip
times = st.sampled_from([1, 3, 26, 100, 260])


class Shop:
    """One order of two lines, and everything that may happen to it."""

    def __init__(self, printer: Any, pass_time: PassTime) -> None:
        self.printer, self.pass_time = printer, pass_time
        sticker = make_sticker()
        self.first = make_receipt(make_line(sticker), make_line(sticker, "4in"), is_paid=False, address=None)
        self.order, _ = take(self.first)
        self.stage, self.refunded = 0, 0

    def receipt(self, what: str, minutes: int, has_address: bool) -> None:
        told: Receipt = replace(self.first, is_paid=True, **TOLD[what]) if what != "unpaid" else self.first
        paid_back = self.first.lines[0].unit_price if what == "part" else self.first.refunded
        at = clock.now() + timedelta(minutes=minutes)
        take(replace(told, updated_at=at, refunded=paid_back, address=ADDRESS if has_address else None))

    def step(self, what: str) -> None:
        order = self.order
        jobs = list(PrintJob.objects.filter(item__order=order).order_by("pk"))
        if what == "address":
            orders.give_address(order, ADDRESS, by="olive")
        elif what.startswith("file"):
            orders.end(order, cancelled="cancelled" in what, by="olive", how="file")
        elif what in ("letter", "parcel"):
            bench.mark_shipped(order, by="olive", tracking_code="9400111" if what == "parcel" else "")
        elif what == "delivered":
            bench.mark_delivered(order, by="olive")
        elif what == "printer cancels":
            for sent in self.printer.orders.values():
                received = self.printer.show(sent)["status"] == "received"
                sent["cancelled"] = "cancelled" if received else sent["cancelled"]
        elif jobs:
            {"printed": bench.mark_printed, "packed": bench.mark_packed, "again": self.again}[what](
                jobs[-1], by="olive"
            )

    def again(self, job: PrintJob, *, by: str) -> None:
        reprint.print_again(job, "misprint", by=by)

    def jobs(self, hours: int) -> None:
        self.pass_time("route_orders", "watch_print", "watch_deliveries", hours=hours)

    def check(self) -> None:
        self.order.refresh_from_db()
        assert STAGES[self.order.status] >= self.stage
        self.stage = STAGES[self.order.status]
        items = OrderItem.objects.filter(order=self.order)
        assert [item.transaction_id for item in items.order_by("pk")] == [
            one.transaction_id for one in self.first.lines
        ]
        refunded = items.filter(refunded=True).count()
        assert refunded >= self.refunded
        self.refunded = refunded
        for item in items:
            assert live(item).count() <= 1, "doubled"
        there = [sent["external_id"] for sent in self.printer.orders.values()]
        assert len(there) == len(set(there))

    def check_nothing_lost(self) -> None:
        """Once the jobs had their turn."""
        if self.order.status in ENDED:
            assert not OrderItem.objects.filter(order=self.order, refunded=False).exists()
        parked = self.order.needs_attention or PrintJob.objects.parked().filter(item__order=self.order).exists()
        if self.order.status in IN_WORK and not parked:
            for item in OrderItem.objects.filter(order=self.order, refunded=False):
                assert live(item).count() == 1, "lost"


def live(item: OrderItem) -> Any:
    """Prints of a line that are under way or gone and were not replaced by another."""
    dead = ("waiting", "failed", "cancelled")
    replaced = PrintJob.objects.filter(replaces=OuterRef("pk")).exclude(status__in=dead)
    return PrintJob.objects.filter(item=item).exclude(status__in=dead).exclude(Exists(replaced))


def play(shop: Shop, events: list[Any]) -> None:
    for event in events:
        with suppress(NeedsPerson, Beaten, IllegalMove):
            if isinstance(event, tuple):
                shop.receipt(*event)
            elif isinstance(event, str):
                shop.step(event)
            else:
                shop.jobs(event)
        shop.check()
    shop.jobs(2)
    shop.jobs(2)
    shop.check()
    shop.check_nothing_lost()


EVENTS = st.lists(receipts | steps | times, min_size=3, max_size=14)


@pytest.mark.parametrize("provider", ["sticker_mule", BY_HAND])
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(events=EVENTS)
def test_no_order_of_events_moves_an_order_back_or_loses_or_doubles_a_line(
    provider: str, printer: Any, pass_time: PassTime, settings: Any, events: list[Any]
) -> None:
    settings.FULFILLMENT_PROVIDER = provider
    play(Shop(printer, pass_time), [("paid", 0, True), *events])


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("provider", ["sticker_mule", BY_HAND])
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(events=EVENTS)
def test_no_order_of_hundreds_of_events_does(
    provider: str, printer: Any, pass_time: PassTime, settings: Any, events: list[Any]
) -> None:
    settings.FULFILLMENT_PROVIDER = provider
    play(Shop(printer, pass_time), events)
