"""What belongs to a listing, an offer or an order, as links to the lists narrowed to it."""

from django.http import HttpRequest

from etsy.models import Listing, TakedownNotice
from fulfillment.models import AccessLog, Order, OrderItem, PrintJob, Shipment
from pricing.models import Offer, PriceChange, StickerDay

from .neighbours import AUDIT, CALLS, ERRORS, Kind, Neighbour, count, of_subject

LISTINGS = Kind("listing", "listings", Listing)
OFFERS = Kind("offer", "offers", Offer)
CHANGES = Kind("price change", "price changes", PriceChange)
DAYS = Kind("day of figures", "days of figures", StickerDay)
LINES = Kind("order line", "order lines", OrderItem)
PRINTS = Kind("print", "prints", PrintJob)
PARCELS = Kind("parcel or letter", "parcels and letters", Shipment)
COMPLAINTS = Kind("complaint", "complaints", TakedownNotice)
LOOKS = Kind("look at its customer", "looks at its customer", AccessLog)


def of_listing(request: HttpRequest, listing: Listing) -> list[Neighbour]:
    found = count(request, COMPLAINTS, listing__id__exact=listing.pk)
    return [*found, *of_design(request, listing.sticker_id), *of_subject(request, listing, CALLS, ERRORS, AUDIT)]


def of_design(request: HttpRequest, sticker: int) -> list[Neighbour]:
    """What the shop keeps about a design: its prices, what it sold, what was printed of it."""
    own = [each for kind in (OFFERS, LINES, DAYS) for each in count(request, kind, sticker__id__exact=sticker)]
    changes = count(request, CHANGES, offer__sticker__id__exact=sticker)
    return [*own, *changes, *count(request, PRINTS, item__sticker__id__exact=sticker)]


def of_offer(request: HttpRequest, offer: Offer) -> list[Neighbour]:
    changes = count(request, CHANGES, offer__id__exact=offer.pk)
    sold = count(request, LINES, sticker__id__exact=offer.sticker_id, size__exact=offer.size)
    return [
        *changes, *sold, *count(request, LISTINGS, sticker__id__exact=offer.sticker_id),
        *of_subject(request, offer, AUDIT),
    ]  # fmt: skip


def of_order(request: HttpRequest, order: Order) -> list[Neighbour]:
    own = [each for kind in (LINES, PARCELS, LOOKS) for each in count(request, kind, order__id__exact=order.pk)]
    prints = count(request, PRINTS, item__order__id__exact=order.pk)
    return [*own, *prints, *of_subject(request, order, CALLS, ERRORS, AUDIT)]
