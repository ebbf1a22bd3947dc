"""The console's sidebar, in the order of the operator's day."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

_SECTIONS: list[tuple[str, list[tuple[str, str, str]]]] = [
    (
        "Today",
        [
            ("Front page", "home", "index"),
            ("Designs", "palette", "stickers_sticker"),
            ("Was moderation right?", "fact_check", "stickers_sample"),
            ("Orders", "package_2", "fulfillment_order"),
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
            ("Offers", "sell", "pricing_offer"),
            ("Price changes", "price_change", "pricing_pricechange"),
            ("Tiers", "stairs", "pricing_tier"),
            ("Overrides", "event", "pricing_override"),
            ("Search and tags", "query_stats", "etsy_searchweek"),
            ("Takedowns", "report", "etsy_takedownnotice"),
            ("Recalls", "undo", "etsy_recall"),
            ("Connect Etsy", "link", "etsy_token"),
            ("Shop set-up", "checklist", "etsy_setupobject"),
        ],
    ),
    (
        "Bench",
        [
            ("Print jobs", "print", "fulfillment_printjob"),
            ("Shipments", "local_shipping", "fulfillment_shipment"),
            ("Print costs", "payments", "fulfillment_printcost"),
            ("Shipping rates", "mail", "fulfillment_shippingrate"),
        ],
    ),
    (
        "Machine room",
        [
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
        ],
    ),
]


def sections(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {
            "title": title,
            "separator": True,
            "collapsible": title == "Machine room",
            "items": [_item(*row) for row in rows],
        }
        for title, rows in _SECTIONS
    ]


def _item(title: str, icon: str, name: str) -> dict[str, Any]:
    return {
        "title": title,
        "icon": icon,
        "link": reverse(f"admin:{name}" if name == "index" else f"admin:{name}_changelist"),
    }
