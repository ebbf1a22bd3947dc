"""Jobs across the apps: what one part may not do now holds up none of the others."""

import socket
from decimal import Decimal

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from fulfillment.models import Order, OrderItem
from fulfillment.orders import take
from fulfillment.tests.making import make_line, make_receipt, make_sticker
from stickertrendz import clock
from stickertrendz.console import front_money
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
    assert front_money.spans(now)[0].books.revenue == Decimal("4.49")


def test_the_figures_of_a_day_are_what_was_paid_less_coupons_refunds_and_one_payment_fee_an_order(
    settings: LazySettings,
) -> None:
    """One order of two with a coupon of $2 and a kindness of $1, another of which one line of two was paid back."""
    settings.ETSY_FEES = "full"
    kept, dearer = (make_line(make_sticker(), unit_price=Decimal(price)) for price in ("4.99", "6.49"))
    two = make_line(make_sticker(), unit_price=Decimal("4.99"), quantity=2)
    take(make_receipt(two, total=Decimal("7.98"), discount=Decimal("2.00"), refunded=Decimal("1.00")))
    take(make_receipt(kept, dearer, refunded=Decimal("6.49")))
    figures = metrics.measure(clock.today())
    paid = Decimal("6.98") + Decimal("4.99")
    assert (figures["orders"], figures["units"], figures["gross_revenue"]) == (Decimal(2), Decimal(3), paid)
    assert figures["average_order_value"] == Decimal("5.99")  # 5.985
    # 9.5 % of 11.97, $0.25 twice, $0.20 for each of three
    assert figures["etsy_fees"] == Decimal("2.24")
    assert figures["estimated_profit"] == paid - figures["etsy_fees"] - figures["cogs"]
    assert front_money.spans(clock.now())[0].books.revenue == paid
