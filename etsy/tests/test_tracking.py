"""Tracking out: told once, the buyer mailed once, and left to a person where Etsy does not allow it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from etsy.tests.conftest import MakeSticker, fault, operations
from fulfillment.models import Order, Shipment
from stickertrendz import clock
from stickertrendz.ops.models import Intent
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.etsy import sales
from stickertrendz.sandbox.server import Sandbox

Time = time_machine.Traveller


@pytest.fixture
def shipment(shop: Any, make_sticker: MakeSticker) -> Shipment:
    make_sticker()
    run_job("publisher")
    sales.buy(shop)
    run_job("import_orders")
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


def test_a_key_that_may_not_even_read_orders_is_told_instead_of_copying_by_hand(
    sandbox: Sandbox, shop: Any, shipment: Shipment
) -> None:
    """A wrong key is refused by the same number, 403."""
    fault(sandbox, "getShopReceipt", "403")
    tell()
    shipment.refresh_from_db()
    assert shipment.status == "new"
    assert "etsy refused this" in shipment.needs_attention


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


@pytest.mark.parametrize("paid", ["5.00", "10.01"])
def test_the_letter_with_a_copy_has_nothing_to_tell(paid: str, sandbox: Sandbox, shop: Any, shipment: Shipment) -> None:
    Shipment.objects.update(tracking_code="", carrier="", posting=2)
    Order.objects.update(total_amount=Decimal(paid), status="shipped")
    sandbox.forget_calls()
    tell()
    assert (Shipment.objects.get().status, operations(sandbox)) == ("told", [])


def test_what_a_person_told_etsy_already_is_not_told_again(shop: Any, shipment: Shipment) -> None:
    [receipt] = shop.receipts.values()
    receipt["shipments"].append({"id": 1, "at": shop.now(), "carrier": "usps", "code": "9400"})
    tell()
    assert Shipment.objects.get().status == "told"
    assert shop.mails_to_buyers == 0


def test_a_key_that_may_not_tell_asks_once_and_an_order_told_by_hand_stays_so(
    sandbox: Sandbox, shop: Any, shipment: Shipment
) -> None:
    shop.settings["gated"] = True
    sandbox.forget_calls()
    tell()
    tell()
    assert operations(sandbox) == ["getShopReceipt", "createReceiptShipment"]
    shipment.refresh_from_db()
    shipment.move_to("told")
    tell()
    assert (shop.mails_to_buyers, Shipment.objects.get().status) == (0, "told")


def test_a_receipt_that_vanished_is_parked_in_plain_words(shop: Any, shipment: Shipment) -> None:
    """Etsy has shown receipts in its list that it then does not know."""
    shop.receipts.clear()
    tell()
    shipment.refresh_from_db()
    assert shipment.status == "new"
    assert "etsy refused this" in shipment.needs_attention
    assert "404" in shipment.needs_attention


def test_two_parcels_of_an_order_are_told_one_by_one(shop: Any, shipment: Shipment) -> None:
    Shipment.objects.create(
        order=shipment.order, status="new", carrier="Pigeon Post", tracking_code="7", shipped_at=clock.now()
    )
    tell()
    [receipt] = shop.receipts.values()
    assert sorted((one["carrier"], one["code"]) for one in receipt["shipments"]) == [("other", "7"), ("usps", "9400")]
    assert set(Shipment.objects.values_list("status", flat=True)) == {"told"}


@pytest.mark.parametrize("cancelled", [None, "full"])
def test_an_order_cancelled_meanwhile_is_told_nothing(shop: Any, shipment: Shipment, cancelled: str | None) -> None:
    [receipt] = shop.receipts.values()
    sales.cancel(shop, receipt, cancelled)
    tell()
    shipment.refresh_from_db()
    assert "409" in shipment.needs_attention
    assert shop.mails_to_buyers == 0
