"""The seed's criteria of erasure: 90 days after delivery, orders that stand still, and what a restore brings back."""

import base64
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import storages

from fulfillment import privacy, privacy_erased_list, privacy_erasure, privacy_requests, privacy_traces
from fulfillment.models import Order, PrintJob
from fulfillment.orders import take
from fulfillment.privacy import Customer
from fulfillment.tests.making import make_line, make_order, make_receipt
from stickertrendz import clock
from stickertrendz.ops import runner, storage
from stickertrendz.ops.joblist import Job
from stickertrendz.ops.models import Alert, AuditEntry, ErrorLog, Run

pytestmark = pytest.mark.django_db
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)  # the day after New York moved its clocks
JOBS = [Job("purge_customers", "fulfillment.jobs.purge_customers", "0 9 * * *", "for this test")]
EMPTY = ("", "", "", "")


def store_in(folder: Path, settings: LazySettings) -> None:
    settings.MEDIA_ROOT = folder
    settings.STORAGES = dict(settings.STORAGES)  # changed, so that Django builds the storages anew


@pytest.fixture(autouse=True)
def own_folder(settings: LazySettings, tmp_path: Path) -> None:
    store_in(tmp_path, settings)
    settings.JOB_LIST = "fulfillment.tests.test_privacy_erasure.JOBS"


def personal(order: Order) -> tuple[str, ...]:
    return tuple(Order.objects.values_list("customer_sealed", *privacy.HASHES).get(pk=order.pk))


def due() -> set[Order]:
    return set(privacy_erasure.due_for_purge(clock.now()))


def test_given_an_order_delivered_90_days_ago_when_the_purge_runs_then_its_customer_data_is_gone() -> None:
    gone = make_order("delivered", delivered_at=clock.now() - 90 * DAY - SECOND)
    kept = make_order("delivered", delivered_at=clock.now() - 90 * DAY + timedelta(minutes=1))
    on_its_way = make_order("shipped", ordered_at=clock.now() - 120 * DAY)
    assert runner.run_job("purge_customers") == (0, 0)
    assert Run.objects.get().counts["customers_purged"] == 1
    assert (personal(gone), bool(personal(kept)[0]), bool(personal(on_its_way)[0])) == (EMPTY, True, True)
    gone.refresh_from_db()
    assert gone.purged_at is not None
    assert privacy.read(gone, by="olive", why="curious") == Customer()
    assert AuditEntry.objects.filter(action="purged customer data", subject=f"fulfillment.order:{gone.pk}").count() == 1


def test_the_90_day_purge_at_the_edge_of_the_day() -> None:
    with time_machine.travel(NOON, tick=False):
        edge = clock.now() - 90 * DAY
        before, on, _after = (make_order("delivered", delivered_at=edge + step) for step in (-SECOND, 0 * DAY, SECOND))
        assert due() == {before}
    with time_machine.travel(NOON + SECOND, tick=False):
        assert due() == {before, on}


def test_a_refund_after_delivery_leaves_the_day_of_delivery_as_it_was() -> None:
    assert due() == set()
    order = make_order("refunded", delivered_at=clock.now() - 91 * DAY, status_since=clock.now())
    assert due() == {order}


def test_cancelled_and_refunded_orders_are_purged_90_days_after_their_end() -> None:
    old = {make_order(status, status_since=clock.now() - 91 * DAY) for status in ("cancelled", "refunded")}
    for status in ("cancelled", "refunded"):
        make_order(status)
    assert due() == old


@pytest.mark.parametrize("status", ["pending", "paid", "needs_address", "sent_to_print", "print_confirmed", "shipped"])
def test_an_order_that_stands_still_keeps_nothing_for_ever_and_is_told_of_before(status: str) -> None:
    order = make_order(status)

    def last_news(days: float) -> None:
        at = clock.now() - days * DAY
        Order.objects.filter(pk=order.pk).update(status_since=at, etsy_updated_at=at)

    last_news(165)
    privacy_erasure.warn_of_orders_without_news()
    assert not Alert.objects.exists()
    last_news(170)
    privacy_erasure.warn_of_orders_without_news()
    privacy_erasure.warn_of_orders_without_news()
    assert str(order.receipt_id) in Alert.objects.get().text
    assert due() == set()
    last_news(180.01)
    assert due() == {order}
    Order.objects.filter(pk=order.pk).update(etsy_updated_at=clock.now())
    assert due() == set(), "the marketplace told of it lately"


def test_purging_twice_is_purging_once() -> None:
    order = make_order()
    assert privacy_erasure.purge([order], by="olive", why="asked").orders == 1
    assert privacy_erasure.purge([order], by="olive", why="asked").orders == 0
    assert AuditEntry.objects.filter(action="purged customer data").count() == 1


def test_an_order_whose_key_is_gone_is_erased_all_the_same(settings: LazySettings) -> None:
    order = make_order("delivered", delivered_at=clock.now() - 91 * DAY)
    settings.FIELD_KEYS = ["other:" + base64.b64encode(b"o" * 32).decode()]
    assert privacy_erasure.purge_due().orders == 1
    assert personal(order) == EMPTY


def test_a_delivered_order_of_which_a_copy_is_being_made_still_needs_its_address() -> None:
    order = make_order("delivered")
    job = PrintJob.objects.create(item=order.items.get(), provider="self_usps", status="shipped")
    assert not privacy_erasure.to_ship(Order.objects.all()).exists()
    copy = PrintJob.objects.create(item=job.item, provider="self_usps", status="sent", copy=2, replaces=job)
    assert privacy_erasure.to_ship(Order.objects.all()).get() == order
    request = privacy_requests.receive(
        "erase", [order], by="o", identified="etsy", found_by="", received_at=clock.now()
    )
    assert privacy_requests.erase(request, by="olive").orders == 0
    PrintJob.objects.filter(pk=copy.pk).update(status="shipped")
    assert privacy_requests.erase(request, by="olive").orders == 1


