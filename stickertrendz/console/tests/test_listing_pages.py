"""The pages of listings: figures in a constant number of queries, a link to Etsy, and what happened when."""

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
from fulfillment.models import Order, OrderItem
from pricing.models import Offer, PriceChange, StickerDay
from stickertrendz import clock
from stickertrendz.console.tests.test_blocklist_pages import make_sticker, owner, page
from stickertrendz.ops import audit
from stickertrendz.ops.models import Call
from stickertrendz.ops.subjects import subject_of

__all__ = ["owner"]  # the fixture
pytestmark = pytest.mark.django_db
LIST = reverse("admin:etsy_listing_changelist")


def make(number: int = 1) -> Listing:
    """On sale for nine days, seen 41 times, three sold of which one was given back."""
    now, sticker = clock.now(), make_sticker(f"Frog {number} Sticker")
    price = {"wanted_price": Decimal("4.49"), "floor_price": Decimal("3.49"), "tier": "trending", "tier_since": now}
    Offer.objects.create(sticker=sticker, size="3in", pushed_price=Decimal("5.49"), **price)
    for back, views in ((3, 17), (2, 41), (1, None)):
        StickerDay.objects.create(sticker=sticker, day=now.date() - timedelta(days=back), views=views)
    order = Order.objects.create(
        receipt_id=number, status="paid", ordered_at=now, etsy_updated_at=now, ship_by=now, total_amount=Decimal("8.98")
    )
    for line, refunded in ((1, False), (2, False), (3, True)):
        OrderItem.objects.create(
            order=order, transaction_id=number * 10 + line, sticker=sticker, size="3in", quantity=1,
            unit_price=Decimal("4.49"), refunded=refunded, sold_at=now,
        )  # fmt: skip
    return Listing.objects.create(
        sticker=sticker, etsy_id=1_900_000_000 + number, status="active", state_asked="inactive", state_seen="active",
        first_active_at=now - timedelta(days=9, hours=1),
    )  # fmt: skip


def cell(shown: str, name: str) -> str:
    """What a person reads in that column of the only row."""
    inside = shown.partition(f"field-{name} ")[2].partition("</td>")[0].partition(">")[2]
    return re.sub(r"<[^>]*>", "", inside).strip()


def test_the_page_shows_what_is_left_of_each_price(owner: Client) -> None:
    listing = make()
    address = reverse("admin:etsy_listing_change", args=[listing.pk])
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page(owner, address)))
    assert "what is left of $4.49" in shown
    # 4.49 − (4.49 × 9.5 % + 0.45) − 1.50 − 0.78 − 0.15; by an Offsite Ad 15 % less
    assert "Profit $1.18 $0.51" in shown
    assert "Put back its prices …" in shown


def test_the_list_shows_what_a_listing_did(owner: Client) -> None:
    make()
    shown = page(owner, LIST)
    assert "3in $5.49 → $4.49" in shown
    assert cell(shown, "states") == "inactive / active"
    assert cell(shown, "views") == "41"
    assert cell(shown, "brought_in") == "2 · $8.98"
    assert cell(shown, "days_on_sale") == "9"


def test_the_list_asks_as_often_for_many_listings_as_for_one(owner: Client) -> None:
    make()
    page(owner, LIST)
    with CaptureQueriesContext(
        connection,
    ) as one:
        page(owner, LIST)
    for number in range(2, 12):
        make(number)
    with CaptureQueriesContext(connection) as many:
        page(owner, LIST)
    assert len(many) == len(one)


@pytest.mark.parametrize("order", ["5", "-5", "6", "-6", "7", "9"])
def test_it_can_be_sorted_by_its_figures(owner: Client, order: str) -> None:
    make()
    assert "Frog 1" in page(owner, f"{LIST}?o={order}")


def test_etsy_is_linked_where_the_number_is_real(owner: Client, settings: Any) -> None:
    make()
    assert "www.etsy.com/listing" not in page(owner, LIST)
    settings.LIVE = True
    assert 'etsy.com/listing/1900000001" target="_blank" rel="noopener noreferrer"' in page(owner, LIST)


def test_a_listings_page_tells_what_happened_newest_first(owner: Client) -> None:
    listing, now = make(), clock.now()
    Call.objects.create(
        service="etsy", operation="activateListing", subject=subject_of(listing), outcome="done",
        at=now - timedelta(days=9),
    )  # fmt: skip
    PriceChange.objects.create(
        offer=Offer.objects.get(), old_price=Decimal("5.49"), new_price=Decimal("4.49"), status="pushed",
        pushed_at=now - timedelta(days=1), created_at=now, tier="cooling", reason="age",
        shipping_cost=Decimal(0), floor_price=Decimal("3.49"),
    )  # fmt: skip
    audit.record("ada", "asked for renewal", listing, "sells <well>")
    shown = page(owner, reverse("admin:etsy_listing_change", args=[listing.pk]))
    words = ["ada</strong> asked to renew the listing", "sells &lt;well&gt;",
             "The price of the 3 inch sticker went from $5.49 to $4.49", "put it on sale on Etsy"]  # fmt: skip
    places = [shown.index(each) for each in words]
    assert places == sorted(places)
