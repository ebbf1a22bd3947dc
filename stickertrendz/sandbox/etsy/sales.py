"""What buyers do to the shop: buying, paying, cancelling, being refunded, looking and liking."""

import hashlib
from random import Random

from stickertrendz.sandbox import customers
from stickertrendz.sandbox.etsy.errors import refusal
from stickertrendz.sandbox.etsy.ledger import book_refund, book_sale
from stickertrendz.sandbox.etsy.lifecycle import enter, let_time_pass, quantity, renew
from stickertrendz.sandbox.etsy.world import LISTING_FEE_CENTS, EtsyWorld, Record

DAY = 86400


def buy(
    world: EtsyWorld,
    *,
    listing_id: int | None = None,
    sku: str | None = None,
    count: int = 1,
    buyer: Record | None = None,
    address: bool = True,
    paid: bool = True,
    message: str = "",
    gift_message: str = "",
    discount: int = 0,
    tax: int = 0,
    ad: bool = False,
) -> Record:
    """A receipt for one line; 409 when nothing such is on sale in that quantity.

    discount (a coupon of the shop) and tax are cents of the whole receipt; Etsy passes the tax on itself. ad: the buyer
    came through one of Etsy's offsite ads, which costs a fee.
    """
    let_time_pass(world)
    listing, product = _taken_from_shelf(world, listing_id, sku, count)
    now = world.now()
    who = buyer or customers.invented_buyer(Random(f"{world.seed}:etsy:buyer:{len(world.receipts)}"))
    receipt = world.add(
        "receipts",
        {
            "created": now,
            "updated": now,
            "status": "open",
            "paid_at": None,
            "buyer": who,
            "address": address,
            "buyer_user_id": buyer_user_id(world, who),
            "message": message,
            "gift_message": gift_message,
            "total": product["offerings"][0]["price"] * count - discount,
            "discount": discount,
            "tax": tax,
            "ad": ad,
            "shipping": _shipping(world, listing, count),
            "lines": [_line(world, listing, product, count)],
            "shipments": [],
            "refunds": [],
        },
    )
    if paid:
        pay(world, receipt)
    return receipt


def add_line(world: EtsyWorld, receipt: Record, *, sku: str, count: int = 1) -> None:
    """One more thing in a cart that is not paid yet."""
    if receipt["paid_at"] is not None:
        raise refusal(409, "The receipt is paid.")
    listing, product = _taken_from_shelf(world, None, sku, count)
    receipt["lines"].append(_line(world, listing, product, count))
    receipt["total"] += product["offerings"][0]["price"] * count
    receipt["updated"] = world.now()


def _taken_from_shelf(world: EtsyWorld, listing_id: int | None, sku: str | None, count: int) -> tuple[Record, Record]:
    listing, product = _on_sale(world, listing_id, sku)
    offering = product["offerings"][0]
    if offering["quantity"] < count:
        raise refusal(409, f"Only {offering['quantity']} of listing {listing['listing_id']} are left.")
    offering["quantity"] -= count
    return listing, product


def _on_sale(world: EtsyWorld, listing_id: int | None, sku: str | None) -> tuple[Record, Record]:
    offers = [
        (listing, product)
        for listing in world.listings.values()
        if listing["state"] == "active" and listing_id in (None, listing["listing_id"])
        for product in listing["products"]
        if sku in (None, product["sku"])
        and product["offerings"][0]["is_enabled"]
        and product["offerings"][0]["quantity"]
    ]
    if not offers:
        raise refusal(409, "Nothing such is on sale.")
    return Random(f"{world.seed}:etsy:choice:{len(world.receipts)}").choice(offers)


def buyer_user_id(world: EtsyWorld, buyer: Record) -> int:
    who = f"{buyer['name']}:{buyer.get('first_line')}".encode()
    return 800_000_000 + int(hashlib.sha256(who).hexdigest(), 16) % 90_000_000


