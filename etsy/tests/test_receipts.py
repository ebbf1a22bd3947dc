"""Orders in and tracking out: everything once, nothing dropped, buyers mailed once."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from etsy.adapters import wire
from etsy.tests.conftest import MakeSticker, fault, operations
from fulfillment import orders, privacy
from fulfillment.models import Order, OrderItem, Shipment
from pricing.models import PriceChange
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops.models import ErrorLog, Intent, Run
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.etsy import sales
from stickertrendz.sandbox.server import Sandbox

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


def test_every_page_is_read_and_each_receipt_taken_once(sandbox: Sandbox, shop: Any, on_sale: Sticker) -> None:
    for _ in range(230):
        shop.listings[next(iter(shop.listings))]["products"][0]["offerings"][0]["quantity"] = 100
        sales.buy(shop, sku=f"{on_sale.number}-3")
    sandbox.forget_calls()
    assert import_orders().counts["orders_received"] == 230
    assert operations(sandbox) == ["getShopReceipts"] * 4
    assert import_orders().counts["orders_received"] == 0


def test_the_window_moves_on_with_an_overlap(sandbox: Sandbox, shop: Any, on_sale: Sticker, virtual_time: Time) -> None:
    for _ in range(120):
        shop.listings[next(iter(shop.listings))]["products"][0]["offerings"][0]["quantity"] = 100
        sales.buy(shop, sku=f"{on_sale.number}-3")
    import_orders()
    virtual_time.shift(timedelta(hours=1))
    sandbox.forget_calls()
    import_orders()
    assert operations(sandbox).count("getShopReceipts") == 3, "two pages lie within the overlap"
    virtual_time.shift(timedelta(minutes=15))
    sandbox.forget_calls()
    import_orders()
    assert operations(sandbox) == ["getShopReceipts"] * 2


@pytest.mark.parametrize("kind", ["500", "429", "malformed", "timeout", "html"])
def test_a_failed_reading_is_made_up_by_the_next_run(
    sandbox: Sandbox, shop: Any, on_sale: Sticker, virtual_time: Time, kind: str
) -> None:
    sales.buy(shop)
    fault(sandbox, "getShopReceipts", kind, times=4, seconds=0.01)
    run = import_orders()
    assert run.status == "partial"
    assert "orders could not be read" in run.note
    virtual_time.shift(timedelta(days=3))
    import_orders()
    assert Order.objects.count() == 1


def test_one_receipt_that_cannot_be_taken_holds_nobody_up_and_is_tried_again(
    shop: Any, on_sale: Sticker, virtual_time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = sales.buy(shop), sales.buy(shop)
    real = orders.take

    def take(receipt: orders.Receipt, *rest: Any) -> Any:
        if receipt.receipt_id == bad["receipt_id"]:
            raise ValueError("odd")
        return real(receipt, *rest)

    monkeypatch.setattr(orders, "take", take)
    run = import_orders()
    assert run.status == "partial"
    assert [order.receipt_id for order in Order.objects.all()] == [good["receipt_id"]]
    monkeypatch.setattr(orders, "take", real)
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


def test_an_unknown_line_is_kept(shop: Any, on_sale: Sticker) -> None:
    receipt = sales.buy(shop)
    receipt["lines"][0].update(sku="MUG-1", listing_id=None)
    import_orders()
    assert (OrderItem.objects.get().sticker_id, OrderItem.objects.get().sku) == (None, "MUG-1")
    assert ErrorLog.objects.filter(error_message__contains="a line whose SKU we do not know").count() == 1


@pytest.fixture
def shipment(shop: Any, on_sale: Sticker) -> Shipment:
    sales.buy(shop)
    import_orders()
    order = Order.objects.get()
    return Shipment.objects.create(
        order=order, status="new", carrier="USPS", tracking_code="9400", shipped_at=clock.now()
    )


def tell() -> None:
    assert run_job("push_tracking")[0] == 0


def test_tracking_is_told_once(shop: Any, shipment: Shipment) -> None:
    tell()
    tell()
    shipment.refresh_from_db()
    assert shipment.status == "told"
    [receipt] = shop.receipts.values()
    assert [(one["carrier"], one["code"]) for one in receipt["shipments"]] == [("usps", "9400")]
    assert shop.mails_to_buyers == 1


def test_a_key_that_may_not_tell_leaves_it_to_a_person(shop: Any, shipment: Shipment) -> None:
    shop.settings["gated"] = True
    tell()
    shipment.refresh_from_db()
    assert (shipment.status, shipment.needs_attention) == ("by_hand", "")


@pytest.mark.parametrize("kind", ["500_after", "timeout_after", "malformed", "500", "timeout", "429"])
def test_a_lost_answer_mails_the_buyer_once(
    sandbox: Sandbox, shop: Any, shipment: Shipment, virtual_time: Time, kind: str
) -> None:
    fault(sandbox, "createReceiptShipment", kind, seconds=0.01)
    for _ in range(8):
        tell()
        virtual_time.shift(timedelta(minutes=7))
    shipment.refresh_from_db()
    assert shipment.status == "told"
    assert shop.mails_to_buyers == 1


def test_it_is_parked_when_it_was_sent_twice_and_cannot_be_found(
    sandbox: Sandbox, shop: Any, shipment: Shipment, virtual_time: Time
) -> None:
    fault(sandbox, "createReceiptShipment", "timeout", times=None, seconds=0.01)
    for _ in range(20):
        tell()
        virtual_time.shift(timedelta(minutes=30))
    shipment.refresh_from_db()
    assert "Sent more than once" in shipment.needs_attention
    assert Intent.objects.get(kind="etsy_tracking").sends == 2


def test_a_letter_marks_the_receipt_shipped(shop: Any, shipment: Shipment) -> None:
    Shipment.objects.update(tracking_code="", carrier="")
    tell()
    [receipt] = shop.receipts.values()
    assert len(receipt["shipments"]) == 1
    assert Shipment.objects.get().status == "told"


def test_a_letter_for_a_dearer_order_is_left_to_a_person(sandbox: Sandbox, shop: Any, shipment: Shipment) -> None:
    Shipment.objects.update(tracking_code="", carrier="")
    Order.objects.update(total_amount=Decimal("10.01"))
    sandbox.forget_calls()
    tell()
    assert Shipment.objects.get().status == "by_hand"
    assert operations(sandbox) == []


def test_what_a_person_told_etsy_already_is_not_told_again(shop: Any, shipment: Shipment) -> None:
    [receipt] = shop.receipts.values()
    receipt["shipments"].append({"id": 1, "at": shop.now(), "carrier": "usps", "code": "9400"})
    tell()
    assert Shipment.objects.get().status == "told"
    assert shop.mails_to_buyers == 0
