"""How Etsy shows a listing, its images and its inventory."""

import re
from typing import Any

from stickertrendz.sandbox.etsy.lifecycle import quantity
from stickertrendz.sandbox.etsy.world import SHOP_ID, USER_ID, EtsyWorld, Record, money

SECONDS_TO_MEASURE = 2  # sizes and colours of an image appear a moment after the upload
KEPT = [
    "listing_id",
    "title",
    "description",
    "state",
    "tags",
    "materials",
    "shipping_profile_id",
    "return_policy_id",
    "shop_section_id",
    "who_made",
    "when_made",
    "is_supply",
    "item_weight",
    "item_weight_unit",
    "item_length",
    "item_width",
    "item_height",
    "item_dimensions_unit",
    "is_taxable",
    "is_customizable",
    "should_auto_renew",
    "taxonomy_id",
    "listing_type",
    "num_favorers",
    "featured_rank",
]


def lowest_price(listing: Record) -> int:
    prices = [
        offering["price"]
        for product in listing["products"]
        for offering in product["offerings"]
        if offering["is_enabled"]
    ]
    return int(min(prices))


def listing_view(world: EtsyWorld, listing: Record, *, alone: bool = True) -> Record:
    """`alone`: asked for by itself or by its shop; only then an active listing tells its processing profile."""
    readiness = listing["products"][0]["offerings"][0]["readiness_state_id"]
    slug = re.sub(r"[^a-z0-9]+", "-", listing["title"].lower()).strip("-")
    return {
        **{name: listing[name] for name in KEPT},
        "user_id": USER_ID,
        "shop_id": SHOP_ID,
        "creation_timestamp": listing["created"],
        "created_timestamp": listing["created"],
        "original_creation_timestamp": listing["created"],
        "ending_timestamp": listing["ending"],
        "last_modified_timestamp": listing["updated"],
        "updated_timestamp": listing["updated"],
        "state_timestamp": listing["state_at"],
        "quantity": quantity(listing),
        "url": f"{world.base_url()}/listing/{listing['listing_id']}/{slug[:60]}",
        "non_taxable": not listing["is_taxable"],
        "is_personalizable": False,
        "processing_min": None,
        "processing_max": None,
        "is_private": False,
        "style": listing["styles"],
        "file_data": "",
        "has_variations": len(listing["products"]) > 1,
        "language": "en-US",
        "price": money(lowest_price(listing)),
        "readiness_state_id": readiness if alone and listing["state"] == "active" else None,
    }


def full_view(world: EtsyWorld, listing: Record, includes: tuple[str, ...] = (), *, alone: bool = True) -> Record:
    """The listing with its views, and with the associations asked for."""
    partners = [
        partner for partner in PARTNERS if partner["production_partner_id"] in listing["production_partner_ids"]
    ]
    shown: Record = {
        **listing_view(world, listing, alone=alone),
        "views": listing["views"] if listing["state"] == "active" else 0,
        "production_partners": partners,
        "skus": [product["sku"] for product in listing["products"] if product["sku"]],
    }
    if "Images" in includes:
        shown["images"] = images_view(world, listing)
    if "Inventory" in includes:
        shown["inventory"] = inventory_view(listing)
    return shown


PARTNERS: list[Record] = [
    {
        "production_partner_id": 66600001,
        "partner_name": "Sandbox Sticker Printers",
        "location": "Puddleton, United States",
    }
]


def images_view(world: EtsyWorld, listing: Record) -> list[Record]:
    return [image_view(world, listing, rank) for rank in range(1, len(listing["images"]) + 1)]


def image_view(world: EtsyWorld, listing: Record, rank: int) -> Record:
    image = listing["images"][rank - 1]
    address = f"{world.base_url()}/images/{listing['listing_id']}/{image['listing_image_id']}"
    measured = world.now() - image["created"] >= SECONDS_TO_MEASURE
    colours = dict.fromkeys(
        ("hex_code", "red", "green", "blue", "hue", "saturation", "brightness", "is_black_and_white")
    )
    return {
        "listing_id": listing["listing_id"],
        "listing_image_id": image["listing_image_id"],
        **colours,
        "creation_tsz": image["created"],
        "created_timestamp": image["created"],
        "rank": rank,
        **{f"url_{size}": f"{address}/{size}.jpg" for size in ("75x75", "170x135", "570xN", "fullxfull")},
        "full_height": image["height"] if measured else None,
        "full_width": image["width"] if measured else None,
        "alt_text": image["alt_text"],
    }


def inventory_view(listing: Record) -> Record:
    return {"products": [product_view(product) for product in listing["products"]], **listing["varies"]}


def product_view(product: Record) -> Record:
    def offering_view(offering: Record) -> dict[str, Any]:
        return {**offering, "price": money(offering["price"]), "is_deleted": False}

    return {**product, "is_deleted": False, "offerings": [offering_view(each) for each in product["offerings"]]}
