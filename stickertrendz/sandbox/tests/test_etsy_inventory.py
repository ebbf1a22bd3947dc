"""Etsy's inventory: a full replace with its own strict shape."""

from typing import Any

import pytest

from stickertrendz.sandbox.tests.seller import Seller


def test_the_inventory_is_replaced_as_a_whole(seller: Seller) -> None:
    listing = seller.draft()
    before = seller.get(f"/listings/{listing}/inventory").json()["products"][0]
    answer = seller.stock(listing, [seller.product(price=5.49, sku="ST-7-3", quantity=20)]).json()
    product = answer["products"][0]
    assert (product["sku"], product["product_id"]) == ("ST-7-3", before["product_id"])
    assert product["offerings"][0]["price"] == {"amount": 549, "divisor": 100, "currency_code": "USD"}
    assert seller.listing(listing)["quantity"] == 20
    nameless = {name: value for name, value in seller.product().items() if name != "sku"}
    assert seller.stock(listing, [nameless]).json()["products"][0]["sku"] == ""


def test_what_get_gave_cannot_be_put_back_as_it_is(seller: Seller) -> None:
    listing = seller.draft()
    inventory = seller.get(f"/listings/{listing}/inventory").json()
    assert "product_id" in seller.stock(listing, inventory["products"]).text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"offerings": {"price": 1}}, "array"),
        ({"offerings": []}, "array"),
        ({"property_values": None}, "property_values"),
        ({"sku": "x" * 33}, "sku"),
        ({"is_deleted": False}, "is_deleted"),
    ],
)
def test_a_wrong_product_is_refused(seller: Seller, change: dict[str, Any], message: str) -> None:
    answer = seller.stock(seller.draft(), [{**seller.product(), **change}])
    assert answer.status_code == 400
    assert message in answer.text


@pytest.mark.parametrize(
    "change",
    [
        {"price": None},
        {"price": "4.49"},
        {"price": 0.1},
        {"price": {"amount": 449, "divisor": 100}},
        {"quantity": 1.5},
        {"quantity": 1000},
        {"is_enabled": 1},
        {"is_enabled": False},
        {"readiness_state_id": 1},
        {"offering_id": 3},
    ],
)
def test_a_wrong_offering_is_refused(seller: Seller, change: dict[str, Any]) -> None:
    product = seller.product()
    product["offerings"][0].update(change)
    assert seller.stock(seller.draft(), [product]).status_code == 400


def test_a_readiness_state_must_be_sent(seller: Seller) -> None:
    product = seller.product()
    del product["offerings"][0]["readiness_state_id"]
    assert "readiness_state_id" in seller.stock(seller.draft(), [product]).text


def test_two_sizes_need_to_say_what_differs_by_size(seller: Seller) -> None:
    listing = seller.draft()
    sizes = [seller.product(4.49, "ST-1-3", size="3 in"), seller.product(5.49, "ST-1-4", size="4 in")]
    assert seller.stock(listing, sizes).status_code == 400
    assert seller.stock(listing, sizes, price=[513]).status_code == 400
    assert seller.stock(listing, sizes, price=[514], sku=[514]).status_code == 400
    assert seller.stock(listing, sizes, price=[513], sku=[513]).status_code == 200
    shown = seller.listing(listing)
    assert (shown["price"]["amount"], shown["has_variations"], shown["skus"]) == (449, True, ["ST-1-3", "ST-1-4"])
    assert seller.stock(listing, [sizes[0], sizes[0]], price=[513], sku=[513]).status_code == 400
    in_brackets = [seller.product(size="3 in (small)")]
    assert "parentheses" in seller.stock(listing, in_brackets).text


def test_one_unknown_id_makes_the_whole_batch_404(seller: Seller) -> None:
    listings = [seller.draft(), seller.draft()]
    batch = seller.get("/listings/batch/inventory", listing_ids=",".join(map(str, listings))).json()
    assert [each["inventory"]["products"][0]["sku"] for each in batch["results"]] == ["", ""]
    assert seller.get("/listings/batch/inventory", listing_ids=f"{listings[0]},5").status_code == 404
