"""Deeds on many rows of the shop: done on exactly what was shown, once, and told beforehand where they are refused."""

import pytest
from django.test import Client
from django.urls import reverse

from fulfillment.models import Order, OrderItem
from pricing import plan
from pricing.models import Offer, Override, PriceChange
from stickertrendz.console import shop_deeds
from stickertrendz.console.tests.benching import bench_order
from stickertrendz.console.tests.test_blocklist_pages import owner, page
from stickertrendz.console.tests.test_override_pages import ADD, told
from stickertrendz.console.tests.test_put_back_pages import seen
from stickertrendz.console.tests.test_shop_lists import LINES, LISTINGS, OFFERS, ORDERS, act, on_sale

__all__ = ["owner"]  # the fixture
pytestmark = pytest.mark.django_db
CHANGES = reverse("admin:pricing_pricechange_changelist")


def agree(client: Client, address: str, action: str, key: int) -> str:
    """As the page that asks sends it: the whole list, narrowed to the row shown."""
    sure = {"select_across": "1", "keys": str(key), "agreed": "1", "why": "winter"}
    return page(client, address, {"action": action, "_selected_action": key, **sure})


@pytest.fixture
def offers(owner: Client, monkeypatch: pytest.MonkeyPatch) -> list[Offer]:
    """More than are worked out at once, as the list shows them."""
    monkeypatch.setattr(shop_deeds, "FEW", 1)
    for title in ("Frog", "Cat"):
        on_sale(title)
    return list(owner.get(OFFERS).context["cl"].result_list)


def test_an_offer_far_down_the_list_is_priced_by_the_rules(owner: Client, offers: list[Offer]) -> None:
    assert "1 done" in agree(owner, OFFERS, "reprice", offers[-1].pk)
    assert Offer.objects.get(pk=offers[-1].pk).wanted_price != offers[-1].wanted_price
    assert Offer.objects.get(pk=offers[0].pk).wanted_price == offers[0].wanted_price


def test_a_change_far_down_the_list_is_put_back(owner: Client, offers: list[Offer]) -> None:
    for offer in offers:
        plan.reprice(offer.sticker, by="owner", why="winter")
    oldest = PriceChange.objects.earliest("pk")
    assert "1 done" in agree(owner, CHANGES, "put_price_back", oldest.pk)
    assert Offer.objects.get(pk=oldest.offer_id).wanted_price == oldest.old_price


def test_the_second_click_makes_no_second_override(owner: Client) -> None:
    listing = on_sale()
    act(owner, LISTINGS, "hold", listing)
    assert "1 left out: the same override was made by owner already" in act(owner, LISTINGS, "hold", listing)
    assert Override.objects.count() == 1
    clearance = told(make="1", seen=seen(page(owner, ADD, told())))
    page(owner, ADD, clearance)
    assert "The same override was made by owner already" in page(owner, ADD, clearance)
    assert Override.objects.count() == 2


def test_what_an_order_is_refused_is_told_before_it_is_agreed_to(owner: Client) -> None:
    sent, waits = bench_order(), bench_order()
    Order.objects.filter(pk=sent.pk).update(status="shipped")
    shown = act(owner, ORDERS, "mark_delivered", sent, waits, agreed=False)
    assert "Left out: 1" in shown
    assert f"Order {waits} is" in shown
    assert f'name="row" value="{sent.pk}"' in shown
    assert f'name="row" value="{waits.pk}"' not in shown
    Order.objects.filter(pk=sent.pk).update(status="delivered")
    shown = act(owner, ORDERS, "mark_delivered", sent, agreed=False)
    assert "Nothing of what you chose can be changed" in shown
    assert "Mark as delivered</button>" not in shown


def test_lines_and_orders_that_are_so_already_are_left_out(owner: Client) -> None:
    order = bench_order()
    line = OrderItem.objects.get(order=order)
    OrderItem.objects.update(refunded=True)
    assert "marked as paid back already" in act(owner, LINES, "paid_back", line, agreed=False)
    assert "in our own hands already" in act(owner, ORDERS, "into_our_hands", order, agreed=False)
    assert "is not parked" in page(owner, f"{ORDERS}decide/again/?row={order.pk}")


@pytest.mark.parametrize("address", [f"{ORDERS}?items__sticker__id__exact=", LISTINGS])
def test_a_number_that_is_too_long_for_any_row_finds_none(owner: Client, address: str) -> None:
    where = address + "9" * 30 + ("" if "?" in address else "/change/")
    assert owner.get(where, follow=True).status_code == 200
