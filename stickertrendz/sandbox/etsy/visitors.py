"""The control routes of the shop: buyers, cancellations, a day of visitors, and the shop's settings."""

from typing import Any

from stickertrendz.sandbox.etsy import ledger, sales
from stickertrendz.sandbox.etsy.errors import refusal
from stickertrendz.sandbox.etsy.receipt_view import receipt_view
from stickertrendz.sandbox.etsy.world import FIRST_DAY, EtsyWorld, Record
from stickertrendz.sandbox.routing import Reply, Request, Route

BUY: dict[str, type | tuple[type, ...]] = {
    "listing_id": int,
    "sku": str,
    "quantity": int,
    "buyer": dict,
    "address": bool,
    "paid": bool,
    "message": str,
    "gift_message": str,
    "discount": int,
    "tax": int,
    "ad": bool,
}
BUYER = {"name", "first_line", "second_line", "city", "state", "zip", "country_iso", "email"}
SETTINGS: dict[str, type | tuple[type, ...]] = {name: type(value) for name, value in FIRST_DAY.items()}


def routes(world: EtsyWorld) -> list[Route]:
    return [
        Route("POST", "/_sandbox/buy", "_buy", lambda request: buy(world, request)),
        Route("POST", "/_sandbox/pay", "_pay", lambda request: pay(world, request)),
        Route("POST", "/_sandbox/cancel", "_cancel", lambda request: cancel(world, request)),
        Route("POST", "/_sandbox/label", "_label", lambda request: buy_label(world, request)),
        Route("POST", "/_sandbox/day", "_day", lambda request: spend_a_day(world, request)),
        Route("POST", "/_sandbox/etsy", "_etsy", lambda request: change_settings(world, request)),
    ]


def _read(request: Request, fields: dict[str, type | tuple[type, ...]]) -> Record:
    given: Any = request.json() if request.body else {}
    if not isinstance(given, dict) or not set(given) <= set(fields):
        raise refusal(400, f"Expected an object with some of: {', '.join(fields)}.")
    for name, value in given.items():
        if not isinstance(value, fields[name]):
            raise refusal(400, f"Unexpected type of {name}.")
    return given


def buy(world: EtsyWorld, request: Request) -> Reply:
    given = _read(request, BUY)
    if not set(given.get("buyer", {})) <= BUYER or ("buyer" in given and "name" not in given["buyer"]):
        raise refusal(400, f"A buyer has a name and some of: {', '.join(sorted(BUYER))}.")
    given["count"] = given.pop("quantity", 1)
    if given["count"] < 1:
        raise refusal(400, "quantity must be at least 1.")
    if min(given.get("discount", 0), given.get("tax", 0)) < 0:
        raise refusal(400, "discount and tax are cents, zero or more.")
    if "buyer" in given:
        given["buyer"] = {"country_iso": "US", **given["buyer"]}
    return Reply.of_json(receipt_view(world, sales.buy(world, **given)), 201)


def pay(world: EtsyWorld, request: Request) -> Reply:
    receipt = world.get("receipts", _read(request, {"receipt_id": int}).get("receipt_id"))
    sales.pay(world, receipt)
    return Reply.of_json(receipt_view(world, receipt))


def cancel(world: EtsyWorld, request: Request) -> Reply:
    given = _read(request, {"receipt_id": int, "refund": (str, type(None))})
    if given.get("refund") not in (None, "full", "part"):
        raise refusal(400, "refund is full, part or absent.")
    receipt = world.get("receipts", given.get("receipt_id"))
    sales.cancel(world, receipt, given.get("refund"))
    return Reply.of_json(receipt_view(world, receipt))


def buy_label(world: EtsyWorld, request: Request) -> Reply:
    """Postage bought at Etsy for a receipt: only the ledger shows it."""
    given = _read(request, {"receipt_id": int, "cents": int})
    if given.get("cents", 0) < 1:
        raise refusal(400, "cents must be at least 1.")
    ledger.book_label(world, world.get("receipts", given.get("receipt_id")), given["cents"])
    return Reply.of_json({}, 201)


def spend_a_day(world: EtsyWorld, request: Request) -> Reply:
    given = _read(request, {"day": str})
    if "day" not in given:
        raise refusal(400, "day is needed, as 2026-11-20.")
    return Reply.of_json(sales.spend_a_day(world, given["day"]))


def change_settings(world: EtsyWorld, request: Request) -> Reply:
    world.settings.update(_read(request, SETTINGS))
    return Reply.of_json(world.settings)
