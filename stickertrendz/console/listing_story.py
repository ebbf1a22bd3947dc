"""What a listing did on Etsy: its figures for the list, and its moments in the order of time."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from etsy.models import Listing
from fulfillment.models import OrderItem
from pricing.book import NOT_SOLD
from pricing.models import PriceChange, StickerDay
from stickertrendz.ops.models import AuditEntry, Call
from stickertrendz.ops.subjects import subject_of

EACH = 30  # of each kind, the newest
WORDS = {
    "createDraftListing": "Draft sent", "activateListing": "Put on sale", "renewListing": "Renewed",
    "updateListing": "Changed", "updateListingInventory": "Prices and stock sent", "uploadListingImage": "Picture sent",
    "deleteListingImage": "Picture taken away", "deleteListing": "Deleted",
}  # fmt: skip


def with_figures(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Adds `views`, the last total Etsy told, and `sold`, units that were paid for and not given back."""
    days = StickerDay.objects.filter(sticker=OuterRef("sticker"), views__isnull=False).order_by("-day")
    lines = OrderItem.objects.filter(sticker=OuterRef("sticker"), refunded=False)
    units = lines.exclude(order__status__in=NOT_SOLD).order_by().values("sticker").annotate(units=Sum("quantity"))
    told: QuerySet[Any] = rows.annotate(
        views=Subquery(days.values("views")[:1]), sold=Coalesce(Subquery(units.values("units")), 0)
    )
    return told


def moments(listing: Listing) -> list[tuple[datetime, str]]:
    """The newest first: what was sent to Etsy, what a person or Etsy changed, and every price; three queries."""
    return sorted([*_calls(listing), *_entries(listing), *_prices(listing)], reverse=True)


def _calls(listing: Listing) -> Iterator[tuple[datetime, str]]:
    rows = Call.objects.filter(subject=subject_of(listing), operation__in=WORDS).order_by("-at", "-pk")
    for call in rows[:EACH]:
        yield call.at, WORDS[call.operation] + ("" if call.outcome == "done" else f" ({call.outcome})")


def _entries(listing: Listing) -> Iterator[tuple[datetime, str]]:
    for entry in AuditEntry.objects.filter(subject=subject_of(listing))[:EACH]:
        yield entry.at, f"{entry.who} {entry.action}" + (f": {entry.why}" if entry.why else "")


def _prices(listing: Listing) -> Iterator[tuple[datetime, str]]:
    rows = PriceChange.objects.filter(offer__sticker=listing.sticker_id, pushed_at__isnull=False)
    for change in rows.select_related("offer").order_by("-pushed_at", "-pk")[:EACH]:
        at = change.pushed_at or change.created_at
        before = f"${change.old_price} → " if change.old_price else ""
        yield at, f"{change.offer.size} price {before}${change.new_price}"
