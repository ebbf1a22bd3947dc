"""Reading the window of changes: every page, while Etsy's list shifts, each order once, in few calls."""

import resource
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
import time_machine
from django.db import connection

from etsy.adapters import wire
from etsy.receipts import CURSOR
from etsy.tests.conftest import fault, operations
from etsy.tests.test_receipts import import_orders, on_sale
from fulfillment.models import Order, OrderItem
from stickers.models import Sticker
from stickertrendz.ops.models import Health
from stickertrendz.sandbox.etsy import sales
from stickertrendz.sandbox.server import Sandbox

__all__ = ["on_sale"]  # the fixture
Time = time_machine.Traveller


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


def reads(world: Any, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[int], None]) -> None:
    """After each page that Etsy tells, something happens there."""
    real, told = wire.page, count(1)

    def page(data: Any) -> list[dict[str, Any]]:
        found = real(data)
        meanwhile(next(told))
        return found

    monkeypatch.setattr(wire, "page", page)


def copies(world: Any, receipt: dict[str, Any], number: int, *, apart: int = 7) -> None:
    """So many receipts like it, each changed some seconds before the next."""
    start = world.now() - number * apart
    for place in range(number):
        line = {**receipt["lines"][0], "transaction_id": world.number("transaction")}
        at = start + place * apart
        copy = {**receipt, "created": at, "updated": at, "paid_at": at, "lines": [line], "refunds": [], "shipments": []}
        del copy["receipt_id"]
        world.add("receipts", copy)


@pytest.mark.parametrize("apart", [0, 7])
def test_pages_that_shift_while_they_are_read_lose_no_order(
    shop: Any, on_sale: Sticker, monkeypatch: pytest.MonkeyPatch, apart: int
) -> None:
    """One is cancelled, which takes it out of the window; another is changed, which moves it to the front."""
    copies(shop, sales.buy(shop), 349, apart=apart)
    rows = sorted(shop.receipts.values(), key=lambda one: (one["updated"], one["receipt_id"]), reverse=True)

    def meanwhile(page: int) -> None:
        if page < 4:
            sales.cancel(shop, rows[page * 10], None)
            rows[page * 10 + 1]["updated"] = shop.now()

    reads(shop, monkeypatch, meanwhile)
    import_orders()
    assert set(Order.objects.values_list("receipt_id", flat=True)) == set(shop.receipts)
    assert OrderItem.objects.count() == 350


def test_orders_that_arrive_while_pages_are_read_are_taken_once(
    shop: Any, on_sale: Sticker, monkeypatch: pytest.MonkeyPatch, virtual_time: Time
) -> None:
    receipt = sales.buy(shop)
    copies(shop, receipt, 150)
    reads(shop, monkeypatch, lambda page: copies(shop, receipt, 30, apart=0) if page < 3 else None)
    import_orders()
    import_orders()
    assert Order.objects.count() == OrderItem.objects.count() == 211 == len(shop.receipts)


def test_the_window_stays_until_a_reading_was_complete(
    sandbox: Sandbox, shop: Any, on_sale: Sticker, virtual_time: Time
) -> None:
    copies(shop, sales.buy(shop), 150)
    import_orders()
    before = Health.objects.get(name=CURSOR).seen_at
    virtual_time.shift(timedelta(hours=3))
    fault(sandbox, "getShopReceipts", "500", times=4)
    assert import_orders().status == "partial"
    assert Health.objects.get(name=CURSOR).seen_at == before
    virtual_time.shift(timedelta(hours=3))
    import_orders()
    assert Health.objects.get(name=CURSOR).seen_at > before + timedelta(hours=5)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_five_thousand_orders_are_read_by_less_than_sixty_calls(
    sandbox: Sandbox, shop: Any, on_sale: Sticker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it reads, orders are cancelled, changed and placed; each is there exactly once at the end."""
    receipt = sales.buy(shop)
    copies(shop, receipt, 4_999)
    rows = sorted(shop.receipts.values(), key=lambda one: int(one["updated"]), reverse=True)

    def meanwhile(page: int) -> None:
        if page < 50 and page % 5 == 0:
            sales.cancel(shop, rows[page * 3], None)
            rows[page * 90]["updated"] = shop.now()
            copies(shop, receipt, 1)

    reads(shop, monkeypatch, meanwhile)
    sandbox.forget_calls()
    executed = count()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with connection.execute_wrapper(lambda run, *rest: (next(executed), run(*rest))[1]):
        import_orders()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert operations(sandbox).count("getShopReceipts") <= 60
    assert next(executed) < 6 * len(shop.receipts)
    assert grown < 40_000, "kilobytes; a page at a time is held"
    import_orders()
    assert set(Order.objects.values_list("receipt_id", flat=True)) == set(shop.receipts)
    assert OrderItem.objects.count() == len(shop.receipts)
    cancelled = {key for key, one in shop.receipts.items() if one["status"] == "canceled"}
    assert set(Order.objects.filter(status="cancelled").values_list("receipt_id", flat=True)) == cancelled
