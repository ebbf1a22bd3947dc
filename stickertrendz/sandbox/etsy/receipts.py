"""Receipts: orders as the seller reads them, and their tracking."""

from typing import Any

from stickertrendz.sandbox.etsy import validate as rule
from stickertrendz.sandbox.etsy.access import Operation
from stickertrendz.sandbox.etsy.errors import problem, refusal
from stickertrendz.sandbox.etsy.receipt_view import receipt_view
from stickertrendz.sandbox.etsy.world import EtsyWorld, Record
from stickertrendz.sandbox.routing import Reply, Request

DELIVERED_AFTER = 4 * 86400
TRACKING_NEEDED_ABOVE = 1000  # cents, within the United States
CARRIERS = (
    "usps",
    "ups",
    "fedex",
    "dhl",
    "dhl-ecommerce",
    "ontrac",
    "lasership",
    "asendia-usa",
    "canada-post",
    "royal-mail",
    "other",
)
CANCELLED = ("canceled", "fully refunded")
TRACKING: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(
        ("tracking_code", "carrier_name", "note_to_buyer", "mail_class", "weight_units", "dimension_units"), str
    ),
    **dict.fromkeys(
        ("shipping_label_currency", "revenue_eligibility", "ship_from_country", "ship_to_country", "incoterm"), str
    ),
    **dict.fromkeys(("duty_currency", "ship_date"), str),
    **dict.fromkeys(("weight", "length", "width", "height", "shipping_label_cost", "duty_amount"), (int, float)),
    "send_bcc": bool,
    "customs_data": list,
}
EPOCH = rule.integer_between(946_684_800, 99_999_999_999)
FILTERS: dict[str, rule.Parser] = {
    **rule.PAGE,
    **dict.fromkeys(("min_created", "max_created", "min_last_modified", "max_last_modified"), EPOCH),
    **dict.fromkeys(("was_paid", "was_shipped", "was_delivered", "was_canceled", "legacy"), rule.boolean),
    "sort_on": rule.choice("created", "updated", "receipt_id"),
    "sort_order": rule.choice("asc", "ascending", "desc", "descending", "up", "down"),
}


def read_shop(world: EtsyWorld, request: Request) -> Reply:
    query = rule.read_query(request, FILTERS)
    found = [receipt for receipt in world.receipts.values() if _matches(world, receipt, query)]
    key = query.get("sort_on", "created")
    rising = query.get("sort_order", "desc") in ("asc", "ascending", "up")
    found.sort(key=lambda receipt: (receipt[key], receipt["receipt_id"]), reverse=not rising)
    shown = [receipt_view(world, receipt) for receipt in rule.page(found, query)]
    return Reply.of_json({"count": len(found), "results": shown})


def _matches(world: EtsyWorld, receipt: Record, query: dict[str, Any]) -> bool:
    """A window over changes does not show cancelled and refunded receipts unless they are asked for."""
    cancelled = receipt["status"] in CANCELLED
    windowed = "min_last_modified" in query or "max_last_modified" in query
    if cancelled != query["was_canceled"] if "was_canceled" in query else cancelled and windowed:
        return False
    shipped_at = receipt["shipments"][-1]["at"] if receipt["shipments"] else None
    facts = {
        "was_paid": receipt["paid_at"] is not None,
        "was_shipped": shipped_at is not None,
        "was_delivered": shipped_at is not None and world.now() - shipped_at >= DELIVERED_AFTER,
    }
    if any(query[name] != fact for name, fact in facts.items() if name in query):
        return False
    created, updated = receipt["created"], receipt["updated"]
    return bool(
        query.get("min_created", 0) <= created <= query.get("max_created", created)
        and query.get("min_last_modified", 0) <= updated <= query.get("max_last_modified", updated)
    )


def read(world: EtsyWorld, request: Request) -> Reply:
    rule.read_query(request, {"legacy": rule.boolean})
    return Reply.of_json(receipt_view(world, world.get("receipts", request.args["receipt_id"])))


def track(world: EtsyWorld, request: Request) -> Reply:
    """Each success mails the buyer; doing it again mails again."""
    receipt = world.get("receipts", request.args["receipt_id"])
    if world.settings["gated"]:
        raise refusal(403, "Unauthorized")
    given = _tracking(request)
    if receipt["status"] in CANCELLED or receipt["paid_at"] is None:
        raise refusal(409, f"A receipt that is {receipt['status']} cannot be shipped.")
    code, carrier = given.get("tracking_code", ""), given.get("carrier_name", "")
    if bool(code) != bool(carrier):
        raise refusal(400, "tracking_code and carrier_name go together.")
    if carrier and carrier not in CARRIERS:
        raise problem("carrier_name", f"'{carrier}' is not a known carrier; use other")
    if not code and receipt["buyer"]["country_iso"] == "US" and receipt["total"] > TRACKING_NEEDED_ABOVE:
        raise refusal(400, "Orders over $10 within the United States need tracking_code and carrier_name.")
    now = world.now()
    receipt["shipments"].append({"id": world.number("shipment"), "at": now, "carrier": carrier, "code": code})
    receipt["updated"] = now
    receipt["status"] = "completed" if receipt["status"] == "paid" else receipt["status"]
    world.mails_to_buyers += 1
    return Reply.of_json(receipt_view(world, receipt))


def _tracking(request: Request) -> Record:
    if request.content_type != "application/json":
        raise refusal(400, "The content type must be application/json.")
    given = request.json()
    if not isinstance(given, dict):
        raise refusal(400, "Expected an object.")
    for name, value in given.items():
        if name not in TRACKING:
            raise refusal(400, f"Unknown parameter '{name}'.")
        if not isinstance(value, TRACKING[name]):
            raise problem(name, f"unexpected type {type(value).__name__}")
    return given


_RECEIPTS = "shops/{shop_id}/receipts"
OPERATIONS = [
    Operation("GET", _RECEIPTS, "getShopReceipts", "transactions_r", read_shop),
    Operation("GET", f"{_RECEIPTS}/{{receipt_id}}", "getShopReceipt", "transactions_r", read),
    Operation("POST", f"{_RECEIPTS}/{{receipt_id}}/tracking", "createReceiptShipment", "transactions_w", track),
]
