"""The seed's privacy criteria: who looked, who can be found, and when data is gone."""

from datetime import timedelta

import pytest
from django.conf import LazySettings

from fulfillment import privacy
from fulfillment.models import AccessLog, Order
from fulfillment.orders import take
from fulfillment.privacy import Customer
from fulfillment.tests.making import ADDRESS, make_line, make_receipt
from stickertrendz import clock
from stickertrendz.ops import runner
from stickertrendz.ops.joblist import Job
from stickertrendz.ops.models import AuditEntry, Run

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
JOBS = [Job("purge_customers", "fulfillment.jobs.purge_customers", "0 9 * * *", "for this test")]


def make_order(status: str = "paid", **columns: object) -> Order:
    order, _ = take(make_receipt(make_line(None)))
    Order.objects.filter(pk=order.pk).update(status=status, **columns)
    order.refresh_from_db()
    return order


def test_reading_gives_the_customer_back_and_every_look_is_logged() -> None:
    order = make_order()
    customer = privacy.read(order, by="olive", why="packing slip")
    assert customer == Customer(ADDRESS.name, "quillon@example.com", "Hello", "", ADDRESS)
    assert AccessLog.objects.values_list("order", "who", "why").get() == (order.pk, "olive", "packing slip")


@pytest.mark.parametrize(
    "key", [{"buyer_user_id": 4_711_471_147}, {"name": " quillon  MARSH "}, {"email": "Quillon@Example.com"}]
)
def test_a_customer_is_found_by_buyer_name_or_mail_through_hashes(key: dict[str, str | int]) -> None:
    order = make_order()
    assert list(privacy.find(**key)) == [order]  # type: ignore[arg-type]  # each key has its own type
    assert list(privacy.find(receipt_id=order.receipt_id)) == [order]
    assert not privacy.find(name="Somebody Else").exists()
    assert not privacy.find().exists()


def test_given_an_order_delivered_90_days_ago_when_the_purge_runs_then_its_customer_data_is_gone(
    settings: LazySettings,
) -> None:
    settings.JOB_LIST = "fulfillment.tests.test_privacy.JOBS"
    limit = clock.now() - timedelta(days=90)
    gone = make_order("delivered", delivered_at=limit - SECOND)
    kept = make_order("delivered", delivered_at=limit + timedelta(minutes=1))
    on_its_way = make_order("shipped", ordered_at=limit - timedelta(days=30))
    assert runner.run_job("purge_customers") == (0, 0)
    assert Run.objects.get().counts == {"customers_purged": 1}
    sealed = dict(Order.objects.values_list("pk", "customer_sealed"))
    assert (sealed[gone.pk], bool(sealed[kept.pk]), bool(sealed[on_its_way.pk])) == ("", True, True)
    gone.refresh_from_db()
    assert gone.purged_at is not None
    assert privacy.read(gone, by="olive", why="curious") == Customer()
    assert AuditEntry.objects.filter(action="purged customer data", subject=f"fulfillment.order:{gone.pk}").count() == 1


def test_cancelled_and_refunded_orders_are_purged_90_days_after_their_end() -> None:
    long_ago = clock.now() - timedelta(days=91)
    for status in ("cancelled", "refunded"):
        make_order(status, status_since=long_ago)
        make_order(status)
    assert privacy.purge_due() == 2


def test_purging_twice_is_purging_once() -> None:
    order = make_order()
    assert privacy.purge([order], by="olive", why="asked") == 1
    assert privacy.purge([order], by="olive", why="asked") == 0
    assert AuditEntry.objects.filter(action="purged customer data").count() == 1
