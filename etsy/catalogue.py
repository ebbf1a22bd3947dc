"""What was sold: design, size, and the tier of the price on show at that moment, looked up for many lines at once."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from fulfillment import orders
from fulfillment.orders import Line
from pricing.models import Offer, PriceChange
from stickers.models import Sticker

from .models import Listing

Key = tuple[int, str]  # the design's number and the size
Tier = tuple[str, bool]


def key_of(sku: str) -> Key | None:
    """The design and size that a SKU of our own form names, whether there is such a design or not."""
    match = orders.SKU.fullmatch(sku.strip())
    return (int(match[1]), f"{match[2]}in") if match else None


class Catalogue:
    """A constant number of queries, however many lines there are."""

    def __init__(self, skus: Iterable[str], listing_ids: Iterable[int | None]) -> None:
        self._stickers = Sticker.objects.in_bulk({key[0] for sku in skus if (key := key_of(sku))})
        rows = Listing.objects.filter(etsy_id__in={one for one in listing_ids if one}).select_related("sticker")
        self._by_listing = {row.etsy_id: row.sticker for row in rows.prefetch_related("sticker__sizes")}
        known = {*self._stickers, *(sticker.pk for sticker in self._by_listing.values())}
        self._pushed: dict[Key, list[tuple[datetime, Tier]]] = defaultdict(list)
        shown = PriceChange.objects.filter(offer__sticker__in=known).exclude(pushed_at=None)
        columns = ("offer__sticker", "offer__size", "pushed_at", "tier", "under_override")
        for sticker, size, at, *tier in shown.order_by("-pushed_at", "-pk").values_list(*columns):
            self._pushed[sticker, size].append((at, (tier[0], tier[1])))
        offers = Offer.objects.filter(sticker__in=known).values_list("sticker", "size", "tier")
        self._tiers = {(sticker, size): tier for sticker, size, tier in offers}

    def sticker_for(self, line: Line) -> tuple[Sticker | None, str]:
        return self._find(line.sku, line.listing_id)

    def _find(self, sku: str, listing_id: int | None) -> tuple[Sticker | None, str]:
        """By SKU; Etsy loses SKUs at times, then by the listing, and by its size where it has only one."""
        key = key_of(sku)
        if key and key[0] in self._stickers:
            return self._stickers[key[0]], key[1]
        sticker = self._by_listing.get(listing_id)
        sizes = [one.size for one in sticker.sizes.all()] if sticker else []
        return sticker, sizes[0] if len(sizes) == 1 else ""

    def tier_at(self, sku: str, listing_id: int | None, moment: datetime) -> Tier:
        """The tier of the last price pushed before, and whether an override set it; none where the size is unknown."""
        sticker, size = self._find(sku, listing_id)
        if sticker is None or not size:
            return "", False
        key = (sticker.pk, size)
        first = next((tier for at, tier in self._pushed.get(key, ()) if at <= moment), None)
        return first or (self._tiers.get(key, ""), False)
