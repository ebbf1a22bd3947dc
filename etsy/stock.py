"""Makes a listing's inventory so: both sizes with price, quantity and SKU, stated as a whole and read back."""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from pricing import breach, history
from pricing.adopt import adopt
from pricing.models import Offer, PriceChange
from stickers.models import Size
from stickertrendz import clock
from stickertrendz.ops import alerts
from stickertrendz.ops.errors import NeedsPerson, OutsideError
from stickertrendz.ops.subjects import subject_of

from . import setup
from .adapters import inventory
from .adapters.inventory import Product
from .adapters.transport import Priority
from .models import Listing

QUANTITY = 100
REFILL_BELOW = 20


def offers(listing: Listing) -> list[Offer]:
    """Read anew: what is pushed is what is wanted now."""
    return list(Offer.objects.filter(sticker=listing.sticker_id).order_by("size"))


def _product(offer: Offer, readiness: int) -> Product:
    sku = Size(sticker_id=offer.sticker_id, size=offer.size).sku
    return Product(sku, f"{offer.size[0]} inches", offer.wanted_price, QUANTITY, readiness)


def differs(asked: Sequence[Product], seen: Sequence[Product]) -> bool:
    """What is left of the stock matters only when it runs low."""
    low = any(product.quantity < REFILL_BELOW for product in seen)
    return low or {(one.sku, one.price) for one in asked} != {(one.sku, one.price) for one in seen}


def make_so(listing: Listing) -> None:
    """One listing: read, sent when it differs, read back. A draft is sent unread: nothing there is worth keeping."""
    key, subject = listing.etsy_number, subject_of(listing)
    seen = [] if listing.status == Listing.Status.DRAFT else inventory.get(key, subject=subject)
    if push(listing, seen) and confirm(listing, inventory.get(key, subject=subject)):
        raise OutsideError("etsy", "it shows other prices than the ones just sent")


def push(listing: Listing, seen: Sequence[Product], *, priority: Priority = Priority.PUBLISHING) -> bool:
    """Sends the wanted inventory when Etsy shows another; whether it did. A price set by others is adopted first."""
    ids = setup.ids()
    _adopt_foreign(listing, seen)
    found = offers(listing)  # once: prices and floors of one moment
    if not found:
        raise NeedsPerson("This design has no prices yet; run pricing_engine.")
    asked = [_product(offer, ids.readiness) for offer in found]
    changed = differs(asked, seen)
    if changed:
        inventory.put(listing.etsy_number, asked, ids.variation, subject=subject_of(listing), priority=priority)
    floors = {str(offer): offer.floor_price for offer in found}
    record(listing, {product.sku: product.price for product in asked}, floors)
    return changed


def confirm(listing: Listing, seen: Sequence[Product]) -> list[Offer]:
    """The offers that Etsy shows at another price than the one pushed; they count as not pushed again."""
    shown = {product.sku: product.price for product in seen}
    off = [offer for offer in offers(listing) if offer.pushed_price != shown.get(str(offer))]
    for offer in off:
        Offer.objects.filter(pk=offer.pk, pushed_price=offer.pushed_price).update(pushed_price=shown.get(str(offer)))
    return off


def record(listing: Listing, pushed: dict[str, Decimal], floors: dict[str, Decimal]) -> None:
    """Etsy shows these prices now: the offers and the price history say so, in one transaction per offer.

    floors: as they stood beside the wishes. A price that was below its floor is rolled back at once.
    """
    low = False
    for offer in offers(listing):
        price = pushed.get(str(offer))
        if price is not None and price != offer.pushed_price:
            low |= _record(offer, price, floors.get(str(offer), offer.floor_price))
    if low:
        breach.roll_back()


def _record(offer: Offer, price: Decimal, floor: Decimal) -> bool:
    """Whether it was pushed below its floor."""
    now = clock.now()
    with transaction.atomic():
        Offer.objects.filter(pk=offer.pk).update(pushed_price=price, pushed_at=now)
        waiting = PriceChange.objects.filter(offer=offer, status=PriceChange.Status.APPROVED)
        latest = waiting.filter(new_price=price).order_by("-created_at", "-pk").first()
        if latest:
            waiting.exclude(pk=latest.pk).update(status=PriceChange.Status.SUPERSEDED)
            waiting.filter(pk=latest.pk).update(status=PriceChange.Status.PUSHED, pushed_at=now)
        return breach.witness(offer, price, floor)


def _adopt_foreign(listing: Listing, seen: Sequence[Product]) -> None:
    """A price neither wanted nor ever ours was set by hand on Etsy: it becomes a fixed price, never below the floor."""
    shown = {product.sku: product.price for product in seen}
    for offer in offers(listing):
        price = shown.get(str(offer))
        if price is not None and offer.pushed_price is not None and price not in _ours(offer):
            _adopt(listing, offer, price)


def _ours(offer: Offer) -> set[Decimal | None]:
    ever = history.made().filter(offer=offer).values_list("new_price", flat=True)
    return {offer.wanted_price, offer.pushed_price, *ever}


def _adopt(listing: Listing, offer: Offer, price: Decimal) -> None:
    adopt(offer, price, by="etsy", why="set on Etsy by hand")
    words = f"The price of {offer} became ${price} on Etsy, and it was not us. It stays until you release the override."
    alerts.alert(f"foreign-price:{offer.pk}:{price}", "A price was changed on Etsy", words, listing)
