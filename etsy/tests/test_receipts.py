"""Orders in and tracking out: everything once, nothing dropped, buyers mailed once."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from etsy.adapters import wire
from etsy.tests.conftest import MakeSticker
from fulfillment import orders, privacy
from fulfillment.models import Order, OrderItem
from pricing.models import PriceChange
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops.models import Alert, ErrorLog, Run
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.etsy import sales

Time = time_machine.Traveller


@pytest.fixture
def on_sale(shop: Any, make_sticker: MakeSticker) -> Sticker:
    sticker = make_sticker()
    run_job("publisher")
    return sticker


def import_orders() -> Run:
    assert run_job("import_orders")[0] == 0
    return Run.objects.filter(workflow="import_orders").latest("pk")


def test_an_order_is_taken_once_with_its_size_price_and_tier(shop: Any, on_sale: Sticker) -> None:
    sold = sales.buy(shop, sku=f"{on_sale.number}-4", count=2)
    assert import_orders().counts["orders_received"] == 1
    assert import_orders().counts["orders_received"] == 0
    item = OrderItem.objects.get()
    assert (item.sticker_id, item.size, item.quantity) == (on_sale.pk, "4in", 2)
    assert (item.unit_price, item.pricing_tier_at_sale) == (Decimal("6.49"), "just_dropped")
    order = Order.objects.get()
    assert (order.receipt_id, order.status, order.total_amount) == (sold["receipt_id"], "paid", Decimal("12.98"))
    customer = privacy.read(order, by="test", why="test")
    assert customer.name == sold["buyer"]["name"]
    assert sold["buyer"]["name"] not in str(vars(order))


def test_the_tier_at_sale_is_of_the_last_price_pushed_before(shop: Any, on_sale: Sticker, virtual_time: Time) -> None:
    virtual_time.shift(timedelta(hours=1))
    sales.buy(shop, sku=f"{on_sale.number}-3")
    virtual_time.shift(timedelta(hours=1))
    old = PriceChange.objects.filter(offer__size="3in").latest("pk")
    PriceChange.objects.create(
        offer=old.offer, status="pushed", new_price=4, tier="trending", reason="", shipping_cost=0, floor_price=3,
        under_override=True, pushed_at=clock.now(),
    )  # fmt: skip
    virtual_time.shift(timedelta(hours=1))
    sales.buy(shop, sku=f"{on_sale.number}-3")
    import_orders()
    told = OrderItem.objects.order_by("sold_at").values_list("pricing_tier_at_sale", "under_override")
    assert list(told) == [("just_dropped", False), ("trending", True)]


def test_an_order_without_an_address_is_taken(shop: Any, on_sale: Sticker) -> None:
    shop.settings["gated"] = True
    sales.buy(shop)
    import_orders()
    assert Order.objects.get().status == "needs_address"


def test_an_unpaid_order_becomes_paid_later(shop: Any, on_sale: Sticker, virtual_time: Time) -> None:
    receipt = sales.buy(shop, paid=False)
    import_orders()
    assert Order.objects.get().status == "pending"
    virtual_time.shift(timedelta(days=2))
    sales.pay(shop, receipt)
    virtual_time.shift(timedelta(hours=1))
    import_orders()
    assert Order.objects.get().status == "paid"


@pytest.mark.parametrize(("refund", "status"), [(None, "cancelled"), ("full", "refunded"), ("part", "paid")])
def test_late_cancellations_and_refunds_arrive(
    shop: Any, on_sale: Sticker, virtual_time: Time, refund: str | None, status: str
) -> None:
    receipt = sales.buy(shop)
    import_orders()
    virtual_time.shift(timedelta(days=20))
    sales.cancel(shop, receipt, refund)
    virtual_time.shift(timedelta(hours=1))
    import_orders()
    order = Order.objects.get()
    assert order.status == status
    assert order.refunded_amount > 0
    assert OrderItem.objects.get().refunded is (refund != "part")


def refuse(bad: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """This receipt is one that our code cannot take."""
    real = orders.take

    def take(receipt: orders.Receipt, *rest: Any) -> Any:
        if receipt.receipt_id == bad["receipt_id"]:
            raise ValueError("odd")
        return real(receipt, *rest)

    monkeypatch.setattr(orders, "take", take)


def test_one_receipt_that_cannot_be_taken_holds_nobody_up_and_is_tried_again(
    shop: Any, on_sale: Sticker, virtual_time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = sales.buy(shop), sales.buy(shop)
    with monkeypatch.context() as patch:
        refuse(bad, patch)
        assert import_orders().status == "partial"
    assert [order.receipt_id for order in Order.objects.all()] == [good["receipt_id"]]
    virtual_time.shift(timedelta(days=3))
    import_orders()
    assert Order.objects.count() == 2


@pytest.mark.parametrize("odd", [{"grandtotal": None, "subtotal": None, "total_price": None}, {"quantity": -1}])
def test_one_receipt_that_makes_no_sense_holds_nobody_up(
    shop: Any, on_sale: Sticker, odd: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = sales.buy(shop), sales.buy(shop)
    real = wire.page

    def page(data: Any) -> list[dict[str, Any]]:
        found = real(data)
        for one in found:
            if one.get("receipt_id") == bad["receipt_id"]:
                (one if "subtotal" in odd else one["transactions"][0]).update(odd)
        return found

    monkeypatch.setattr(wire, "page", page)
    assert import_orders().status == "partial"
    assert [order.receipt_id for order in Order.objects.all()] == [good["receipt_id"]]
    assert str(bad["receipt_id"]) in ErrorLog.objects.get(severity="error").error_message
    monkeypatch.setattr(wire, "page", real)
    import_orders()
    assert Order.objects.count() == 2


def test_a_line_whose_sku_got_lost_is_known_by_its_listing(shop: Any, on_sale: Sticker) -> None:
    on_sale.sizes.filter(size="4in").delete()
    receipt = sales.buy(shop)
    receipt["lines"][0]["sku"] = ""
    import_orders()
    item = OrderItem.objects.get()
    assert (item.sticker_id, item.size) == (on_sale.pk, "3in")


def test_the_tier_at_sale_of_a_line_whose_sku_got_lost_is_known_too(shop: Any, on_sale: Sticker) -> None:
    on_sale.sizes.filter(size="4in").delete()
    sales.buy(shop)["lines"][0]["sku"] = ""
    import_orders()
    assert OrderItem.objects.get().pricing_tier_at_sale == "just_dropped"


def test_an_order_long_shipped_and_paid_back_in_part_is_not_printed_when_it_is_first_seen(
    shop: Any, on_sale: Sticker
) -> None:
    receipt = sales.buy(shop)
    receipt["shipments"].append({"id": 1, "at": shop.now(), "carrier": "usps", "code": "9400"})
    sales.cancel(shop, receipt, "part")
    import_orders()
    assert Order.objects.get().status == "shipped"


def test_a_receipt_that_vanishes_from_etsy_leaves_its_order_as_it_was(shop: Any, on_sale: Sticker) -> None:
    sales.buy(shop)
    import_orders()
    shop.receipts.clear()
    run = import_orders()
    assert (run.status, run.counts.get("orders_received", 0)) == ("completed", 0)
    assert (Order.objects.get().status, OrderItem.objects.count()) == ("paid", 1)


def test_a_receipt_that_cannot_be_taken_is_told_by_number_and_holds_the_window_for_a_week(
    shop: Any, on_sale: Sticker, virtual_time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = sales.buy(shop)
    refuse(bad, monkeypatch)
    assert import_orders().status == "partial"
    told = Alert.objects.get(key="orders-left")
    assert str(bad["receipt_id"]) in told.text
    assert bad["buyer"]["name"] not in told.text
    virtual_time.shift(timedelta(days=6))
    assert import_orders().status == "partial", "still within the window"
    virtual_time.shift(timedelta(days=2))
    import_orders()
    assert import_orders().status == "completed", "the comparison with Etsy tells of it from now on"


def test_an_unknown_line_is_kept(shop: Any, on_sale: Sticker) -> None:
    receipt = sales.buy(shop)
    receipt["lines"][0].update(sku="MUG-1", listing_id=None)
    import_orders()
    assert (OrderItem.objects.get().sticker_id, OrderItem.objects.get().sku) == (None, "MUG-1")
    assert ErrorLog.objects.filter(error_message__contains="a line whose SKU we do not know").count() == 1


def test_coupons_count_and_taxes_do_not(shop: Any, on_sale: Sticker) -> None:
    sales.buy(shop, sku=f"{on_sale.number}-4", count=2, discount=130, tax=91)
    import_orders()
    order = Order.objects.get()
    assert (order.total_amount, order.discount) == (Decimal("11.68"), Decimal("1.30"))
    assert OrderItem.objects.get().unit_price == Decimal("6.49"), "what was on show; the coupon is the order's"


def test_a_full_refund_of_goods_and_taxes_is_a_refund(shop: Any, on_sale: Sticker) -> None:
    sales.cancel(shop, sales.buy(shop, tax=91), "full")
    import_orders()
    assert Order.objects.get().status == "refunded"
    assert OrderItem.objects.get().refunded


def test_an_order_cancelled_after_it_was_shipped_leaves_the_figures(shop: Any, on_sale: Sticker) -> None:
    receipt = sales.buy(shop)
    import_orders()
    Order.objects.get().move_to("shipped")
    sales.cancel(shop, receipt, None)
    import_orders()
    assert Order.objects.get().status == "refunded"
    assert OrderItem.objects.get().refunded


def test_several_things_in_one_receipt_are_several_lines(shop: Any, on_sale: Sticker) -> None:
    receipt = sales.buy(shop, sku=f"{on_sale.number}-3", count=3, paid=False, gift_message="For you", message="Hi")
    sales.add_line(shop, receipt, sku=f"{on_sale.number}-4", count=2)
    sales.pay(shop, receipt)
    import_orders()
    order = Order.objects.get()
    lines = order.items.order_by("transaction_id").values_list("size", "quantity", "unit_price")
    assert list(lines) == [("3in", 3, Decimal("5.49")), ("4in", 2, Decimal("6.49"))]
    assert order.total_amount == Decimal("29.45")
    customer = privacy.read(order, by="test", why="test")
    assert (customer.gift_message, customer.message) == ("For you", "Hi")


def test_what_is_edited_after_the_payment_is_taken_again(shop: Any, on_sale: Sticker, virtual_time: Time) -> None:
    receipt = sales.buy(shop)
    import_orders()
    virtual_time.shift(timedelta(hours=1))
    receipt["buyer"] = {**receipt["buyer"], "first_line": "9 Kettle Row"}
    receipt.update(gift_message="Sorry, late", updated=shop.now())
    import_orders()
    customer = privacy.read(Order.objects.get(), by="test", why="test")
    assert customer.address
    assert (customer.address.first_line, customer.gift_message) == ("9 Kettle Row", "Sorry, late")
    assert OrderItem.objects.count() == 1


def test_a_listing_and_a_sku_that_etsy_tells_as_null_are_kept(shop: Any, on_sale: Sticker) -> None:
    sales.buy(shop)["lines"][0].update(sku=None, listing_id=None)
    assert import_orders().status == "completed"
    item = OrderItem.objects.get()
    assert (item.sticker_id, item.sku, item.listing_id) == (None, "", None)
    assert item.title
