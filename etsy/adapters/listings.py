"""Etsy's operations on listings: draft, read, change, delete, one at a time or by the hundred."""

import html
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from stickertrendz.ops import alerts
from stickertrendz.ops.errors import OutsideError
from stickertrendz.ops.meters import Reserve
from stickertrendz.ops.models import Intent

from . import wire
from .transport import ONCE, Priority, call
from .wire import Request

BATCH = 100
LAST_OFFSET = 12_000


@dataclass(frozen=True)
class ShopListing:
    listing_id: int
    state: str
    title: str
    description: str
    tags: tuple[str, ...]
    section_id: int | None
    quantity: int
    created_at: datetime | None
    views: int | None
    favourites: int | None
    ends_at: datetime | None = None


@dataclass(frozen=True)
class Draft:
    """What a new draft is made from; the price is only a start, the inventory states it per size."""

    title: str
    description: str
    tags: tuple[str, ...]
    price: Decimal
    quantity: int
    taxonomy_id: int
    shipping_profile_id: int
    return_policy_id: int
    readiness_state_id: int
    shop_section_id: int | None
    who_made: str
    when_made: str
    production_partner_ids: tuple[int, ...]


def create_draft(draft: Draft, intent: Intent, *, subject: str) -> ShopListing:
    fixed: dict[str, wire.Value] = {"is_supply": False, "type": "physical", "should_auto_renew": False}
    request = Request("createDraftListing", "POST", _shop("/listings"), form={**asdict(draft), **fixed})
    return call(request, _listing, repeat=ONCE, subject=subject, intent=intent)


def get(listing_id: int, *, subject: str = "", priority: Priority = Priority.PUBLISHING) -> ShopListing | None:
    """None when Etsy does not know it any more."""
    request = Request("getListing", "GET", f"/application/listings/{listing_id}")
    try:
        return call(request, _listing, subject=subject, priority=priority)
    except OutsideError as error:
        if error.status == 404:
            return None
        raise


def get_many(listing_ids: Sequence[int], *, priority: Priority) -> dict[int, ShopListing]:
    """Up to a hundred by one call; those Etsy does not know are left out."""
    query: dict[str, wire.Value] = {"listing_ids": list(listing_ids)}
    request = Request("getListingsByListingIds", "GET", "/application/listings/batch", query=query)
    try:
        found = call(request, _listings, priority=priority)
    except OutsideError as error:
        if error.status != 404:
            raise
        found = [one for one in (get(key, priority=priority) for key in listing_ids) if one]
    return {listing.listing_id: listing for listing in found}


def in_state(state: str, *, priority: Priority = Priority.PUBLISHING) -> Iterator[ShopListing]:
    """Every listing of the shop in that state, newest first, page by page.

    OutsideError, told by mail too, where Etsy's pages end before the listings may: what is not shown cannot be judged.
    """
    for offset in range(0, LAST_OFFSET + 1, BATCH):
        query: dict[str, wire.Value] = {"state": state, "limit": BATCH, "offset": offset}
        request = Request("getListingsByShop", "GET", _shop("/listings"), query=query)
        found = call(request, _listings, priority=priority)
        yield from found
        if len(found) < BATCH:
            return
    words = (
        f"The shop has {LAST_OFFSET + BATCH:,} listings or more in state {state}, and Etsy shows no more than those. "
        "Delete old ones in Shop Manager: the oldest cannot be looked at until then."
    )
    alerts.alert(f"etsy-pages:{state}", "Etsy does not show all listings", words)
    raise OutsideError("etsy", words, permanent=True)


def count_active() -> int:
    """How many listings are on sale, ours and others."""
    query: dict[str, wire.Value] = {"state": "active", "limit": 1}
    request = Request("getListingsByShop", "GET", _shop("/listings"), query=query)
    return call(request, lambda data: int(data["count"]))


def update(
    listing_id: int,
    changes: dict[str, wire.Value],
    *,
    subject: str,
    priority: Priority = Priority.PUBLISHING,
    reserve: tuple[Reserve, ...] = (),
    operation: str = "updateListing",
) -> ShopListing:
    """Partners are sent each time: leaving them out has taken them off listings before."""
    partners: dict[str, wire.Value] = {"production_partner_ids": settings.ETSY_PRODUCTION_PARTNER_IDS}
    request = Request(operation, "PATCH", _shop(f"/listings/{listing_id}"), form={**changes, **partners})
    return call(request, _listing, subject=subject, priority=priority, reserve=reserve)


def delete(listing_id: int, *, subject: str, priority: Priority = Priority.PUBLISHING) -> None:
    """Gone already is as good."""
    request = Request("deleteListing", "DELETE", f"/application/listings/{listing_id}")
    try:
        call(request, lambda _: None, subject=subject, priority=priority)
    except OutsideError as error:
        if error.status != 404:
            raise


def _shop(path: str) -> str:
    return f"/application/shops/{settings.ETSY_SHOP_ID}{path}"


def _listings(data: Any) -> list[ShopListing]:
    return [_listing(one) for one in wire.page(data)]


def _listing(data: Any) -> ShopListing:
    created = data.get("created_timestamp") or data.get("original_creation_timestamp")  # a renewal may move the first
    return ShopListing(
        listing_id=int(data["listing_id"]),
        state=str(data["state"]),
        title=html.unescape(data.get("title") or ""),
        description=html.unescape(data.get("description") or ""),
        tags=tuple(html.unescape(tag) for tag in data.get("tags") or ()),
        section_id=data.get("shop_section_id"),
        quantity=int(data.get("quantity") or 0),
        created_at=wire.moment(created),
        views=data.get("views"),
        favourites=data.get("num_favorers"),
        ends_at=wire.moment(data.get("ending_timestamp")),
    )
