"""Inventory: price and quantity, read one by one or by the hundred, and replaced as a whole."""

from collections.abc import Iterable
from typing import Any

from stickertrendz.sandbox.etsy import validate as rule
from stickertrendz.sandbox.etsy.access import Operation
from stickertrendz.sandbox.etsy.errors import problem, refusal
from stickertrendz.sandbox.etsy.lifecycle import enter
from stickertrendz.sandbox.etsy.listing_view import full_view, inventory_view
from stickertrendz.sandbox.etsy.world import EtsyWorld, Record
from stickertrendz.sandbox.routing import Reply, Request

SKU_LENGTH = 32
PRODUCT = {"sku", "property_values", "offerings"}
OFFERING = {"price", "quantity", "is_enabled", "readiness_state_id"}
VALUE_NEEDED = {"property_id", "value_ids", "values"}
VALUE = VALUE_NEEDED | {"property_name", "scale_id"}
VARIES = ("price", "quantity", "sku", "readiness_state")


def single_product(world: EtsyWorld, cents: int, quantity: int, readiness: int | None) -> Record:
    offering = {"price": cents, "quantity": quantity, "is_enabled": True, "readiness_state_id": readiness}
    offerings = [{"offering_id": world.number("offering"), **offering}]
    return {"product_id": world.number("product"), "sku": "", "property_values": [], "offerings": offerings}


def read(world: EtsyWorld, request: Request) -> Reply:
    rule.read_query(request, {"show_deleted": rule.boolean, "includes": rule.choice("Listing")})
    return Reply.of_json(inventory_view(world.read(request.args["listing_id"])))


def read_batch(world: EtsyWorld, request: Request) -> Reply:
    query = rule.read_query(request, {"listing_ids": rule.ids_up_to(100)}, ["listing_ids"])
    found = [world.read(each) for each in query["listing_ids"]]
    shown = [full_view(world, listing, ("Inventory",), alone=False) for listing in found]
    return Reply.of_json({"count": len(shown), "results": shown})


def replace(world: EtsyWorld, request: Request) -> Reply:
    """Everything not in the body is lost, as on Etsy."""
    listing = world.get("listings", request.args["listing_id"])
    rule.read_query(request, {"max_variations_supported": rule.choice("2", "3")})
    if request.content_type != "application/json":
        raise refusal(400, "The content type must be application/json.")
    body = request.json()
    if not isinstance(body, dict) or "products" not in body:
        raise refusal(400, "Missing required parameter: products.")
    _only(body, {"products", *(f"{what}_on_property" for what in VARIES)}, "inventory")
    products = [_product(world, each) for each in _array(body["products"], "products")]
    varies = {f"{what}_on_property": _property_ids(body, f"{what}_on_property") for what in VARIES}
    _check_together(products, varies)
    _keep_ids(world, listing["products"], products)
    listing.update(products=products, varies=varies, updated=world.now())
    if not any(each["quantity"] for each in _offerings(products)) and listing["state"] == "active":
        enter(world, listing, "sold_out")
    return Reply.of_json(inventory_view(listing))


def _only(given: Any, allowed: set[str], what: str, needed: Iterable[str] = ()) -> None:
    if not isinstance(given, dict):
        raise refusal(400, f"Expected an object for {what}.")
    for name in given:
        if name not in allowed:
            raise refusal(400, f"Unexpected key '{name}' in {what}.")
    for name in needed:
        if name not in given:
            raise refusal(400, f"Missing key '{name}' in {what}.")


def _array(given: Any, what: str) -> list[Any]:
    if not isinstance(given, list) or not given:
        raise refusal(400, f"Expected a non-empty array for '{what}'.")
    return given


def _property_ids(body: Record, name: str) -> list[int]:
    given = body.get(name) or []
    if not isinstance(given, list) or not all(type(each) is int for each in given):
        raise refusal(400, f"Expected an array of integers for '{name}'.")
    return given


def _product(world: EtsyWorld, given: Any) -> Record:
    _only(given, PRODUCT, "product", ("property_values", "offerings"))
    sku = given.get("sku") or ""
    if not isinstance(sku, str) or len(sku) > SKU_LENGTH:
        raise problem("sku", f"it may have at most {SKU_LENGTH} characters")
    if not isinstance(given["property_values"], list):
        raise refusal(400, "Expected an array for 'property_values'.")
    values = [_property_value(each) for each in given["property_values"]]
    offerings = [_offering(world, each) for each in _array(given["offerings"], "offerings")]
    if len(offerings) != 1:
        raise refusal(400, "A product has exactly one offering.")
    return {"product_id": 0, "sku": sku, "property_values": values, "offerings": offerings}