def test_an_import_of_the_order_while_it_is_erased_brings_nobody_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Etsy tells of it between the search of texts and the last step, and once more afterwards, with the address."""
    told = make_receipt(make_line(None))
    order, _ = take(told)
    clean = privacy_traces.clean

    def meanwhile(sought: Any) -> Any:
        take(replace(told, updated_at=told.updated_at + SECOND, name="Quillon Marsh-Quigley"))
        return clean(sought)

    monkeypatch.setattr(privacy_traces, "clean", meanwhile)
    assert privacy_erasure.purge([order], by="olive", why="asked").orders == 1
    assert personal(order) == EMPTY
    again, new = take(replace(told, updated_at=told.updated_at + DAY, address=None, message="Hello again"))
    take(replace(told, updated_at=told.updated_at + 2 * DAY))
    assert (again, new, personal(order)) == (order, False, EMPTY)
    order.refresh_from_db()
    assert order.status == "paid"


def test_of_two_orders_of_one_customer_only_the_due_one_goes() -> None:
    gone, kept = make_order("delivered", delivered_at=clock.now() - 91 * DAY), make_order("paid")
    error = ErrorLog.objects.create(step="x", error_type="x", error_message="Quillon Marsh", created_at=clock.now())
    assert privacy_erasure.purge_due().orders == 1
    error.refresh_from_db()
    assert (personal(gone), error.error_message) == (EMPTY, "[erased]")
    assert privacy.unsealed(kept).name == "Quillon Marsh"
    assert list(privacy.find(buyer_user_id=4_711_471_147)) == [kept]


def test_a_purge_killed_after_it_was_written_down_is_finished_by_the_daily_job(monkeypatch: pytest.MonkeyPatch) -> None:
    order = make_order("delivered")

    def kill(*told: Any, **more: Any) -> None:
        raise SystemExit

    monkeypatch.setattr(privacy_erasure, "_purge", kill)
    with pytest.raises(SystemExit):
        privacy_erasure.purge([order], by="olive", why="asked")
    monkeypatch.undo()
    assert personal(order) != EMPTY
    assert runner.run_job("purge_customers") == (0, 0)
    assert personal(order) == EMPTY


# --- What comes back --------------------------------------------------------------------------------------------------
def erased_and_back(**receipt: Any) -> Order:
    """An order that was erased, lost by a restore of an older dump, and imported again."""
    told = make_receipt(make_line(None), **receipt)
    order, _ = take(told)
    privacy_erasure.purge([order], by="olive", why="asked")
    order.delete()
    order, _ = take(told)
    assert personal(order) != EMPTY
    return order


def test_a_restore_erases_again_what_was_erased_since_its_dump() -> None:
    order, other = erased_and_back(), make_order()
    assert privacy_erasure.reapply_erasures(clock.today() - DAY).orders == 1
    assert personal(order) == EMPTY
    assert personal(other) != EMPTY
    assert privacy_erasure.reapply_erasures().orders == 0


def test_a_row_imported_again_after_a_restore_is_erased_by_the_daily_job() -> None:
    order = erased_and_back()
    assert runner.run_job("purge_customers") == (0, 0)
    assert personal(order) == EMPTY


def test_the_list_of_erasures_holds_no_receipt_number_and_outlives_a_rotation(settings: LazySettings) -> None:
    order = erased_and_back()
    folder = privacy_erased_list.folder()
    [name] = storages["backups"].listdir(folder)[1]
    assert str(order.receipt_id).encode() not in storage.load("backups", f"{folder}/{name}")
    old, new = settings.FIELD_KEYS[0], "new:" + base64.b64encode(b"n" * 32).decode()
    settings.FIELD_KEYS = [new, old]
    assert privacy_erasure.reapply_erasures().orders == 1
    settings.FIELD_KEYS = [new]
    with pytest.raises(ImproperlyConfigured, match="put them back: dev"):
        privacy_erasure.reapply_erasures()
    assert privacy_erasure.erase_again(clock.today()).orders == 0


def test_nothing_is_erased_that_could_not_be_written_down_for_restores(
    settings: LazySettings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    order = make_order("delivered", delivered_at=clock.now() - 91 * DAY)
    (tmp_path / "file").write_text("no folder")
    store_in(tmp_path / "file", settings)
    with caplog.at_level(logging.CRITICAL), pytest.raises(OSError):
        privacy_erasure.purge_due()
    assert personal(order) != EMPTY
    store_in(tmp_path, settings)
    assert privacy_erasure.purge_due().orders == 1


def test_a_purge_stopped_halfway_is_finished_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    orders = [make_order("delivered", delivered_at=clock.now() - 91 * DAY) for _ in range(3)]
    ErrorLog.objects.create(step="x", error_type="x", error_message="for Quillon Marsh", created_at=clock.now())
    empty = privacy_erasure._empty

    def stop_at_second(order: Order, by: str, why: str) -> int:
        if order == orders[1]:
            raise KeyboardInterrupt
        return empty(order, by, why)

    monkeypatch.setattr(privacy_erasure, "_empty", stop_at_second)
    with pytest.raises(KeyboardInterrupt):
        privacy_erasure.purge(orders, by="olive", why="asked")
    monkeypatch.undo()
    assert privacy_erasure.purge(due(), by="olive", why="asked").orders == 2
    assert [personal(order) for order in orders] == [EMPTY] * 3
    assert ErrorLog.objects.get(step="x").error_message == "for [erased]"
