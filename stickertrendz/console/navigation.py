"""The console's sidebar, in the order of the operator's day."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from fulfillment import worklist
from stickers import desk

BENCH, DESK, STATEMENT, JOBS = "fulfillment_order_bench", "stickers_sticker_review", "statement", "jobs"
SERVICE = "service"
PEOPLE = ("auth_user", "auth_group")  # the lists that only owners may see
# Pages of their own; every other entry is the list of a model.
_PAGES = {"index", "pricing_offer_plan", "pricing_offer_slots", "pricing_offer_came_back", BENCH, DESK}
# How much waits on them.
_BADGES = {BENCH: worklist.orders, DESK: desk.waiting}
_SECTIONS: list[tuple[str, list[tuple[str, str, str]]]] = [
    (
        "Today",
        [
            ("Front page", "home", "index"),
            ("Review desk", "rate_review", DESK),
            ("Designs", "palette", "stickers_sticker"),
            ("Was moderation right?", "fact_check", "stickers_sample"),
            ("Orders", "package_2", "fulfillment_order"),
            ("Bench", "inventory_2", BENCH),
            ("Statement", "receipt_long", STATEMENT),
            ("Service", "monitoring", SERVICE),
            ("Alerts", "notifications", "ops_alert"),
        ],
    ),
    (
        "Trends",
        [
            ("Trends", "trending_up", "trends_trend"),
            ("Cycles", "cycle", "trends_cycle"),
            ("Evidence", "forum", "trends_signal"),
            ("Sources", "rss_feed", "trends_source"),
            ("Blocklist", "block", "trends_term"),
            ("Blocked topics", "gavel", "trends_blockedtopic"),
            ("Re-scans", "manage_search", "stickers_rescan"),
        ],
    ),
    (
        "Shop",
        [
            ("Listings", "storefront", "etsy_listing"),
            ("Differences", "difference", "etsy_difference"),
            ("Price plan", "rule", "pricing_offer_plan"),
            ("Offers", "sell", "pricing_offer"),
            ("Price changes", "price_change", "pricing_pricechange"),
            ("Tiers", "stairs", "pricing_tier"),
            ("Overrides", "event", "pricing_override"),
            ("Slots", "shelves", "pricing_offer_slots"),
            ("Came back", "replay", "pricing_offer_came_back"),
            ("Etsy’s ledger", "account_balance", "etsy_ledgerentry"),
            ("Search and tags", "query_stats", "etsy_searchweek"),
            ("Takedowns", "report", "etsy_takedownnotice"),
            ("Recalls", "undo", "etsy_recall"),
            ("Connect Etsy", "link", "etsy_token"),
            ("Shop set-up", "checklist", "etsy_setupobject"),
        ],
    ),
    (
        "Printing and post",
        [
            ("Print jobs", "print", "fulfillment_printjob"),
            ("Shipments", "local_shipping", "fulfillment_shipment"),
            ("Print costs", "payments", "fulfillment_printcost"),
            ("Shipping rates", "mail", "fulfillment_shippingrate"),
            ("Privacy requests", "shield_person", "fulfillment_privacyrequest"),
            ("Who looked at customers", "visibility", "fulfillment_accesslog"),
        ],
    ),
    (
        "Machine room",
        [
            ("Jobs", "schedule", JOBS),
            ("Runs", "play_circle", "ops_run"),
            ("Errors", "error", "ops_errorlog"),
            ("Switches", "toggle_off", "ops_switch"),
            ("Calls", "call_made", "ops_call"),
            ("Intents", "task_alt", "ops_intent"),
            ("Budgets and breakers", "speed", "ops_meter"),
            ("Mails", "outgoing_mail", "ops_mail"),
            ("Model transcripts", "chat", "ops_transcript"),
            ("Audit", "history", "ops_auditentry"),
            ("Pictures bought", "image", "stickers_generation"),
            ("People", "person", "auth_user"),
            ("Roles", "badge", "auth_group"),
        ],
    ),
]


def sections(request: HttpRequest) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {
            "title": title,
            "separator": True,
            "collapsible": title == "Machine room",
            "items": [_item(*row) for row in rows],
        }
        for title, rows in _SECTIONS
    ]
    _mark_active([item for section in found for item in section["items"]], request.path)
    return found


def title_of(path: str) -> str:
    """What the sidebar calls the page at this address; nothing where it does not name it."""
    entries = (entry for _, rows in _SECTIONS for entry in rows)
    return next((title for title, _, name in entries if _address(name) == path), "")


def _item(title: str, icon: str, name: str) -> dict[str, Any]:
    return {
        "title": title,
        "icon": icon,
        "link": _address(name),
        **({"permission": lambda request: request.user.has_perm("auth.view_user")} if name in PEOPLE else {}),
        **({"badge": _BADGES[name]().count()} if name in _BADGES else {}),
    }


def _address(name: str) -> str:
    if name in (STATEMENT, SERVICE, JOBS):
        return reverse(name)
    return reverse(f"admin:{name}" if name in _PAGES else f"admin:{name}_changelist")


def _mark_active(items: list[dict[str, Any]], path: str) -> None:
    """Only the entry nearest to the page: some pages lie below the list of another entry."""
    index = reverse("admin:index")
    above = [item["link"] for item in items if path.startswith(item["link"]) and item["link"] != index]
    nearest = max(above, key=len, default=path)
    for item in items:
        item["active"] = item["link"] == nearest
