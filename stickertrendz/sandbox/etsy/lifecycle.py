"""A listing's states: what it needs to go on sale, what that costs, and what time does to it."""

import calendar
from datetime import UTC, datetime

from stickertrendz.sandbox.etsy.errors import refusal, violation
from stickertrendz.sandbox.etsy.world import LISTING_FEE_CENTS, EtsyWorld, Record

MONTHS_ON_SALE = 4
DELETABLE = ("active", "inactive", "sold_out", "draft", "expired")
# What a state may be changed to by a call; a listing never becomes a draft again.
MOVES = {
    "active": ("active", "inactive"),
    "inactive": ("active", "inactive"),
    "sold_out": ("active", "inactive"),
    "expired": ("active", "inactive"),
    "draft": ("active",),
    "removed": (),
}


def months_later(moment: int, months: int = MONTHS_ON_SALE) -> int:
    start = datetime.fromtimestamp(moment, UTC)
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    return int(start.replace(year=year, month=month, day=day).timestamp())


def enter(world: EtsyWorld, listing: Record, state: str) -> None:
    listing["state"] = state
    listing["state_at"] = listing["updated"] = world.now()


def quantity(listing: Record) -> int:
    return sum(offering["quantity"] for product in listing["products"] for offering in product["offerings"])


def check_move(world: EtsyWorld, listing: Record, state: str) -> None:
    """Answers 409 to an impossible change and 400 when something is missing for going on sale."""
    if state not in MOVES[listing["state"]]:
        raise refusal(409, f"A listing that is {listing['state']} cannot become {state}.")
    if state == "active" and listing["state"] != "active":
        _check_complete(world, listing)


def _check_complete(world: EtsyWorld, listing: Record) -> None:
    if world.settings["vacation"]:
        raise refusal(400, "The shop is on vacation; listings cannot be activated or renewed.")
    if not listing["images"]:
        raise violation("images", "array_too_short", "A listing needs at least one image before it can be published.")
    profile = world.table("shipping_profiles").get(listing["shipping_profile_id"])
    if listing["listing_type"] != "download" and not (profile and profile["destinations"]):
        raise refusal(
            400, "A shipping profile with at least one destination is required to publish a physical listing."
        )
    if listing["listing_type"] != "download" and not all(
        offering["readiness_state_id"] for product in listing["products"] for offering in product["offerings"]
    ):
        raise refusal(400, "A readiness_state_id is required to publish a physical listing.")
    if listing["return_policy_id"] is None:
        raise refusal(400, "A return_policy_id is required to publish this listing.")


def move(world: EtsyWorld, listing: Record, state: str) -> None:
    """Changes the state; going on sale for the first time, or again after it ran out, costs the listing fee."""
    before = listing["state"]
    if before == state:
        return
    if state == "active" and (before in ("draft", "expired", "sold_out") or listing["ending"] <= world.now()):
        if before == "sold_out":
            _stock_one(listing)
        renew(world, listing, {"draft": "listing", "sold_out": "renew_sold"}.get(before, "renew_expired"))
    enter(world, listing, state)


def _stock_one(listing: Record) -> None:
    for product in listing["products"]:
        for offering in product["offerings"]:
            offering["quantity"] = 1


def renew(world: EtsyWorld, listing: Record, kind: str) -> None:
    """kind: as Etsy's ledger calls it."""
    listing["ending"] = months_later(world.now())
    world.charge(-LISTING_FEE_CENTS, kind, "listing", listing["listing_id"])


def let_time_pass(world: EtsyWorld) -> None:
    """Listings whose four months are over expire, or are renewed for the fee where that was asked for."""
    world.pay_out()
    now = world.now()
    for listing in world.listings.values():
        if listing["state"] == "active" and listing["ending"] <= now:
            if listing["should_auto_renew"] and not world.settings["vacation"]:
                renew(world, listing, "auto_renew_expired")
            else:
                enter(world, listing, "expired")


def delete(world: EtsyWorld, listing: Record) -> None:
    if listing["state"] not in DELETABLE:
        raise refusal(409, f"A listing that is {listing['state']} cannot be deleted.")
    del world.listings[listing["listing_id"]]
