"""Lists of the shop: numbers lead to exactly their rows, searches find by number, and deeds are asked about first."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from etsy.models import Listing
from fulfillment.models import Order, OrderItem, PrintJob, Shipment
from fulfillment.orders import take
from fulfillment.tests.making import make_line, make_receipt
from pricing import overrides
from pricing.models import Offer, Override
from stickertrendz import clock
from stickertrendz.console import front_money
from stickertrendz.console.tests.benching import bench_order, by_hand, make_design
from stickertrendz.console.tests.test_blocklist_pages import logged_in, owner, page
from stickertrendz.housekeeping import metrics
from stickertrendz.ops.models import AuditEntry

__all__ = ["by_hand", "owner"]  # the fixtures
pytestmark = pytest.mark.django_db
LISTINGS, OFFERS = reverse("admin:etsy_listing_changelist"), reverse("admin:pricing_offer_changelist")
ORDERS, LINES = reverse("admin:fulfillment_order_changelist"), reverse("admin:fulfillment_orderitem_changelist")
PRINTS, PARCELS = reverse("admin:fulfillment_printjob_changelist"), reverse("admin:fulfillment_shipment_changelist")


def keys(client: Client, address: str) -> set[int]:
    found: set[int] = {row.pk for row in client.get(address).context["cl"].result_list}
    return found


def on_sale(title: str = "Sleepy Frog Sticker - Vinyl") -> Listing:
    sticker = make_design(title)
    type(sticker).objects.filter(pk=sticker.pk).update(shelf="wanted")
    price = {"wanted_price": Decimal("4.49"), "floor_price": Decimal("3.49"), "tier": "trending"}
    Offer.objects.create(sticker=sticker, size="3in", tier_since=clock.now(), **price)
    listing: Listing = Listing.objects.create(sticker=sticker, etsy_id=1_900_000_000 + sticker.pk, status="active")
    return listing


def act(client: Client, address: str, action: str, *chosen: Any, agreed: bool = True) -> str:
    told = {"action": action, "_selected_action": [row.pk for row in chosen]}
    sure = {"agreed": "1", "keys": ",".join(str(row.pk) for row in chosen), "why": "winter"}
    return page(client, address, {**told, **sure} if agreed else told)


def test_each_number_of_a_page_opens_exactly_its_rows(owner: Client) -> None:
    listing = on_sale()
    order = bench_order(listing.sticker, "3in", "3in")
    bench_order()
    Shipment.objects.create(order=order, shipped_at=clock.now(), status="new")
    offer = Offer.objects.get()
    pages = {"etsy_listing": listing.pk, "pricing_offer": offer.pk, "fulfillment_order": order.pk}
    found = 0
    for name, key in pages.items():
        shown = page(owner, reverse(f"admin:{name}_change", args=[key]))
        inside = shown.partition('class="neighbours"')[2].partition("</nav>")[0]
        for href, number in re.findall(r'href="([^"]+)"[^>]*><strong>(\d+)', inside):
            assert len(keys(owner, href.replace("&amp;", "&"))) == int(number), href
            found += int(number) > 0
    assert found >= 7


def test_todays_orders_on_the_front_page_are_those_of_its_link(owner: Client) -> None:
    sold, unpaid, given_back = (bench_order() for _ in range(3))
    Order.objects.filter(pk=unpaid.pk).update(status="pending")
    OrderItem.objects.filter(order=given_back).update(refunded=True)
    OrderItem.objects.filter(order=sold).update(sold_at=clock.now())
    Order.objects.filter(pk=sold.pk).update(ordered_at=clock.now() - timedelta(days=3))
    today = front_money.spans(clock.now())[0]
    assert today.orders.words == "1 order"
    assert keys(owner, today.orders.href) == {sold.pk}
    assert keys(owner, front_money.rows("revenue", today.first, today.last)) == {sold.pk}
    start, end = metrics.span(today.first)
    assert keys(owner, f"{LINES}?sold={today.first}..{today.last}") == set(
        metrics.sold(start, end).values_list("pk", flat=True)
    )
    assert keys(owner, f"{LINES}?sold=yesterday") == set()


def test_rows_are_found_by_sku_number_and_words_without_reading_every_row(owner: Client) -> None:
    frog, cat = bench_order(make_design("Sleepy Frog")), bench_order(make_design("Angry Cat"))
    line, job = OrderItem.objects.get(order=frog), PrintJob.objects.get(item__order=frog)
    assert line.sticker
    for words in (f"{line.sticker.number}-3", str(line.transaction_id), str(frog.receipt_id), "sleepy frog"):
        assert keys(owner, f"{LINES}?q={words}") == {line.pk}, words
    for words in (f"{line.sticker.number}-3", str(line.transaction_id), str(frog.receipt_id)):
        assert keys(owner, f"{PRINTS}?q={words}") == {job.pk}, words
    assert keys(owner, f"{LINES}?q={line.sticker.number}-4") == set()
    assert keys(owner, f"{ORDERS}?q={cat.receipt_id}") == {cat.pk}
    parcel = Shipment.objects.create(order=cat, tracking_code="94001", shipped_at=clock.now(), status="new")
    assert keys(owner, f"{PARCELS}?q=94001") == keys(owner, f"{PARCELS}?q={cat.receipt_id}") == {parcel.pk}


def test_what_is_at_the_printer_for_long_is_asked_for(owner: Client) -> None:
    old, new = (take(make_receipt(make_line(make_design())))[0] for _ in range(2))
    Order.objects.update(status="sent_to_print", status_since=clock.now())
    Order.objects.filter(pk=old.pk).update(status_since=clock.now() - timedelta(days=8))
    assert keys(owner, f"{ORDERS}?printer_days=7") == {old.pk}
    assert keys(owner, f"{ORDERS}?printer_days=0") == {old.pk, new.pk}


def test_the_second_page_of_orders_goes_on_where_the_first_ended(owner: Client, monkeypatch: Any) -> None:
    design = make_design()
    due = [bench_order(design, hours=hours) for hours in (9, 5, 7)]
    gone = [bench_order(design, hours=-hours) for hours in (20, 30)]
    Order.objects.filter(pk__in=[one.pk for one in gone]).update(status="delivered")
    monkeypatch.setattr("stickertrendz.console.order_pages.OrderAdmin.list_per_page", 2)
    shown = [row.pk for number in (1, 2, 3) for row in owner.get(f"{ORDERS}?p={number}").context["cl"].result_list]
    urgent = [due[1].pk, due[2].pk, due[0].pk]
    assert shown[:3] == urgent
    assert set(shown[3:]) == {one.pk for one in gone}
    assert len(shown) == 5


def test_a_listing_is_taken_off_sale_after_a_look_and_comes_back(owner: Client) -> None:
    listing = on_sale()
    assert "archived; it can be relisted" in act(owner, LISTINGS, "archive", listing, agreed=False)
    listing.sticker.refresh_from_db()
    assert listing.sticker.shelf == "wanted", "it asks first"
    assert "1 done" in act(owner, LISTINGS, "archive", listing)
    listing.sticker.refresh_from_db()
    assert listing.sticker.shelf == "archived"
    assert AuditEntry.objects.get(action="archived design").why == "winter"
    assert "its design is not on the shelf" in act(owner, LISTINGS, "archive", listing)
    type(listing.sticker).objects.update(status="approved")
    act(owner, LISTINGS, "relist", listing)
    listing.sticker.refresh_from_db()
    assert listing.sticker.shelf == "wanted"


def test_a_listing_is_held_and_an_offer_priced_by_the_rules(owner: Client) -> None:
    listing = on_sale()
    assert "1 done" in act(owner, LISTINGS, "hold", listing)
    assert Override.objects.get().kind == "viral"
    overrides.release(Override.objects.get(), by="ada", why="over")
    offer = Offer.objects.get()
    assert "$4.49 → $" in act(owner, OFFERS, "reprice", offer, agreed=False)
    assert "1 done" in act(owner, OFFERS, "reprice", offer)
    before, offer = offer, Offer.objects.get()
    assert offer.wanted_price != before.wanted_price
    change = offer.changes.latest("pk")
    changes = reverse("admin:pricing_pricechange_changelist")
    assert "1 done" in act(owner, changes, "put_price_back", change)
    assert Offer.objects.get().wanted_price == before.wanted_price


def test_whoever_may_only_look_does_nothing_in_the_lists(client: Client) -> None:
    listing = on_sale()
    viewer = logged_in(client, "etsy.view_listing", "pricing.view_offer", "fulfillment.view_orderitem")
    act(viewer, LISTINGS, "archive", listing)
    act(viewer, LISTINGS, "hold", listing)
    act(viewer, OFFERS, "reprice", Offer.objects.get())
    listing.sticker.refresh_from_db()
    assert listing.sticker.shelf == "wanted"
    assert not Override.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("address", [LINES, PRINTS, PARCELS, OFFERS])
def test_a_list_costs_as_many_queries_for_many_rows_as_for_two(owner: Client, address: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            page(owner, address)
        return len(asked)

    def more(number: int) -> None:
        for place in range(number):
            listing = on_sale(f"Frog {place}")
            order = bench_order(listing.sticker)
            Shipment.objects.create(order=order, shipped_at=clock.now(), status="new")

    more(2)
    queries()
    few = queries()
    more(5)
    assert queries() == few


@pytest.mark.parametrize("query", ["price=waits", "price=floor", "left=0", "left=50", "left=100", "on_sale=yes"])
def test_offers_are_asked_for_by_what_is_left(owner: Client, query: str) -> None:
    offer = Offer.objects.get(sticker=on_sale().sticker)
    Offer.objects.update(pushed_price=Decimal("4.49"))
    # 4.49 × 0.905 − 0.45 − 2.43 leaves $1.18
    assert keys(owner, f"{OFFERS}?{query}") == ({offer.pk} if query == "on_sale=yes" else set())
    Offer.objects.update(wanted_price=Decimal("3.49"), pushed_price=Decimal("4.49"))
    # 3.49 × 0.905 − 0.45 − 2.43 leaves $0.28
    assert keys(owner, f"{OFFERS}?{query}") == (set() if query == "left=0" else {offer.pk})
