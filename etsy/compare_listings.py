"""Our listings against Etsy's: state, words, section, and each size's SKU, price and stock, by the hundred."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from pricing.models import Offer
from stickertrendz import clock
from stickertrendz.ops.errors import NeedsPerson

from . import stock, words
from .adapters import inventory, listings
from .adapters.inventory import Product
from .adapters.listings import BATCH, ShopListing
from .adapters.transport import Priority
from .models import Difference, Listing, SetupObject

Status, Mend = Listing.Status, Difference.Mend
STATES = ("active", "inactive", "draft", "sold_out", "expired")  # Etsy tells one at a time
SECTION = "section"
CLOSED = (Status.DELETED, Status.WITHDRAWN)
SETTLED_AFTER = timedelta(hours=2)  # no publisher is still looking for a draft so old


def compare() -> Iterator[Difference]:
    """Two calls per hundred listings, and one per state."""
    found = (one for state in STATES for one in listings.in_state(state, priority=Priority.STATS))
    there = {one.listing_id: one for one in found}
    rows = Listing.objects.exclude(etsy_id=None).select_related("sticker__trend")
    ours = {row.etsy_id: row for row in rows if row.etsy_id}
    there |= _overlooked([key for key, row in ours.items() if row.status not in CLOSED and key not in there])
    for key, row in ours.items():
        yield from _state(row, there.get(key))
    on_sale = [row for key, row in ours.items() if row.status == Status.ACTIVE and _is_active(there.get(key))]
    names = dict(SetupObject.objects.filter(kind=SetupObject.Kind.SECTION).values_list("etsy_id", "name"))
    for row in on_sale:
        yield from _words(row, there[row.etsy_id or 0])
        yield from _section(row, there[row.etsy_id or 0], names)
    yield from _inventories(on_sale)
    for one in there.values():
        if one.listing_id not in ours:
            yield from _not_ours(one)


def _overlooked(missing: list[int]) -> dict[int, ShopListing]:
    """Listings that changed their state between two of our questions are asked for by id."""
    found: dict[int, ShopListing] = {}
    for start in range(0, len(missing), BATCH):
        found |= listings.get_many(missing[start : start + BATCH], priority=Priority.STATS)
    return found


def _is_active(found: ShopListing | None) -> bool:
    return found is not None and found.state == Status.ACTIVE


def _name(row: Listing) -> str:
    return f"{row.sticker.number} (listing {row.etsy_id})"


def _differs(row: Listing, kind: str, here: object, there: object, mend: str = Mend.FOLLOW) -> Difference:
    return Difference(kind=kind, about=_name(row), key=row.pk, here=str(here)[:120], there=str(there)[:120], mend=mend)


def _state(row: Listing, found: ShopListing | None) -> Iterator[Difference]:
    if row.status in CLOSED:
        if found:
            yield _differs(row, "state", row.get_status_display(), found.state, Mend.NONE)
    elif found is None:
        yield _differs(row, "deleted there", row.get_status_display(), "not there")
    elif found.state != row.status:
        yield _differs(row, "state", row.get_status_display(), found.state)


def _words(row: Listing, found: ShopListing) -> Iterator[Difference]:
    """Against what we sent last; a newer wish of ours is on its way by itself."""
    seen = words.Words(found.title, found.description, found.tags)
    if seen.digest == row.copy_asked:
        return
    try:
        asked = words.wanted(row.sticker)
    except NeedsPerson:
        return  # told by the publisher already
    if seen.digest == asked.digest:
        return
    if seen.title != asked.title:
        yield _differs(row, "title", asked.title, seen.title, Mend.SEND)
    if sorted(seen.tags) != sorted(asked.tags):
        yield _differs(row, "tags", ", ".join(asked.tags), ", ".join(seen.tags), Mend.SEND)
    if words.Words("", seen.description, ()).digest != words.Words("", asked.description, ()).digest:
        yield _differs(row, "description", "as written", "changed", Mend.SEND)


def _section(row: Listing, found: ShopListing, names: Mapping[int, str]) -> Iterator[Difference]:
    if row.section_asked is not None and found.section_id != row.section_asked:
        there = names.get(found.section_id or 0, "another" if found.section_id else "none")
        yield _differs(row, SECTION, names.get(row.section_asked, row.section_asked), there, Mend.SEND)


def _inventories(rows: Sequence[Listing]) -> Iterator[Difference]:
    offers: dict[int, list[Offer]] = defaultdict(list)
    for offer in Offer.objects.filter(sticker__in=[row.sticker_id for row in rows]).order_by("size"):
        offers[offer.sticker_id].append(offer)
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        keys = [row.etsy_id for row in batch if row.etsy_id]
        shown = inventory.get_many(keys, priority=Priority.STATS)
        for row in batch:
            yield from _sizes(row, offers[row.sticker_id], shown.get(row.etsy_id or 0, []))


def _sizes(row: Listing, offers: Sequence[Offer], products: Sequence[Product]) -> Iterator[Difference]:
    skus, shown = [str(offer) for offer in offers], {product.sku: product for product in products}
    if sorted(skus) != sorted(product.sku for product in products):
        yield _differs(
            row, "SKUs", ", ".join(skus), ", ".join(product.sku or "blank" for product in products) or "none"
        )
    for offer in offers:
        product = shown.get(str(offer))
        if product and offer.pushed_price is not None and product.price != offer.pushed_price:
            yield _differs(row, f"price of {offer.size}", f"${offer.pushed_price}", f"${product.price}")
        if product and product.quantity < stock.REFILL_BELOW:
            here = f"{stock.REFILL_BELOW} to {stock.QUANTITY}"
            yield _differs(row, f"stock of {offer.size}", here, product.quantity)


def _not_ours(found: ShopListing) -> Iterator[Difference]:
    """A draft with our mark that no row owns is left over; everything else belongs to the shop's owner."""
    number, about = words.number_in(found.description), f"listing {found.listing_id}"
    if not number:
        there = f"{found.state}: not ours, never touched"
        yield Difference(kind="not ours", about=about, key=found.listing_id, here="–", there=there, counts=False)
    elif found.created_at is None or found.created_at < clock.now() - SETTLED_AFTER:
        mend = Mend.DELETE if found.state == Status.DRAFT else Mend.NONE
        there = f"{found.state} with the mark of {number}"
        yield Difference(kind="left over", about=about, key=found.listing_id, here="no row", there=there, mend=mend)
