"""Etsy's operations on a listing's inventory: what each size costs and how many there are, always stated as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from etsy import lint
from stickertrendz.ops.errors import OutsideError

from . import listings, wire
from .transport import Priority, call
from .wire import Request


@dataclass(frozen=True)
class Product:
    """One size; `value` is what the buyer chooses."""

    sku: str
    value: str
    price: Decimal
    quantity: int
    readiness_state_id: int | None


@dataclass(frozen=True)
class Variation:
    """The property by which the products differ."""

    property_id: int
    name: str


def get(listing_id: int, *, subject: str = "", priority: Priority = Priority.PUBLISHING) -> list[Product]:
    """The products on offer; none when the listing has no record or is gone."""
    request = Request("getListingInventory", "GET", _path(listing_id))
    try:
        return call(request, _products, subject=subject, priority=priority)
    except OutsideError as error:
        if error.status == 404:
            return []
        raise


def get_many(listing_ids: Sequence[int], *, priority: Priority) -> dict[int, list[Product]]:
    """Up to a hundred by one call; one unknown id spoils it, then it is asked again without those Etsy forgot."""
    query: dict[str, wire.Value] = {"listing_ids": list(listing_ids)}
    request = Request("getListingsInventoryByListingIds", "GET", "/application/listings/batch/inventory", query=query)
    try:
        return call(request, _by_listing, priority=priority)
    except OutsideError as error:
        if error.status != 404:
            raise
    known = [key for key in listings.get_many(listing_ids, priority=priority) if key in listing_ids]
    return get_many(known, priority=priority) if 0 < len(known) < len(listing_ids) else {}


def put(
    listing_id: int,
    products: Sequence[Product],
    variation: Variation,
    *,
    subject: str,
    priority: Priority = Priority.PUBLISHING,
) -> list[Product]:
    """Replaces the whole inventory: what is left out is lost. NeedsPerson says what Etsy would refuse."""
    for one in products:
        lint.insist(lint.against_product(one.sku, one.value, one.price, one.quantity))
    by_size = [variation.property_id] if len(products) > 1 else []
    body = {
        "products": [_told(product, variation) for product in products],
        "price_on_property": by_size,
        "quantity_on_property": by_size,
        "sku_on_property": by_size,
        "readiness_state_on_property": [],
    }
    request = Request("updateListingInventory", "PUT", _path(listing_id), body=body)
    return call(request, _products, subject=subject, priority=priority)


def _path(listing_id: int) -> str:
    return f"/application/listings/{listing_id}/inventory"


def _told(product: Product, variation: Variation) -> dict[str, Any]:
    offering = {
        "price": float(product.price),
        "quantity": product.quantity,
        "is_enabled": True,
        "readiness_state_id": product.readiness_state_id,
    }
    choice = {
        "property_id": variation.property_id,
        "property_name": variation.name,
        "value_ids": [],
        "values": [product.value],
    }
    return {"sku": product.sku, "property_values": [choice], "offerings": [offering]}


def _by_listing(data: Any) -> dict[int, list[Product]]:
    return {int(one["listing_id"]): _products(one.get("inventory") or {"products": []}) for one in wire.page(data)}


def _products(data: Any) -> list[Product]:
    """Etsy keeps deleted products and offerings in the list; they are not on offer."""
    living = [product for product in data["products"] if not product.get("is_deleted")]
    return [_product(product, offering) for product in living for offering in _offered(product)]


def _offered(product: Any) -> list[Any]:
    return [one for one in product["offerings"] if one.get("is_enabled", True) and not one.get("is_deleted")][:1]


def _product(product: Any, offering: Any) -> Product:
    values = [value for choice in product.get("property_values") or () for value in choice.get("values") or ()]
    return Product(
        sku=product.get("sku") or "",
        value=" ".join(values),
        price=wire.amount(offering["price"]),
        quantity=int(offering["quantity"]),
        readiness_state_id=offering.get("readiness_state_id"),
    )
