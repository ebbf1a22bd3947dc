"""Registers every app's admin pages; Django looks for this module."""

from . import (
    accounts,
    blocklist_pages,
    etsy_pages,
    fulfillment_pages,
    generation_pages,
    ops_pages,
    pricing_pages,
    reconcile_pages,
    replay_pages,
    rescan_pages,
    sampling_pages,
    source_pages,
    stickers_pages,
    takedown_pages,
    trends_pages,
)

__all__ = [
    "accounts",
    "blocklist_pages",
    "etsy_pages",
    "fulfillment_pages",
    "generation_pages",
    "ops_pages",
    "pricing_pages",
    "reconcile_pages",
    "replay_pages",
    "rescan_pages",
    "sampling_pages",
    "source_pages",
    "stickers_pages",
    "takedown_pages",
    "trends_pages",
]
