"""The bench: steps that may be repeated and undone until the post has it, and what ended meanwhile."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.conf import LazySettings

from fulfillment import bench, route, worklist
from fulfillment.models import Order, OrderItem, PrintJob, Shipment
from fulfillment.orders import take
from fulfillment.tests.making import make_line, make_receipt, make_sticker
from stickertrendz import clock
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.models import AuditEntry

printed = partial(bench.mark_printed, by="olive")
packed = partial(bench.mark_packed, by="olive")
back = partial(bench.step_back, by="olive")


@pytest.fixture(autouse=True)
def by_hand(printer: Any, settings: LazySettings) -> None:
    settings.FULFILLMENT_PROVIDER = "self_usps"


def on_bench(*sizes: str, **fields: Any) -> tuple[Order, list[PrintJob]]:
    sticker = make_sticker()
    order = take(make_receipt(*(make_line(sticker, size) for size in sizes or ("3in",)), **fields))[0]
    route.route(order)
    return order, list(PrintJob.objects.filter(item__order=order).order_by("item__size"))


def reprinted(job: PrintJob) -> PrintJob:
    """A copy on the bench for one that is in the post."""
    columns = {"item": job.item, "copy": job.copy + 1, "provider": job.provider, "replaces": job, "status": "sent"}
    copy: PrintJob = PrintJob.objects.create(**columns)
    return copy


def test_a_sticker_goes_from_printed_to_packed_to_the_post() -> None:
    order, [job] = on_bench()
    assert [printed(job), printed(job), packed(job), packed(job), printed(job)] == [True, False, True, False, False]
    assert bench.mark_shipped(order, by="olive")
    assert (PrintJob.objects.get().status, Order.objects.get().status) == ("shipped", "shipped")
    actions = AuditEntry.objects.filter(who="olive").order_by("at", "pk").values_list("action", flat=True)
    assert list(actions) == ["marked as printed", "marked as packed", "marked as shipped"]


def test_marking_as_shipped_twice_is_one_letter() -> None:
    order, _ = on_bench("3in", "4in")
    assert [bench.mark_shipped(order, by="olive") for _ in range(2)] == [True, False]
    assert Shipment.objects.count() == 1


def test_a_wrong_click_is_undone_step_by_step_until_the_post_has_it() -> None:
    order, [job] = on_bench()
    packed(job)
    assert [back(job), back(job), back(job)] == [True, True, False]
    assert PrintJob.objects.get().status == "sent"
    bench.mark_shipped(order, by="olive")
    with pytest.raises(NeedsPerson, match="in the post"):
        back(job)


@pytest.mark.parametrize("how", ["cancelled", "refunded"])
def test_what_ended_meanwhile_is_not_packed_but_kept_as_stock(how: str) -> None:
    _, [job] = on_bench()
    printed(job)
    Order.objects.update(status=how)
    with pytest.raises(NeedsPerson, match="kept as stock"):
        packed(job)
    assert (list(worklist.jobs()), list(worklist.to_put_aside())) == ([], [job])
    assert [bench.put_aside(job, by="olive", kept=True) for _ in range(2)] == [True, False]
    assert PrintJob.objects.get().status == "cancelled"
    assert AuditEntry.objects.get(action="put aside, kept as stock").who == "olive"


def test_what_is_still_wanted_is_not_put_aside() -> None:
    _, [job] = on_bench()
    printed(job)
    with pytest.raises(NeedsPerson, match="still wanted"):
        bench.put_aside(job, by="olive", kept=False)


def test_a_line_refunded_alone_stays_out_of_the_parcel_and_keeps_it_from_nothing() -> None:
    order, jobs = on_bench("3in", "4in")
    for job in jobs:
        printed(job)
    OrderItem.objects.filter(pk=jobs[0].item_id).update(refunded=True)
    with pytest.raises(NeedsPerson, match="line of order"):
        packed(jobs[0])
    assert bench.mark_shipped(order, by="olive")
    found = PrintJob.objects.order_by("item__size").values_list("status", flat=True)
    assert (list(found), Order.objects.get().status) == (["cancelled", "shipped"], "shipped")


def test_a_copy_for_a_shipped_order_is_posted_and_the_order_stays_delivered() -> None:
    order, [job] = on_bench()
    bench.mark_shipped(order, by="olive")
    bench.mark_delivered(order, by="olive")
    job.refresh_from_db()
    copy = reprinted(job)
    assert list(worklist.jobs()) == [copy]
    assert bench.mark_shipped(order, by="olive", tracking_code="9400111202555842332669")
    copy.refresh_from_db()
    assert (copy.status, Order.objects.get().status, Shipment.objects.count()) == ("shipped", "delivered", 2)


def test_what_somebody_marked_as_shipped_on_etsy_waits_on_the_bench_no_more() -> None:
    order, _ = on_bench()
    Order.objects.update(status="shipped")
    assert not worklist.jobs()
    assert not bench.mark_shipped(order, by="olive")
    assert not Shipment.objects.exists()


def test_orders_at_the_printer_are_not_marked_on_the_bench() -> None:
    order, [job] = on_bench()
    PrintJob.objects.update(provider="sticker_mule")
    Order.objects.update(status="sent_to_print", fulfillment_provider="sticker_mule")
    with pytest.raises(NeedsPerson, match="printed by sticker_mule"):
        printed(job)
    with pytest.raises(NeedsPerson, match="tells us itself"):
        bench.mark_shipped(order, by="olive")


def test_one_refusal_keeps_the_others_of_a_batch_from_nothing() -> None:
    rows = [on_bench()[1][0] for _ in range(4)]
    printed(rows[0])
    Order.objects.filter(pk=rows[1].item.order_id).update(status="cancelled")
    tally = bench.for_each(rows, printed)
    assert (tally.done, tally.already, len(tally.refused)) == (2, 1, 1)
    assert str(rows[1].item.order) in tally.refused[0]


def test_what_was_never_sent_is_not_delivered() -> None:
    order, _ = on_bench()
    with pytest.raises(NeedsPerson, match="shipped first"):
        bench.mark_delivered(order, by="olive")


def test_the_work_is_told_by_date_and_by_step() -> None:
    now = clock.now()
    for hours in (-1, 5, 80):
        on_bench("3in", "4in", ship_by=now + timedelta(hours=hours))
    printed(worklist.jobs()[0])
    load = worklist.load(clock.now())
    assert (load.orders, load.total) == ({"late": 1, "soon": 1, "later": 1}, 3)
    assert load.stickers == {"sent": 5, "printed": 1, "packed": 0}


def test_the_pick_list_adds_up_designs_over_orders(django_assert_num_queries: Any) -> None:
    sticker, now = make_sticker(), clock.now()
    lines = [("3in", 2, 50), ("3in", 1, 30), ("4in", 1, 40)]
    for size, quantity, hours in lines:
        line = make_line(sticker, size, quantity=quantity, unit_price=Decimal("4.49"))
        route.route(take(make_receipt(line, ship_by=now + timedelta(hours=hours)))[0])
    route.route(take(make_receipt(make_line(None)))[0])
    printed(PrintJob.objects.get(item__size="4in"))
    with django_assert_num_queries(2):
        picks = worklist.pick_list(worklist.jobs())
    told = [(pick.sticker, pick.size, pick.to_print, pick.printed, pick.packed, pick.orders) for pick in picks]
    assert told == [(sticker, "3in", 3, 0, 0, 2), (sticker, "4in", 0, 1, 0, 1), (None, "", 1, 0, 0, 1)]
