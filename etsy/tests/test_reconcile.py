"""Differences between Etsy and our books: every planted one is found, and mended where a mend is offered."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from etsy import reconcile
from etsy.adapters import wire
from etsy.management.commands import reconcile as command
from etsy.models import Difference, Listing
from etsy.tests.conftest import JOBS, MakeSticker, live, operations
from etsy.tests.test_receipts import import_orders
from fulfillment.models import Order, Shipment
from stickertrendz import clock
from stickertrendz.housekeeping.virtual_life import BUSY_DAY, VirtualLife
from stickertrendz.ops import queue
from stickertrendz.ops.joblist import Job
from stickertrendz.ops.models import Run
from stickertrendz.ops.queue import enqueue
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.etsy import sales
from stickertrendz.sandbox.server import Sandbox

Time = time_machine.Traveller
ALL_JOBS = [*JOBS, Job("reconcile", "etsy.reconcile.reconcile", "40 3 * * *", "test", "etsy")]
Plant = Callable[[Any], None]


@pytest.fixture
def in_order(shop: Any, make_sticker: MakeSticker, settings: Any, virtual_time: Time) -> Any:
    """A shop with two designs on sale and three orders, both sides alike."""
    settings.JOB_LIST = "etsy.tests.test_reconcile.ALL_JOBS"
    for _ in range(2):
        make_sticker()
    run_job("publisher")
    for _ in range(3):
        sales.buy(shop)
    import_orders()
    order = Order.objects.latest("pk")
    Shipment.objects.create(order=order, status="new", carrier="USPS", tracking_code="9400", shipped_at=clock.now())
    Order.objects.filter(pk=order.pk).update(status="shipped")
    run_job("push_tracking")
    virtual_time.shift(timedelta(hours=3))
    return shop


def found() -> list[tuple[str, str]]:
    return sorted((one.kind, str(one.mend)) for one in reconcile.look() if one.counts)


def first(world: Any) -> dict[str, Any]:
    return live(world)[0]


def offering(world: Any) -> dict[str, Any]:
    told: dict[str, Any] = first(world)["products"][0]["offerings"][0]
    return told


def receipt(world: Any) -> dict[str, Any]:
    told: dict[str, Any] = next(iter(world.receipts.values()))
    return told


def orphan(world: Any) -> None:
    number = world.number("listings")
    made = world.now() - 3 * 3600
    world.listings[number] = {**first(world), "listing_id": number, "state": "draft", "created": made}


def bought_long_ago(world: Any) -> None:
    told = sales.buy(world)
    told.update(created=world.now() - 9000, updated=world.now() - 9000)


def untold(world: Any) -> None:
    sent = clock.now() - timedelta(hours=2)
    order = Order.objects.earliest("pk")
    Shipment.objects.create(order=order, status="new", carrier="UPS", tracking_code="1Z", shipped_at=sent)
    order.move_to("shipped")


def cancelled(world: Any) -> None:
    sales.cancel(world, receipt(world), None)
    receipt(world)["updated"] = world.now() - 2 * 3600


PLANTED: list[tuple[str, Plant, list[tuple[str, str]]]] = [
    ("state", lambda world: first(world).update(state="inactive"), [("state", "follow")]),
    ("deleted there", lambda world: world.listings.pop(first(world)["listing_id"]), [("deleted there", "follow")]),
    ("price of one size", lambda world: offering(world).update(price=777), [("price of 3in", "follow")]),
    ("stock", lambda world: offering(world).update(quantity=3), [("stock of 3in", "follow")]),
    ("sku", lambda world: first(world)["products"][0].update(sku=""), [("SKUs", "follow")]),
    ("title", lambda world: first(world).update(title="Hello"), [("title", "send")]),
    ("tags", lambda world: first(world).update(tags=["frog"]), [("tags", "send")]),
    ("description", lambda world: first(world).update(description="Hello"), [("description", "send")]),
    ("section", lambda world: first(world).update(shop_section_id=None), [("section", "send")]),
    ("orphan draft", orphan, [("left over", "delete")]),
    ("order missing here", bought_long_ago, [("order missing here", "take")]),
    ("cancelled there", cancelled, [("amounts", "take"), ("order state", "take")]),
    ("tracking not told", untold, [("tracking", "tell")]),
]


def test_two_sides_alike_have_no_differences(in_order: Any) -> None:
    assert found() == []
    out = io.StringIO()
    call_command("reconcile", stdout=out)
    assert out.getvalue() == "zero differences\n"


@pytest.mark.parametrize(("plant", "told"), [row[1:] for row in PLANTED], ids=[row[0] for row in PLANTED])
def test_a_planted_difference_is_found_and_mended(
    in_order: Any, plant: Plant, told: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch, virtual_time: Time
) -> None:
    plant(in_order)
    assert found() == told
    monkeypatch.setattr(command, "_agreed", lambda one: True)
    for _ in range(2):  # what Etsy does not know any more is believed at the second look, two minutes later
        try:
            call_command("reconcile", "--mend", stdout=io.StringIO(), stderr=io.StringIO())
        except CommandError:
            virtual_time.shift(timedelta(minutes=3))
    assert found() == []


def test_an_order_that_etsy_does_not_know_is_told_and_left_to_a_person(in_order: Any) -> None:
    in_order.receipts.pop(receipt(in_order)["receipt_id"])
    assert found() == [("order unknown there", "")]


def test_listings_that_are_not_ours_are_told_and_do_not_count(in_order: Any) -> None:
    number = in_order.number("listings")
    in_order.listings[number] = {**first(in_order), "listing_id": number, "description": "A mug."}
    assert found() == []
    told = Difference.objects.get()
    assert (told.kind, told.there) == ("not ours", "active: not ours, never touched")
    out = io.StringIO()
    call_command("reconcile", "--mend", stdout=out)
    assert "not ours" in out.getvalue()
    assert number in in_order.listings


def test_a_copied_parcel_and_one_still_to_be_copied_by_hand(in_order: Any) -> None:
    untold(in_order)
    Shipment.objects.filter(status="new").update(status="by_hand")
    assert found() == [("tracking", "")]
    told = in_order.receipts[Shipment.objects.get(status="by_hand").order.receipt_id]
    told["shipments"].append({"id": 1, "at": in_order.now(), "carrier": "ups", "code": "1Z"})
    assert found() == []


def test_what_happened_within_the_hour_is_left_to_the_jobs(in_order: Any) -> None:
    sales.buy(in_order)
    orphan(in_order)
    newest = max(in_order.listings)
    in_order.listings[newest]["created"] = in_order.now()
    assert found() == []


def test_the_table_and_the_json_name_everything_but_people(in_order: Any) -> None:
    for _, plant, _ in PLANTED:
        if plant is not PLANTED[1][1]:
            plant(in_order)
    in_order.receipts.pop(max(in_order.receipts))
    for options in ((), ("--json",)):
        out = io.StringIO()
        with pytest.raises(CommandError):
            call_command("reconcile", *options, stdout=out)
        for one in in_order.receipts.values():
            for secret in (one["buyer"]["name"], one["buyer"]["first_line"], one["buyer"]["zip"]):
                assert secret not in out.getvalue()
    assert {"kind", "about", "here", "there", "mend", "counts"} == set(json.loads(out.getvalue())[0])


@pytest.mark.parametrize("number", ["told", None])
def test_a_receipt_that_cannot_be_read_is_a_difference_without_a_mend(
    in_order: Any, number: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = wire.page

    def page(data: Any) -> list[dict[str, Any]]:
        told = real(data)
        for one in told[:1]:
            if "receipt_id" in one:
                one.update({"transactions": [{}]}, **({} if number else {"receipt_id": None}))
        return told

    monkeypatch.setattr(wire, "page", page)
    assert ("order", "") in found()


def test_a_reading_that_fails_leaves_the_last_comparison(in_order: Any, sandbox: Sandbox) -> None:
    first(in_order)["title"] = "Hello"
    reconcile.look()
    in_order.settings["per_day"] = 1
    run_job("reconcile")
    assert Difference.objects.count() == 1
    assert "differences" in Run.objects.get(workflow="reconcile").note


@pytest.mark.parametrize("count", [20, 250])
def test_calls_grow_by_the_hundred_and_queries_by_the_page(in_order: Any, sandbox: Sandbox, count: int) -> None:
    theirs = first(in_order)
    for _ in range(count):
        number = in_order.number("listings")
        in_order.listings[number] = {**theirs, "listing_id": number}
    copies = [{**receipt(in_order), "receipt_id": 10**9 + place} for place in range(count)]
    in_order.receipts.update({one["receipt_id"]: one for one in copies})
    sandbox.forget_calls()
    with CaptureQueriesContext(connection) as queries:
        reconcile.look()
    calls = len(operations(sandbox))
    assert calls <= 5 + 1 + 2 + 2 * (count // 100 + 1)
    assert len(queries) < 30 * calls


@pytest.mark.long
def test_after_two_busy_days_of_the_shop_there_are_zero_differences(
    db: None, sandbox: Sandbox, settings: Any, virtual_time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The demo's days, with every job woken that the shop itself wakes."""
    monkeypatch.setattr(queue, "enqueue", enqueue)
    settings.JOB_LIST = "stickertrendz.schedule.JOBS"
    few = {"discoveries": 1, "images": 3}
    settings.METERS = settings.METERS | {name: {**settings.METERS[name], "limit": most} for name, most in few.items()}
    call_command("etsy_authorize", stdout=io.StringIO())
    call_command("etsy_setup", stdout=io.StringIO())
    life, today = VirtualLife(sandbox, virtual_time, lambda _: None), clock.today()
    for day in (1, 2):
        life.day(datetime.combine(today + timedelta(days=day), time(), UTC), BUSY_DAY)
    virtual_time.shift(timedelta(hours=2))
    life.run("reconcile")
    assert Listing.objects.filter(status="active").exists()
    assert Order.objects.count() >= 3
    assert [(str(one), one.here, one.there) for one in Difference.objects.filter(counts=True)] == []
    assert Run.objects.filter(workflow="reconcile").latest("pk").counts["differences"] == 0
