"""Who prints an order: the first that leaves money of what was paid; our own hands at last, even at a loss."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.conf import LazySettings
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.bids import Bid
from fulfillment.fees import FEES
from fulfillment.models import Order, PrintCost, PrintJob
from fulfillment.orders import take
from fulfillment.tests.making import make_line, make_receipt, make_sticker
from stickertrendz.money import cents
from stickertrendz.ops.models import Alert
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox

PassTime = Callable[..., None]
D = Decimal


def sold(*prices: str, **fields: Any) -> Order:
    sticker = make_sticker()
    return take(make_receipt(*[make_line(sticker, unit_price=D(price)) for price in prices], **fields))[0]


def routed(order: Order, pass_time: PassTime) -> list[str]:
    pass_time("route_orders")
    order.refresh_from_db()
    return order.route_why.splitlines()


def test_a_printer_that_leaves_money_is_chosen_and_says_how_much(printer: Any, pass_time: PassTime) -> None:
    assert routed(order := sold("5.49"), pass_time) == ["sticker_mule: chosen, asks $1.50 of $4.94 left after fees"]
    assert order.fulfillment_provider == "sticker_mule"


def test_a_cheap_line_is_printed_with_its_order_that_pays_for_it(printer: Any, pass_time: PassTime) -> None:
    order = sold("0.99", "5.49")
    assert routed(order, pass_time) == ["sticker_mule: chosen, asks $3.00 of $5.83 left after fees"]
    assert len(printer.orders) == 2


def test_a_coupon_counts_for_the_whole_order(printer: Any, pass_time: PassTime) -> None:
    order = sold("3.49", "3.49", total=D("3.00"), discount=D("3.98"))
    why = routed(order, pass_time)
    assert why[0] == "sticker_mule: not chosen, asks $3.00 of $2.70 left after fees, a loss of $0.30"
    assert (printer.orders, order.fulfillment_provider) == ({}, "self_usps")
    assert set(PrintJob.objects.values_list("provider", "status")) == {("self_usps", "sent")}


def test_what_was_paid_back_counts_too(printer: Any, pass_time: PassTime) -> None:
    order = sold("5.49", refunded=D("4.00"))
    assert routed(order, pass_time)[0].startswith("sticker_mule: not chosen, asks $1.50 of $1.34 left")


def test_all_of_etsys_fees_can_turn_the_scale(printer: Any, pass_time: PassTime, settings: LazySettings) -> None:
    settings.ETSY_FEES = "full"
    assert routed(sold("1.99"), pass_time)[0].startswith("sticker_mule: not chosen, asks $1.50 of $1.35 left")


def test_our_own_hands_print_at_a_loss_and_say_it_in_dollars(
    printer: Any, pass_time: PassTime, settings: LazySettings
) -> None:
    settings.FULFILLMENT_PROVIDER = "self_usps"
    order = sold("0.99")
    assert routed(order, pass_time) == ["self_usps: chosen, asks $2.43 of $0.89 left after fees, a loss of $1.54"]
    assert order.status == "pending_manual"
    assert Alert.objects.get(key=f"loss:{order}").title == f"Order {order} loses $1.54"


def test_our_own_hands_print_although_nobody_knows_what_they_cost(
    printer: Any, pass_time: PassTime, settings: LazySettings
) -> None:
    settings.FULFILLMENT_PROVIDER = "self_usps"
    PrintCost.objects.all().delete()
    order = sold("5.49")
    assert routed(order, pass_time)[0].startswith("self_usps: chosen, What self_usps costs for 3in is not known")
    assert (order.status, PrintJob.objects.get().cost) == ("pending_manual", None)


@pytest.mark.parametrize("name", ["STICKER_MULE_API_KEY", "STICKER_MULE_API_URL"])
def test_a_printer_without_its_settings_is_a_reason_and_not_asked(
    name: str, sandbox: Sandbox, printer: Any, pass_time: PassTime, settings: LazySettings
) -> None:
    setattr(settings, name, "")
    order = sold("5.49")
    assert routed(order, pass_time)[0] == f"sticker_mule: not chosen, {name} is not set"
    assert (order.status, order.provider_failures, sandbox.calls()) == ("pending_manual", 0, [])
    assert Alert.objects.filter(key=f"manual:{order}").exists()


def test_a_refund_before_anything_was_sent_changes_the_choice(
    sandbox: Sandbox, printer: Any, pass_time: PassTime
) -> None:
    sandbox.faults.add(Fault("sticker_mule", "artworks.upload", "500", times=4))
    order = sold("5.49")
    assert len(routed(order, pass_time)) == 1
    Order.objects.filter(pk=order.pk).update(refunded_amount=D("4.50"))
    pass_time("route_orders", minutes=3)
    order.refresh_from_db()
    assert (order.fulfillment_provider, printer.orders) == ("self_usps", {})
    assert PrintJob.objects.values_list("provider", "status").get() == ("self_usps", "sent")


def test_once_a_line_was_sent_the_choice_stays(sandbox: Sandbox, printer: Any, pass_time: PassTime) -> None:
    order = sold("5.49", "5.49")
    sandbox.faults.add(Fault("sticker_mule", "orders.submit", "500", times=1))  # of the line that comes first
    pass_time("route_orders")
    Order.objects.filter(pk=order.pk).update(refunded_amount=D("5.00"))
    for _ in range(5):
        pass_time("route_orders", minutes=6)
    order.refresh_from_db()
    assert (order.status, order.fulfillment_provider, len(printer.orders)) == ("sent_to_print", "sticker_mule", 2)


def test_a_line_given_up_by_the_printer_is_added_to_the_reasons(
    sandbox: Sandbox, printer: Any, pass_time: PassTime
) -> None:
    sandbox.faults.add(Fault("sticker_mule", "orders.submit", "422", times=None))
    why = routed(sold("5.49"), pass_time)
    assert [line.split(",")[0] for line in why] == [
        "sticker_mule: chosen", why[1].split(",")[0], "self_usps: chosen",
    ]  # fmt: skip
    assert why[1].startswith("sticker_mule: given up for 1 × ST-")


@given(
    paid=st.decimals("0", "500", places=2),
    units=st.integers(1, 100),
    name=st.sampled_from(sorted(FEES)),
)
def test_what_is_left_is_never_more_than_was_paid_and_less_for_more_units(paid: Decimal, units: int, name: str) -> None:
    fees = FEES[name]
    assert fees.left(paid, units) <= paid
    assert fees.left(paid, units + 1) <= fees.left(paid, units)
    assert fees.left(paid, 1) == cents(paid * (1 - fees.rate) - fees.fixed)


@given(cost=st.decimals("0", "50", places=2), left=st.decimals("-5", "50", places=2))
def test_a_printer_is_chosen_if_and_only_if_it_loses_nothing(cost: Decimal, left: Decimal) -> None:
    bid = Bid("sticker_mule", left, {1: cost})
    assert bid.chosen == (cost <= max(left, D(0)) and cost <= left)
    assert Bid("self_usps", left, {1: cost}).chosen
    assert (f"a loss of ${bid.loss}" in str(bid)) == (cost > left)


def test_a_line_without_a_print_file_is_never_handed_to_a_printer(printer: Any, pass_time: PassTime) -> None:
    """A process died when it had noted such a line and not put it on the bench."""
    order = take(make_receipt(make_line(None), make_line(make_sticker())))[0]
    PrintJob.objects.create(item=order.items.get(sticker=None), provider="self_usps", status="waiting")
    pass_time("route_orders")
    order.refresh_from_db()
    assert (order.status, order.needs_attention, len(printer.orders)) == ("pending_manual", "", 1)
    assert set(PrintJob.objects.values_list("provider", "status")) == {("self_usps", "sent"), ("sticker_mule", "sent")}
