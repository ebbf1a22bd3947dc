"""What a shop is set up with: sections, shipping, returns, processing, partners; and the shop itself."""

from stickertrendz.sandbox.etsy import validate as rule
from stickertrendz.sandbox.etsy.access import Operation
from stickertrendz.sandbox.etsy.errors import problem, refusal
from stickertrendz.sandbox.etsy.listing_view import PARTNERS
from stickertrendz.sandbox.etsy.world import SHOP_ID, USER_ID, EtsyWorld, Record, money
from stickertrendz.sandbox.routing import Reply, Request

SECTIONS, SECTION_LENGTH = 20, 24
DEADLINES = (7, 14, 21, 30, 45, 60, 90)
DAYS_A_WEEK = 5  # processing times count business days
COUNTRIES_WITH_POSTCODES = ("US", "CA", "GB", "DE", "FR", "AU")


def _all(results: list[Record]) -> Reply:
    return Reply.of_json({"count": len(results), "results": results})


def ping(world: EtsyWorld, request: Request) -> Reply:
    return Reply.of_json({"application_id": 880001})


def me(world: EtsyWorld, request: Request) -> Reply:
    return Reply.of_json({"user_id": USER_ID, "shop_id": SHOP_ID})


def token_scopes(world: EtsyWorld, request: Request) -> Reply:
    given = rule.read_form(request, {"token": rule.text}, ["token"])
    token = world.table("access_tokens").get(given["token"])
    if token is None or token["expires"] <= world.clock():
        raise refusal(400, "The token is unknown or expired.")
    return Reply.of_json({"scopes": token["scopes"]})


def shop(world: EtsyWorld, request: Request) -> Reply:
    active = sum(listing["state"] == "active" for listing in world.listings.values())
    sold = sum(line["quantity"] for receipt in world.receipts.values() for line in receipt["lines"])
    return Reply.of_json(
        {
            "shop_id": SHOP_ID,
            "user_id": USER_ID,
            "shop_name": "SandboxStickers",
            "title": "A shop that only exists here",
            "currency_code": world.settings["currency"],
            "is_vacation": world.settings["vacation"],
            "listing_active_count": active,
            "transaction_sold_count": sold,
            "url": f"{world.base_url()}/shop/SandboxStickers",
            "languages": ["en-US"],
            "is_shop_us_based": True,
            "shop_location_country_iso": "US",
            "num_favorers": 0,
        }
    )


def partners(world: EtsyWorld, request: Request) -> Reply:
    return _all(PARTNERS)


def sections(world: EtsyWorld, request: Request) -> Reply:
    return _all([_section_view(world, section) for section in world.table("sections").values()])


def _section_view(world: EtsyWorld, section: Record) -> Record:
    number = section["shop_section_id"]
    active = sum(each["state"] == "active" and each["shop_section_id"] == number for each in world.listings.values())
    return {
        **section,
        "rank": list(world.table("sections")).index(number) + 1,
        "user_id": USER_ID,
        "active_listing_count": active,
    }


def create_section(world: EtsyWorld, request: Request) -> Reply:
    given = rule.read_form(request, {"title": rule.text_up_to(SECTION_LENGTH)}, ["title"])
    if len(world.table("sections")) >= SECTIONS:
        raise refusal(400, f"A shop may have at most {SECTIONS} sections.")
    return Reply.of_json(_section_view(world, world.add("sections", given)))


def return_policies(world: EtsyWorld, request: Request) -> Reply:
    return _all([_policy_view(policy) for policy in world.table("return_policies").values()])


def _policy_view(policy: Record) -> Record:
    return {"shop_id": SHOP_ID, **policy}


def create_return_policy(world: EtsyWorld, request: Request) -> Reply:
    fields: dict[str, rule.Parser] = {
        "accepts_returns": rule.boolean,
        "accepts_exchanges": rule.boolean,
        "return_deadline": rule.integer,
    }
    given = rule.read_form(request, fields, ["accepts_returns", "accepts_exchanges"])
    accepts = given["accepts_returns"] or given["accepts_exchanges"]
    deadline = given.get("return_deadline")
    if (accepts and deadline not in DEADLINES) or (not accepts and deadline is not None):
        raise problem(
            "return_deadline",
            f"one of {', '.join(map(str, DEADLINES))} when returns or exchanges are accepted, else none",
        )
    return Reply.of_json(_policy_view(world.add("return_policies", {**given, "return_deadline": deadline})))


def readiness_states(world: EtsyWorld, request: Request) -> Reply:
    query = rule.read_query(request, rule.PAGE)
    found = list(world.table("readiness_states").values())
    shown = [_readiness_view(each) for each in rule.page(found, query)]
    return Reply.of_json({"count": len(found), "results": shown})


def _readiness_view(state: Record) -> Record:
    low, high = state["min_processing_days"], state["max_processing_days"]
    return {"shop_id": SHOP_ID, **state, "processing_days_display_label": f"{low}-{high} business days"}


def create_readiness_state(world: EtsyWorld, request: Request) -> Reply:
    times = rule.integer_between(1, 10)
    fields: dict[str, rule.Parser] = {
        "readiness_state": rule.choice("ready_to_ship", "made_to_order"),
        "min_processing_time": times,
        "max_processing_time": times,
        "processing_time_unit": rule.choice("days", "weeks"),
    }
    given = rule.read_form(request, fields, ["readiness_state", "min_processing_time", "max_processing_time"])
    if given["min_processing_time"] > given["max_processing_time"]:
        raise problem("min_processing_time", "it is above max_processing_time")
    days = DAYS_A_WEEK if given.get("processing_time_unit") == "weeks" else 1
    wanted = {
        "readiness_state": given["readiness_state"],
        **{f"{end}_processing_days": given[f"{end}_processing_time"] * days for end in ("min", "max")},
    }
    for known in world.table("readiness_states").values():
        if wanted.items() <= known.items():
            reply = Reply.of_json({"error": "An identical processing profile exists."}, 409)
            number = known["readiness_state_id"]
            reply.headers["content-location"] = f"/v3/application/shops/{SHOP_ID}/readiness-state-definitions/{number}"
            return reply
    return Reply.of_json(_readiness_view(world.add("readiness_states", wanted)), 201)


