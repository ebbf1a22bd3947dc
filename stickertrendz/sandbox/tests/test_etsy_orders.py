"""Receipts, tracking, buyers and the shop's setup."""

from datetime import date, timedelta

import pytest

from stickertrendz.sandbox import customers
from stickertrendz.sandbox.etsy.world import EtsyWorld
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.sandbox.tests.seller import SHOP, Seller

BUYER = {"name": "Pebble Test", "first_line": "1 Acorn Avenue", "city": "Puddleton", "state": "OR", "zip": "97001"}


def track(seller: Seller, receipt: int, **body: object) -> int:
    return seller.http.post(f"{SHOP}/receipts/{receipt}/tracking", json=body).status_code


def test_a_purchase_becomes_a_receipt_and_takes_from_the_shelf(seller: Seller) -> None:
    listing = seller.published()
    seller.stock(listing, [seller.product(sku="ST-9-3", quantity=10)])
    bought = seller.buy(sku="ST-9-3", quantity=3, buyer=BUYER)
    receipt = seller.get(f"/shops/55500001/receipts/{bought['receipt_id']}").json()
    line = receipt["transactions"][0]
    assert (receipt["status"], receipt["name"], receipt["country_iso"]) == ("paid", "Pebble Test", "US")
    assert (line["sku"], line["quantity"], line["price"]["amount"], line["listing_id"]) == ("ST-9-3", 3, 449, listing)
    assert receipt["grandtotal"]["amount"] == 1347
    assert seller.listing(listing)["quantity"] == 7
    assert seller.fees()[-5:] == [
        ("PAYMENT_GROSS", 1347), ("transaction", -88), ("PAYMENT_PROCESSING_FEE", -65), ("renew_sold_auto", -20),
        ("transaction_quantity", -40),
    ]  # fmt: skip


def test_nothing_is_sold_that_is_not_on_sale(seller: Seller) -> None:
    seller.draft()
    assert seller.http.post("/_sandbox/buy", json={}).status_code == 409
    listing = seller.published(quantity="2")
    assert seller.http.post("/_sandbox/buy", json={"listing_id": listing, "quantity": 3}).status_code == 409
    assert seller.http.post("/_sandbox/buy", json={"colour": "red"}).status_code == 400


def test_an_address_may_be_hidden_for_one_order_or_for_all(seller: Seller) -> None:
    seller.published()
    assert seller.buy(address=False)["first_line"] is None
    open_order = seller.buy()
    assert open_order["first_line"]
    seller.http.post("/_sandbox/etsy", json={"gated": True})
    hidden = seller.get(f"/shops/55500001/receipts/{open_order['receipt_id']}").json()
    assert (hidden["name"], hidden["zip"], hidden["formatted_address"]) == ("", None, None)
    assert track(seller, open_order["receipt_id"]) == 403


def test_receipts_are_found_by_window_state_and_page(seller: Seller) -> None:
    seller.published()
    first = seller.buy()
    seller.later(3600)
    second = seller.buy(paid=False)
    number, other = first["receipt_id"], second["receipt_id"]
    assert seller.receipts() == [other, number]
    assert seller.receipts(sort_on="receipt_id", sort_order="asc") == [number, other]
    assert seller.receipts(min_created=first["created_timestamp"] + 1) == [other]
    assert seller.receipts(was_paid="true") == [number]
    assert seller.receipts(was_paid="false") == [other]
    assert seller.receipts(limit=1, offset=1) == [number]
    seller.http.post("/_sandbox/pay", json={"receipt_id": other})
    assert seller.receipts(was_paid="true", was_shipped="false") == [other, number]
    for wrong in ({"limit": 0}, {"min_created": 5}, {"was_paid": "yes"}, {"status": "paid"}):
        assert seller.get("/shops/55500001/receipts", **wrong).status_code == 400


def test_cancelled_orders_are_missing_from_the_window_of_changes(seller: Seller) -> None:
    seller.published()
    kept, gone, part = (seller.buy()["receipt_id"] for _ in range(3))
    seller.http.post("/_sandbox/cancel", json={"receipt_id": gone})
    refunded = seller.http.post("/_sandbox/cancel", json={"receipt_id": part, "refund": "part"}).json()
    assert (refunded["status"], refunded["refunds"][0]["amount"]["amount"]) == ("partially refunded", 224)
    assert set(seller.receipts(min_last_modified=1_000_000_000)) == {kept, part}
    assert seller.receipts(min_last_modified=1_000_000_000, was_canceled="true") == [gone]
    assert set(seller.receipts()) == {kept, gone, part}
    assert track(seller, gone) == 409


def test_tracking_marks_shipped_and_mails_the_buyer_each_time(seller: Seller, sandbox: Sandbox) -> None:
    seller.published()
    receipt = seller.buy()["receipt_id"]
    for _ in range(2):
        assert track(seller, receipt, tracking_code="9400", carrier_name="usps") == 200
    shown = seller.get(f"/shops/55500001/receipts/{receipt}").json()
    assert (shown["status"], shown["is_shipped"], len(shown["shipments"])) == ("completed", True, 2)
    world = sandbox.worlds["etsy"]
    assert isinstance(world, EtsyWorld)
    assert world.mails_to_buyers == 2
    assert seller.receipts(was_delivered="true") == []
    seller.later(5 * 86400)
    assert seller.receipts(was_delivered="true") == [receipt]