def _shipping(world: EtsyWorld, listing: Record, count: int) -> int:
    profile = world.table("shipping_profiles").get(listing["shipping_profile_id"])
    if not profile:
        return 0
    first = profile["destinations"][0]
    return int(first["primary_cost"] + first["secondary_cost"] * (count - 1))


def _line(world: EtsyWorld, listing: Record, product: Record, count: int) -> Record:
    readiness = world.table("readiness_states").get(product["offerings"][0]["readiness_state_id"])
    days = (readiness["min_processing_days"], readiness["max_processing_days"]) if readiness else (None, None)
    variations = [
        {
            "property_id": value["property_id"],
            "value_id": value["value_ids"][0] if value["value_ids"] else None,
            "formatted_name": value["property_name"],
            "formatted_value": ", ".join(value["values"]),
        }
        for value in product["property_values"]
    ]
    return {
        "transaction_id": world.number("transaction"),
        "title": listing["title"],
        "description": listing["description"],
        "quantity": count,
        "listing_image_id": listing["images"][0]["listing_image_id"] if listing["images"] else None,
        "listing_id": listing["listing_id"],
        "product_id": product["product_id"],
        "sku": product["sku"],
        "price": product["offerings"][0]["price"],
        "variations": variations,
        "shipping_profile_id": listing["shipping_profile_id"],
        "min_processing_days": days[0],
        "max_processing_days": days[1],
        "expected_ship_date": world.now() + days[1] * DAY if days[1] else None,
    }


def pay(world: EtsyWorld, receipt: Record) -> None:
    """The money and the fees of a sale; what was sold renews its listing for the listing fee, once a unit."""
    if receipt["paid_at"] is not None:
        raise refusal(409, "The receipt is paid.")
    receipt.update(status="paid", paid_at=world.now(), updated=world.now())
    book_sale(world, receipt)
    for line in receipt["lines"]:
        _take_from_shelf(world, line)


def _take_from_shelf(world: EtsyWorld, line: Record) -> None:
    listing = world.listings.get(line["listing_id"])
    if listing is None:
        return
    renew(world, listing, "renew_sold_auto")
    if more := line["quantity"] - 1:
        world.charge(-LISTING_FEE_CENTS * more, "transaction_quantity", "listing", listing["listing_id"])
    if not quantity(listing) and listing["state"] == "active":
        enter(world, listing, "sold_out")


def cancel(world: EtsyWorld, receipt: Record, refund: str | None) -> None:
    """Without `refund` the order is cancelled (and paid back); `full` and `part` (half) only pay back."""
    if receipt["status"] in ("canceled", "fully refunded"):
        raise refusal(409, f"The receipt is {receipt['status']}.")
    gross = receipt["total"] + receipt["shipping"] + receipt.get("tax", 0)
    left = gross - sum(each["cents"] for each in receipt["refunds"])
    cents = left // 2 if refund == "part" else left
    if receipt["paid_at"] is not None:
        receipt["refunds"].append({"cents": cents, "at": world.now()})
        book_refund(world, receipt, cents)
    receipt["status"] = {None: "canceled", "full": "fully refunded", "part": "partially refunded"}[refund]
    receipt["updated"] = world.now()


def spend_a_day(world: EtsyWorld, day: str) -> Record:
    """What that day's visitors do, all at this moment; gives what happened."""
    let_time_pass(world)
    told = {"views": 0, "favorers": 0, "receipts": 0}
    for visits in customers.shop_day(world, day, world.seed):
        listing = world.listings[visits.listing_id]
        listing["views"] += visits.views
        listing["num_favorers"] += visits.favourites
        told["views"] += visits.views
        told["favorers"] += visits.favourites
        for purchase in visits.purchases:
            if listing["state"] == "active" and _stock(listing, purchase.sku) >= purchase.quantity:
                buy(
                    world, listing_id=visits.listing_id, sku=purchase.sku, count=purchase.quantity, buyer=purchase.buyer
                )
                told["receipts"] += 1
    return told


def _stock(listing: Record, sku: str) -> int:
    return sum(each["offerings"][0]["quantity"] for each in listing["products"] if each["sku"] == sku)
