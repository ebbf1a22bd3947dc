"""Which section of the shop a listing belongs in: one each, the first that fits."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Sum

from fulfillment.models import OrderItem
from pricing.models import Offer
from stickertrendz import clock

from .models import Listing
from .setup import CHEAP, NEW, POPULAR, TRENDING

POPULAR_FROM = 5
NEW_FOR = timedelta(days=7)
LATE_TIERS = {"cooling", "evergreen"}


def wanted(listings: Sequence[Listing]) -> dict[int, str]:
    """The section's name by the listing's key."""
    stickers = [listing.sticker_id for listing in listings]
    sold = _sold(stickers)
    tiers = dict(Offer.objects.filter(sticker__in=stickers).order_by("-size").values_list("sticker", "tier"))
    return {one.pk: _section(one, sold.get(one.sticker_id, 0), tiers.get(one.sticker_id, "")) for one in listings}


def _sold(stickers: list[int]) -> dict[int, int]:
    lines = OrderItem.objects.filter(sticker__in=stickers, refunded=False).exclude(order__status="cancelled")
    return dict(
        lines.order_by().values_list("sticker").annotate(Sum("quantity")).values_list("sticker", "quantity__sum")
    )


def _section(listing: Listing, sold: int, tier: str) -> str:
    published = listing.first_active_at
    if sold >= POPULAR_FROM:
        return POPULAR
    if tier == "just_dropped":
        return TRENDING
    if published is None or published > clock.now() - NEW_FOR:
        return NEW
    return CHEAP if tier in LATE_TIERS else NEW
