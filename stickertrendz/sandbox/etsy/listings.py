"""Listings: drafts, reading one, many or all of a state, changing and deleting."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from stickertrendz.sandbox.etsy import validate as rule
from stickertrendz.sandbox.etsy.access import Operation
from stickertrendz.sandbox.etsy.errors import problem, refusal, violation
from stickertrendz.sandbox.etsy.inventory import single_product
from stickertrendz.sandbox.etsy.lifecycle import MOVES, check_move, delete, move
from stickertrendz.sandbox.etsy.listing_view import PARTNERS, full_view, listing_view
from stickertrendz.sandbox.etsy.taxonomy import TAXONOMY_IDS
from stickertrendz.sandbox.etsy.validate import Parser
from stickertrendz.sandbox.etsy.world import EtsyWorld, Record
from stickertrendz.sandbox.routing import Reply, Request

IMAGES = 20
BATCH = 100
VINTAGE = [
    "before_2007",
    "2000_2006",
    "1990s",
    "1980s",
    "1970s",
    "1960s",
    "1950s",
    "1940s",
    "1930s",
    "1920s",
    "1910s",
    "1900s",
    "1800s",
    "1700s",
    "before_1700",
]
MADE = ("who_made", "when_made", "is_supply")
INCLUDES = (
    "Shipping",
    "Images",
    "Shop",
    "User",
    "Translations",
    "Inventory",
    "Videos",
    "Personalization",
    "BuyerPrice",
)
STATES = tuple(MOVES)
COMMON: dict[str, Parser] = {
    "title": rule.title,
    "description": rule.text,
    "materials": rule.materials,
    "tags": rule.tags,
    "styles": rule.styles,
    "shipping_profile_id": rule.integer,
    "return_policy_id": rule.integer,
    "shop_section_id": rule.integer,
    "taxonomy_id": rule.integer,
    "item_weight": rule.measure,
    "item_length": rule.measure,
    "item_width": rule.measure,
    "item_height": rule.measure,
    "item_weight_unit": rule.choice("oz", "lb", "g", "kg"),
    "item_dimensions_unit": rule.choice("in", "ft", "mm", "cm", "m", "yd", "inches"),
    "who_made": rule.choice("i_did", "someone_else", "collective"),
    "when_made": rule.text,
    "is_supply": rule.boolean,
    "should_auto_renew": rule.boolean,
    "is_taxable": rule.boolean,
    "production_partner_ids": rule.ids,
    "type": rule.choice("physical", "download", "both"),
}
CREATE: dict[str, Parser] = {
    **COMMON,
    "quantity": rule.integer_between(1, rule.MAX_QUANTITY),
    "price": rule.price,
    "readiness_state_id": rule.integer,
    "is_customizable": rule.boolean,
}
UPDATE: dict[str, Parser] = {
    **{name: parser for name, parser in COMMON.items() if name != "styles"},
    "image_ids": rule.ids_up_to(IMAGES),
    "featured_rank": rule.integer,
    "state": rule.choice("active", "inactive"),
}
REQUIRED = ("quantity", "title", "description", "price", "who_made", "when_made", "taxonomy_id")
KNOWN = {
    "shipping_profile_id": "shipping_profiles",
    "return_policy_id": "return_policies",
    "shop_section_id": "sections",
}
DEFAULTS: Record = {
    **dict.fromkeys(name for name in COMMON if name.startswith("item_")),
    **dict.fromkeys(KNOWN),
    "materials": [],
    "tags": [],
    "styles": [],
    "production_partner_ids": [],
    "is_taxable": True,
    "is_customizable": False,
    "should_auto_renew": False,
    "featured_rank": -1,
    "type": "physical",
    "images": [],
    "views": 0,
    "num_favorers": 0,
}


def create_draft(world: EtsyWorld, request: Request) -> Reply:
    given = rule.read_form(request, CREATE, REQUIRED)
    if "is_supply" not in given:
        # Etsy's own misleading answer when one of the three origin fields is missing.
        raise violation("images", "array_too_short", "The listing is incomplete: is_supply was not given.")
    wanted = {**deepcopy(DEFAULTS), **given}
    physical = wanted["type"] != "download"
    missing = [name for name in ("shipping_profile_id", "readiness_state_id") if physical and name not in given]
    if missing:
        raise refusal(400, f"A {missing[0]} is required for physical listings.")
    _check(world, wanted)
    readiness = given.get("readiness_state_id")
    if readiness is not None:
        world.get("readiness_states", readiness)
    now = world.now()
    products = [single_product(world, given["price"], given["quantity"], readiness)]
    plain = {
        name: value for name, value in wanted.items() if name not in ("price", "quantity", "readiness_state_id", "type")
    }
    record = {
        **plain,
        "listing_type": wanted["type"],
        "state": "draft",
        "products": products,
        "created": now,
        "updated": now,
        "state_at": now,
        "ending": now,
        "varies": {f"{what}_on_property": [] for what in ("price", "quantity", "sku", "readiness_state")},
    }
    return Reply.of_json(listing_view(world, world.add("listings", record)), 201)


def _check(world: EtsyWorld, wanted: Record) -> None:
    """The rules that join several fields, and that every id names something of this shop."""
    year = datetime.fromtimestamp(world.clock(), UTC).year
    when = wanted["when_made"]
    recent = ("made_to_order", f"2020_{year}", "2010_2019", "2007_2009")
    if when not in recent and when not in VINTAGE:
        raise problem("when_made", f"'{when}' is not one of {', '.join(recent)}, {', '.join(VINTAGE)}")
    for name, kind in KNOWN.items():
        if wanted[name] is not None and wanted[name] not in world.table(kind):
            raise problem(name, f"{wanted[name]} is not one of this shop")
    partners = {partner["production_partner_id"] for partner in PARTNERS}
    if not set(wanted["production_partner_ids"]) <= partners:
        raise problem("production_partner_ids", "unknown production partner")
    if wanted["taxonomy_id"] not in TAXONOMY_IDS:
        raise problem("taxonomy_id", f"{wanted['taxonomy_id']} is not a taxonomy node")
    if (
        wanted["who_made"] == "someone_else"
        and when in recent
        and not wanted["is_supply"]
        and not wanted["production_partner_ids"]
    ):
        raise refusal(400, "Oh dear, you cannot sell this item on Etsy.")


def update(world: EtsyWorld, request: Request) -> Reply:
    listing = world.get("listings", request.args["listing_id"])
    given = rule.read_form(request, UPDATE)
    named = [name for name in MADE if name in given]
    if named and len(named) < len(MADE):
        missing = " and without ".join(f"'{name}'" for name in MADE if name not in given)
        raise refusal(400, f"Cannot update '{named[0]}' without {missing}")
    changes: Record = {name: value for name, value in given.items() if name not in ("state", "type", "image_ids")}
    if "type" in given:
        changes["listing_type"] = given["type"]
    if "image_ids" in given:
        changes["images"] = _chosen_images(listing, given["image_ids"])
    changed = {**listing, **changes}
    _check(world, changed)
    if "state" in given:
        check_move(world, changed, given["state"])
    listing.update(changes)
    listing["updated"] = world.now()
    if "state" in given:
        move(world, listing, given["state"])
    return Reply.of_json(listing_view(world, listing))


def _chosen_images(listing: Record, wanted: list[int]) -> list[Record]:
    by_id = {image["listing_image_id"]: image for image in listing["images"]}
    if not set(wanted) <= set(by_id) or len(set(wanted)) < len(wanted):
        raise problem("image_ids", "each must name one image of this listing")
    return [by_id[each] for each in wanted]


def read(world: EtsyWorld, request: Request) -> Reply:
    query = rule.read_query(
        request, {"includes": rule.text, "language": rule.text, "allow_suggested_title": rule.boolean}
    )
    listing = world.read(request.args["listing_id"])
    return Reply.of_json(full_view(world, listing, _includes(query, INCLUDES)))


def _includes(query: dict[str, Any], allowed: tuple[str, ...]) -> tuple[str, ...]:
    wanted = tuple(query["includes"].split(",")) if "includes" in query else ()
    unknown = set(wanted) - set(allowed)
    if unknown:
        raise problem("includes", f"unknown association {', '.join(sorted(unknown))}")
    return wanted


def read_shop(world: EtsyWorld, request: Request) -> Reply:
    order = rule.choice("asc", "ascending", "desc", "descending", "up", "down")
    fields = {**rule.PAGE, "state": rule.choice(*STATES), "includes": rule.text, "sort_order": order}
    query = rule.read_query(request, {**fields, "sort_on": rule.choice("created", "price", "updated", "score")})
    state = query.get("state", "active")
    here = reversed(world.listings.values())
    found = [listing for listing in here if listing["state"] == state and world.readable(listing)]
    includes = _includes(query, INCLUDES)
    shown = [full_view(world, listing, includes) for listing in rule.page(found, query)]
    return Reply.of_json({"count": len(found), "results": shown})


def read_batch(world: EtsyWorld, request: Request) -> Reply:
    """Unknown ids are left out, as Etsy does here (and not in the batch of inventories)."""
    fields = {"listing_ids": rule.ids_up_to(BATCH), "includes": rule.text, "legacy": rule.boolean}
    query = rule.read_query(request, fields, ["listing_ids"])
    includes = _includes(query, ("Images", "Shop", "User", "Translations", "Videos", "Personalization", "BuyerPrice"))
    known = (world.listings[each] for each in query["listing_ids"] if each in world.listings)
    found = [listing for listing in known if world.readable(listing)]
    shown = [full_view(world, listing, includes, alone=False) for listing in found]
    return Reply.of_json({"count": len(shown), "results": shown})


def remove(world: EtsyWorld, request: Request) -> Reply:
    delete(world, world.get("listings", request.args["listing_id"]))
    return Reply(204)


OPERATIONS = [
    Operation("POST", "shops/{shop_id}/listings", "createDraftListing", "listings_w", create_draft),
    Operation("GET", "shops/{shop_id}/listings", "getListingsByShop", "listings_r", read_shop),
    Operation("PATCH", "shops/{shop_id}/listings/{listing_id}", "updateListing", "listings_w", update),
    Operation("GET", "listings/batch", "getListingsByListingIds", "", read_batch),
    Operation("GET", "listings/{listing_id}", "getListing", "", read),
    Operation("DELETE", "listings/{listing_id}", "deleteListing", "listings_d", remove),
]