def shipping_profiles(world: EtsyWorld, request: Request) -> Reply:
    return _all([_shipping_view(profile) for profile in world.table("shipping_profiles").values()])


def _shipping_view(profile: Record) -> Record:
    def destination_view(given: Record) -> Record:
        costs = {name: money(given[name]) for name in ("primary_cost", "secondary_cost")}
        owner = {name: profile[name] for name in ("shipping_profile_id", "origin_country_iso")}
        return {**given, **costs, **owner}

    plain = {
        name: profile[name] for name in ("shipping_profile_id", "title", "origin_country_iso", "origin_postal_code")
    }
    return {
        **plain,
        "user_id": USER_ID,
        "is_deleted": False,
        "profile_type": "manual",
        "domestic_handling_fee": 0.0,
        "international_handling_fee": 0.0,
        "shipping_profile_upgrades": [],
        "shipping_profile_destinations": [destination_view(each) for each in profile["destinations"]],
    }


DELIVERY_DAYS = rule.integer_between(1, 45)
SHIPPING: dict[str, rule.Parser] = {
    "title": rule.text,
    "origin_country_iso": rule.text_up_to(2),
    "primary_cost": rule.cents,
    "secondary_cost": rule.cents,
    "min_processing_time": rule.integer,
    "max_processing_time": rule.integer,
    "processing_time_unit": rule.choice("business_days", "weeks"),
    "destination_country_iso": rule.text_up_to(2),
    "destination_region": rule.choice("eu", "non_eu", "none"),
    "origin_postal_code": rule.text_up_to(20),
    "shipping_carrier_id": rule.integer,
    "mail_class": rule.text,
    "min_delivery_days": DELIVERY_DAYS,
    "max_delivery_days": DELIVERY_DAYS,
}


def create_shipping_profile(world: EtsyWorld, request: Request) -> Reply:
    given = rule.read_form(request, SHIPPING, ["title", "origin_country_iso", "primary_cost", "secondary_cost"])
    if ("destination_country_iso" in given) == ("destination_region" in given):
        raise refusal(400, "Give either destination_country_iso or destination_region.")
    if given["origin_country_iso"] in COUNTRIES_WITH_POSTCODES and "origin_postal_code" not in given:
        raise problem("origin_postal_code", "it is required for this country")
    carrier = [name in given for name in ("shipping_carrier_id", "mail_class")]
    days = [name in given for name in ("min_delivery_days", "max_delivery_days")]
    if sorted([all(carrier), all(days)]) != [False, True] or any(carrier) != all(carrier) or any(days) != all(days):
        raise refusal(400, "Give shipping_carrier_id with mail_class, or min_delivery_days with max_delivery_days.")
    if all(days) and given["min_delivery_days"] > given["max_delivery_days"]:
        raise problem("min_delivery_days", "it is above max_delivery_days")
    destination = {
        "shipping_profile_destination_id": world.number("destination"),
        "destination_country_iso": given.get("destination_country_iso", ""),
        "destination_region": given.get("destination_region", "none"),
        "primary_cost": given["primary_cost"],
        "secondary_cost": given["secondary_cost"],
        **{
            name: given.get(name)
            for name in ("shipping_carrier_id", "mail_class", "min_delivery_days", "max_delivery_days")
        },
    }
    profile = world.add(
        "shipping_profiles",
        {
            "title": given["title"],
            "origin_country_iso": given["origin_country_iso"],
            "origin_postal_code": given.get("origin_postal_code"),
            "destinations": [destination],
        },
    )
    return Reply.of_json(_shipping_view(profile))


_SHOP = "shops/{shop_id}"
OPERATIONS = [
    Operation("GET", "openapi-ping", "ping", "", ping),
    Operation("POST", "scopes", "tokenScopes", "", token_scopes),
    Operation("GET", "users/me", "getMe", "shops_r", me),
    Operation("GET", _SHOP, "getShop", "", shop),
    Operation("GET", f"{_SHOP}/production-partners", "getShopProductionPartners", "shops_r", partners),
    Operation("GET", f"{_SHOP}/sections", "getShopSections", "", sections),
    Operation("POST", f"{_SHOP}/sections", "createShopSection", "shops_w", create_section),
    Operation("GET", f"{_SHOP}/policies/return", "getShopReturnPolicies", "", return_policies),
    Operation("POST", f"{_SHOP}/policies/return", "createShopReturnPolicy", "shops_w", create_return_policy),
    Operation(
        "GET", f"{_SHOP}/readiness-state-definitions", "getShopReadinessStateDefinitions", "shops_r", readiness_states
    ),
    Operation(
        "POST",
        f"{_SHOP}/readiness-state-definitions",
        "createShopReadinessStateDefinition",
        "shops_w",
        create_readiness_state,
    ),
    Operation("GET", f"{_SHOP}/shipping-profiles", "getShopShippingProfiles", "shops_r", shipping_profiles),
    Operation("POST", f"{_SHOP}/shipping-profiles", "createShopShippingProfile", "shops_w", create_shipping_profile),
]
