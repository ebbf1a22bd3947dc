"""Jobs across the apps: what one part may not do now holds up none of the others."""

import socket
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from fulfillment.models import Order, OrderItem
from stickertrendz import clock
from stickertrendz.console import front
from stickertrendz.housekeeping import metrics
from stickertrendz.ops import switches
from stickertrendz.ops.models import Mail, Metric, Run
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.server import Sandbox
from trends.models import Trend

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_morning_is_measured_and_mailed_while_etsy_is_halted(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    purged: list[object] = []
    monkeypatch.setattr("stickertrendz.housekeeping.jobs.purge_customers", purged.append)
    switches.throw("etsy", "the token was refused", by="etsy")
    assert run_job("analytics_sync") == (0, 0)
    assert Metric.objects.exists()
    assert Mail.objects.filter(subject__startswith="Sticker Trendz Daily Summary").count() == 1
    assert len(purged) == 1
    assert "drafts were not read" in Run.objects.get(workflow="analytics_sync").note


def test_orders_go_to_print_while_etsy_is_halted(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    routed: list[object] = []
    monkeypatch.setattr("stickertrendz.housekeeping.jobs.route_orders", routed.append)
    switches.throw("etsy", "the token was refused", by="etsy")
    assert run_job("order_sync") == (0, 0)
    assert len(routed) == 1
    assert "orders were not read" in Run.objects.get(workflow="order_sync").note


def test_a_popular_but_unsafe_trend_is_no_discovery() -> None:
    scored = {"score_overall": "9.0", "topic": "frog"}
    Trend.objects.create(status="unsafe", topic_normalized="a", score_safety=2, **scored)
    Trend.objects.create(status="published", topic_normalized="b", score_safety=8, **scored)
    assert metrics.measure(clock.today())["trends_discovered"] == 1


def test_a_port_in_use_is_told_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"cannot listen on port {port}: Address already in use"):
            call_command("sandbox", port=port, state="")


def test_what_is_not_paid_is_no_revenue() -> None:
    now = clock.now()
    for number, status in enumerate(["paid", "pending", "cancelled"], start=1):
        order = Order.objects.create(
            receipt_id=number, ordered_at=now, etsy_updated_at=now, ship_by=now, total_amount="4.49", status=status
        )
        OrderItem.objects.create(
            order=order, transaction_id=number, size="3in", quantity=1, unit_price="4.49", sold_at=now
        )
    figures = metrics.measure(clock.today())
    assert (figures["orders"], figures["gross_revenue"]) == (Decimal(1), Decimal("4.49"))
    assert front.figures(now)[1]["of"] == "$4.49"