def _property_value(given: Any) -> Record:
    _only(given, VALUE, "property value", VALUE_NEEDED)
    if type(given["property_id"]) is not int or not isinstance(given["value_ids"], list):
        raise refusal(400, "Expected an integer property_id and an array of value_ids.")
    for text in _array(given["values"], "values"):
        if not isinstance(text, str) or "(" in text or ")" in text:
            raise problem("property_values", "parentheses are not allowed in values")
    named = {"property_name": given.get("property_name", ""), "scale_id": given.get("scale_id"), "scale_name": None}
    return {"property_id": given["property_id"], **named, "value_ids": given["value_ids"], "values": given["values"]}


def _offering(world: EtsyWorld, given: Any) -> Record:
    _only(given, OFFERING, "offering", OFFERING)
    price, quantity, readiness = given["price"], given["quantity"], given["readiness_state_id"]
    if type(price) not in (int, float):
        got = "NULL" if price is None else type(price).__name__
        raise refusal(400, f"Expected float value for 'price' (got {got})")
    if type(quantity) is not int or not 0 <= quantity <= rule.MAX_QUANTITY:
        raise problem("quantity", f"it must be an integer from 0 to {rule.MAX_QUANTITY}")
    if type(given["is_enabled"]) is not bool:
        raise refusal(400, "Expected boolean value for 'is_enabled'")
    if readiness is not None and readiness not in world.table("readiness_states"):
        raise problem("readiness_state_id", f"{readiness} is not one of this shop")
    return {
        "offering_id": 0, "price": rule.price("price", str(price)), "quantity": quantity,
        "is_enabled": given["is_enabled"], "readiness_state_id": readiness,
    }  # fmt: skip


def _offerings(products: list[Record]) -> list[Record]:
    return [offering for product in products for offering in product["offerings"]]


def _key(product: Record, properties: Iterable[int] | None = None) -> tuple[Any, ...]:
    wanted = None if properties is None else set(properties)
    pairs = [(each["property_id"], tuple(each["values"])) for each in product["property_values"]]
    return tuple(sorted(pair for pair in pairs if wanted is None or pair[0] in wanted))


def _check_together(products: list[Record], varies: dict[str, list[int]]) -> None:
    """Products differ in their values; price, quantity, SKU and profile differ only by properties named for them."""
    if not any(each["is_enabled"] for each in _offerings(products)):
        raise refusal(400, "At least one offering must be enabled.")
    if len({_key(product) for product in products}) < len(products):
        raise refusal(400, "Products must differ in their property values.")
    used = [{value["property_id"] for value in product["property_values"]} for product in products]
    if any(each != used[0] for each in used):
        raise refusal(400, "Every product must have the same properties.")
    for what in VARIES:
        properties = varies[f"{what}_on_property"]
        if not set(properties) <= used[0]:
            raise refusal(400, f"{what}_on_property names a property the products do not have.")
        told: dict[tuple[Any, ...], Any] = {}
        for product in products:
            value = product["sku"] if what == "sku" else product["offerings"][0][_column(what)]
            if told.setdefault(_key(product, properties), value) != value:
                raise refusal(400, f"{what} differs between products but {what}_on_property does not say by what.")


def _column(what: str) -> str:
    return "readiness_state_id" if what == "readiness_state" else what


def _keep_ids(world: EtsyWorld, before: list[Record], after: list[Record]) -> None:
    known = {_key(product): product for product in before}
    for product in after:
        old = known.get(_key(product))
        product["product_id"] = old["product_id"] if old else world.number("product")
        product["offerings"][0]["offering_id"] = old["offerings"][0]["offering_id"] if old else world.number("offering")


OPERATIONS = [
    Operation("GET", "listings/batch/inventory", "getListingsInventoryByListingIds", "listings_r", read_batch),
    Operation("GET", "listings/{listing_id}/inventory", "getListingInventory", "listings_r", read),
    Operation("PUT", "listings/{listing_id}/inventory", "updateListingInventory", "listings_w", replace),
]
