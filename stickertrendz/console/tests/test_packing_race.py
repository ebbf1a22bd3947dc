"""Two people post the same orders from two processes at once: each order leaves once, with one code."""

import pytest
from django.conf import LazySettings

from fulfillment import bench
from fulfillment.models import Order, PrintJob, Shipment
from stickertrendz.console.tests.benching import bench_order
from stickertrendz.ops.models import AuditEntry
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.children import fork

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = 5


def test_an_order_is_posted_by_one_of_two_people(live_sandbox: Sandbox, settings: LazySettings) -> None:
    settings.FULFILLMENT_PROVIDER = "self_usps"
    orders = [bench_order(None, "3in", "4in") for _ in range(COUNT)]

    def post(who: str) -> int:
        """How many this process posted, each with a code of its own."""
        return bench.for_each(
            orders, lambda order: bench.mark_shipped(order, by=who, tracking_code=f"{who}{order.pk}")
        ).done

    with fork(live_sandbox, lambda: post("ANNE")) as first, fork(live_sandbox, lambda: post("BEA")) as second:
        assert first.wait() + second.wait() == COUNT
    assert set(Order.objects.values_list("status", flat=True)) == {"shipped"}
    assert set(PrintJob.objects.values_list("status", flat=True)) == {"shipped"}
    entries = AuditEntry.objects.filter(action="marked as shipped")
    codes = [f"{entry.who}{entry.subject.rpartition(':')[2]}" for entry in entries]
    assert len(codes) == COUNT
    assert sorted(Shipment.objects.values_list("tracking_code", flat=True)) == sorted(codes)