def test_tracking_is_strict(seller: Seller) -> None:
    seller.published()
    small, large = seller.buy()["receipt_id"], seller.buy(quantity=3)["receipt_id"]
    assert track(seller, small) == 200
    assert track(seller, large) == 400
    assert track(seller, large, tracking_code="1") == 400
    assert track(seller, large, tracking_code="1", carrier_name="pigeon") == 400
    assert track(seller, large, tracking_code="1", carrier_name="usps", buyer="x") == 400
    assert seller.http.post(f"{SHOP}/receipts/{large}/tracking", data={"tracking_code": "1"}).status_code == 400
    assert track(seller, 5) == 404


def test_an_identical_processing_profile_is_409_and_named(seller: Seller) -> None:
    again = seller.post("/readiness-state-definitions", seller.readiness_form())
    assert again.status_code == 409
    assert again.headers["content-location"].endswith(f"/readiness-state-definitions/{seller.readiness}")
    listed = seller.get("/shops/55500001/readiness-state-definitions").json()
    assert listed["count"] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"origin_postal_code": None},
        {"destination_region": "eu"},
        {"destination_country_iso": None},
        {"min_delivery_days": None},
        {"max_delivery_days": "46"},
        {"min_delivery_days": "9"},
        {"mail_class": "x"},
        {"primary_cost": "-1"},
    ],
)
def test_an_incomplete_shipping_profile_is_refused(seller: Seller, change: dict[str, str | None]) -> None:
    form = {name: value for name, value in {**seller.shipping_form(), **change}.items() if value is not None}
    assert seller.post("/shipping-profiles", form).status_code == 400


def test_sections_and_return_policies_have_their_rules(seller: Seller) -> None:
    assert seller.post("/sections", {"title": "x" * 25}).status_code == 400
    made = [seller.post("/sections", {"title": f"Section {n}"}).status_code for n in range(21)]
    assert made == [200] * 20 + [400]
    wrong = {"accepts_returns": "true", "accepts_exchanges": "false", "return_deadline": "10"}
    assert seller.post("/policies/return", wrong).status_code == 400
    assert seller.post("/policies/return", {**wrong, "return_deadline": "30"}).status_code == 200


def test_a_listing_counts_in_its_section(seller: Seller) -> None:
    section = seller.post("/sections", {"title": "New Drops"}).json()["shop_section_id"]
    seller.published(shop_section_id=str(section))
    assert seller.get("/shops/55500001/sections").json()["results"][0]["active_listing_count"] == 1


def test_the_taxonomy_leads_to_stickers_by_name(seller: Seller) -> None:
    nodes = seller.get("/seller-taxonomy/nodes").json()["results"]
    for name in ("Paper & Party Supplies", "Stickers, Labels & Tags", "Stickers"):
        node = next(each for each in nodes if each["name"] == name)
        nodes = node["children"]
    assert seller.get(f"/seller-taxonomy/nodes/{node['id']}/properties").json() == {"count": 0, "results": []}


def days(count: int) -> list[str]:
    return [str(date(2026, 11, 1) + timedelta(days=n)) for n in range(count)]


def test_a_day_of_visitors_is_the_same_each_time_and_leaves_views_and_orders(seller: Seller, sandbox: Sandbox) -> None:
    listings = [seller.published() for _ in range(10)]
    world = sandbox.worlds["etsy"]
    assert isinstance(world, EtsyWorld)
    day = customers.shop_day(world, "2026-11-01", 1)
    assert day == customers.shop_day(world, "2026-11-01", 1)
    assert day != customers.shop_day(world, "2026-11-02", 1)
    told = [seller.http.post("/_sandbox/day", json={"day": each}).json() for each in days(5)]
    assert sum(seller.listing(each)["views"] for each in listings) == sum(each["views"] for each in told) > 100
    assert len(seller.receipts(limit=100)) == sum(each["receipts"] for each in told) > 5


def test_dear_and_old_listings_sell_less(seller: Seller, sandbox: Sandbox) -> None:
    listing = seller.published(quantity="999")
    world = sandbox.worlds["etsy"]
    assert isinstance(world, EtsyWorld)

    def sold() -> int:
        visits = [customers.shop_day(world, day, 1)[0] for day in days(300)]
        return sum(purchase.quantity for each in visits for purchase in each.purchases)

    usual = sold()
    seller.stock(listing, [seller.product(price=8.99, quantity=999)])
    assert sold() < usual * 0.6
    seller.stock(listing, [seller.product(price=4.49, quantity=999)])
    seller.later(30 * 86400)
    assert sold() < usual * 0.3


def test_the_shop_survives_its_own_dump(seller: Seller, sandbox: Sandbox) -> None:
    listing = seller.published()
    seller.buy()
    saved = sandbox.dump()["etsy"]
    seller.http.post("/_sandbox/reset")
    assert seller.get(f"/listings/{listing}").status_code == 404
    world = sandbox.worlds["etsy"]
    world.load(saved)
    assert sandbox.dump()["etsy"] == saved
    assert seller.listing(listing)["state"] == "active"
    assert len(seller.receipts()) == 1
