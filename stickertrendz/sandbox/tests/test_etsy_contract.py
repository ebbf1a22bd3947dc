"""The sandbox's Etsy against the published OpenAPI document: every operation, field and answer."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator

from stickertrendz.sandbox.etsy import SUBJECTS, listings, receipts, setup_objects
from stickertrendz.sandbox.etsy.access import Operation
from stickertrendz.sandbox.tests.seller import Seller

OPERATIONS = [operation for subject in SUBJECTS for operation in subject.OPERATIONS]
SHOP = "/shops/55500001"


@pytest.fixture
def document(shared: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((shared / "contracts" / "etsy-openapi.json").read_text())
    return loaded


def published(document: dict[str, Any], name: str) -> tuple[str, str, dict[str, Any]]:
    for path, methods in document["paths"].items():
        for method, details in methods.items():
            if isinstance(details, dict) and details.get("operationId") == name:
                return method.upper(), path, details
    raise AssertionError(f"Etsy publishes no operation {name}")


def test_every_operation_is_published_under_its_path_and_method(document: dict[str, Any]) -> None:
    def anonymous(path: str) -> str:
        return re.sub(r"{\w+}", "{}", path)

    for operation in OPERATIONS:
        method, path, _ = published(document, operation.name)
        assert (method, anonymous(path)) == (operation.method, anonymous(f"/v3/application/{operation.path}"))


def test_every_operation_asks_for_the_published_scope(document: dict[str, Any]) -> None:
    def scopes(operation: Operation) -> set[str]:
        entries = published(document, operation.name)[2].get("security", [])
        return {scope for entry in entries for scope in entry.get("oauth2", [])}

    for operation in OPERATIONS:
        assert scopes(operation) == ({operation.scope} if operation.scope else set()), operation.name


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("createDraftListing", listings.CREATE),
        ("updateListing", listings.UPDATE),
        ("createShopShippingProfile", setup_objects.SHIPPING),
        ("createReceiptShipment", receipts.TRACKING),
    ],
)
def test_every_accepted_field_is_published(document: dict[str, Any], name: str, fields: dict[str, Any]) -> None:
    content = published(document, name)[2]["requestBody"]["content"]
    (body,) = content.values()
    assert set(fields) <= set(body["schema"]["properties"])


def test_every_filter_of_receipts_is_published(document: dict[str, Any]) -> None:
    parameters = published(document, "getShopReceipts")[2]["parameters"]
    assert set(receipts.FILTERS) == {each["name"] for each in parameters if each["in"] == "query"}


def closed(node: Any) -> Any:
    """The schema, closed against fields Etsy does not have; a nullable enum or union may be null, as Etsy means it."""
    if isinstance(node, list):
        return [closed(each) for each in node]
    if not isinstance(node, dict):
        return node
    schema = {key: closed(value) for key, value in node.items() if key != "nullable"}
    if node.get("nullable") is True:
        return {"anyOf": [closed({**node, "nullable": False}), {"enum": [None]}]}
    return {**schema, "additionalProperties": False} if isinstance(schema.get("properties"), dict) else schema


def answers(seller: Seller) -> dict[str, Any]:
    """One answer of each operation that has a body."""
    listing = seller.published(readiness_state_id=str(seller.readiness), materials="vinyl")
    sizes = [seller.product(4.49, "ST-1-3", size="3 in"), seller.product(5.49, "ST-1-4", size="4 in")]
    stocked = seller.stock(listing, sizes, price=[513], sku=[513])
    receipt = seller.buy(listing_id=listing)["receipt_id"]
    tracking = {"tracking_code": "9400", "carrier_name": "usps"}
    tracked = seller.http.post(f"/v3/application{SHOP}/receipts/{receipt}/tracking", json=tracking)
    seller.http.post("/_sandbox/cancel", json={"receipt_id": receipt, "refund": "part"})
    node = seller.get("/seller-taxonomy/nodes").json()["results"][0]["id"]
    weeks = {**seller.readiness_form(), "processing_time_unit": "weeks"}
    return {
        "ping": seller.get("/openapi-ping"),
        "getMe": seller.get("/users/me"),
        "getShop": seller.get(SHOP),
        "getSellerTaxonomyNodes": seller.get("/seller-taxonomy/nodes"),
        "getPropertiesByTaxonomyId": seller.get(f"/seller-taxonomy/nodes/{node}/properties"),
        "createShopSection": seller.post("/sections", {"title": "New"}),
        "getShopSections": seller.get(f"{SHOP}/sections"),
        "getShopProductionPartners": seller.get(f"{SHOP}/production-partners"),
        "createShopReturnPolicy": seller.post("/policies/return", {"accepts_returns": "0", "accepts_exchanges": "0"}),
        "getShopReturnPolicies": seller.get(f"{SHOP}/policies/return"),
        "createShopReadinessStateDefinition": seller.post("/readiness-state-definitions", weeks),
        "getShopReadinessStateDefinitions": seller.get(f"{SHOP}/readiness-state-definitions"),
        "createShopShippingProfile": seller.post("/shipping-profiles", seller.shipping_form()),
        "getShopShippingProfiles": seller.get(f"{SHOP}/shipping-profiles"),
        "createDraftListing": seller.post("/listings", seller.form()),
        "getListingsByShop": seller.get(f"{SHOP}/listings", includes="Images,Inventory"),
        "getListing": seller.get(f"/listings/{listing}", includes="Images,Inventory"),
        "getListingsByListingIds": seller.get("/listings/batch", listing_ids=listing, includes="Images"),
        "updateListing": seller.patch(listing, title="Other"),
        "uploadListingImage": seller.upload(listing),
        "getListingImages": seller.get(f"/listings/{listing}/images"),
        "getListingInventory": seller.get(f"/listings/{listing}/inventory"),
        "updateListingInventory": stocked,
        "getListingsInventoryByListingIds": seller.get("/listings/batch/inventory", listing_ids=listing),
        "getShopReceipts": seller.get(f"{SHOP}/receipts"),
        "getShopReceipt": seller.get(f"{SHOP}/receipts/{receipt}"),
        "createReceiptShipment": tracked,
        "getShopPaymentAccountLedgerEntries": seller.get(
            f"{SHOP}/payment-account/ledger-entries", min_created=1_790_000_000, max_created=1_792_678_400
        ),
    }


def test_every_answer_has_the_published_status_and_shape(seller: Seller, document: dict[str, Any]) -> None:
    shown = answers(seller)
    unjudged = {"deleteListing", "deleteListingImage", "tokenScopes"}  # no body; a body the document leaves open
    assert set(shown) == {operation.name for operation in OPERATIONS} - unjudged
    components = closed(document["components"])
    wrong = []
    for name, answer in shown.items():
        responses = published(document, name)[2]["responses"]
        assert str(answer.status_code) in responses, f"{name}: {answer.status_code} {answer.text}"
        schema = closed(responses[str(answer.status_code)]["content"]["application/json"]["schema"])
        checker = OAS30Validator({**schema, "components": components})
        wrong += [f"{name} {list(error.path)}: {error.message[:200]}" for error in checker.iter_errors(answer.json())]
    assert wrong == []
