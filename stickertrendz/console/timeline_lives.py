"""Which rows belong to one thing's life, and what its own columns tell of it. A constant number of queries each."""

from collections.abc import Callable
from typing import Any

from django.db.models import Min, Model, Q

from etsy import recall
from etsy.models import Listing, Recall, TakedownNotice
from fulfillment.models import Order, PrivacyRequest
from pricing.models import Offer, Override
from stickers.models import Generation, Sticker
from stickertrendz import clock
from stickertrendz.ops.subjects import subject_of
from stickertrendz.ops.work import WorkItem
from trends.models import Source, Trend

from .cells import in_words
from .timeline import Life
from .timeline_orders import of_order
from .timeline_strands import short

MOST = 200  # designs of a trend or a recall


def of_trend(trend: Trend) -> Life:
    """With the pictures that were ordered, the milestones of its designs and the verdicts on them."""
    designs = list(trend.stickers.order_by("-pk")[:MOST])
    pictures = list(Generation.objects.filter(trend=trend).order_by("-pk").values_list("pk", flat=True)[:MOST])
    life = Life({subject_of(trend): ""} | {f"stickers.generation:{key}": f"picture {key}" for key in pictures})
    life.deeds = {subject_of(design): design.number for design in designs}
    first = trend.signals.aggregate(first=Min("created_at"))["first"]
    life.tell(first, "Its oldest post was made", "seen")
    life.tell(trend.created_at, "First seen by us", "seen")
    life.tell(trend.last_seen_at, "Last seen", "seen")
    posts = f"{trend.scored_evidence} post{'' if trend.scored_evidence == 1 else 's'}"
    life.tell(trend.scored_at, f"Scored {trend.score_overall} by {posts}", "model", why=short(trend.reasoning))
    for design in designs:
        of = {"of": subject_of(design), "named": design.number}
        life.tell(design.created_at, "A design was cut out, checked and kept", **of)
        life.tell(design.published_at, "A design went on sale for the first time", "shelf", **of)
    _stands(life, trend)
    return life


def of_sticker(design: Sticker) -> Life:
    """With its picture, its listings, its prices, the exceptions from them, complaints and sales."""
    listings = list(design.listings.all())
    offers = list(design.offers.all())
    notices = TakedownNotice.objects.filter(listing__sticker=design).values_list("pk", "received_at")[:MOST]
    exceptions = Override.objects.filter(Q(sticker=design) | Q(offer__sticker=design)).values_list("pk", flat=True)
    life = Life({subject_of(design): "", f"stickers.generation:{design.generation_id}": "its picture"})
    life.names |= {subject_of(one): "its listing" for one in listings}
    life.names |= {subject_of(one): f"{one.size[0]} inch" for one in offers}
    life.deeds = {f"pricing.override:{key}": "an exception" for key in exceptions[:MOST]}
    life.offers, life.stickers = [one.pk for one in offers], [design.pk]
    trend = {"of": subject_of(design.trend), "named": design.trend.topic}
    life.tell(design.trend.created_at, "Its topic was first seen", "seen", **trend)
    life.tell(design.created_at, "Cut out, checked and kept as a design")
    life.tell(design.reminded_at, "A reminder of the missing verdict was sent", "told")
    life.tell(design.published_at, "Went on sale for the first time", "shelf")
    if design.shelf != Sticker.Shelf.NONE:
        word = f"On the shelf: {design.get_shelf_display().lower()}"
        life.tell(design.shelf_since, word, "shelf", why=design.shelf_why)
    for one in listings:
        _listing(life, one, "its listing")
    for key, received in notices:
        subject = f"etsy.takedownnotice:{key}"
        life.names[subject] = "a complaint"
        life.tell(received, "A complaint came in", "trouble", of=subject, named="a complaint")
    _stands(life, design)
    return life


def of_listing(listing: Listing) -> Life:
    """With its prices, complaints about it, and what was decided about its design."""
    design = listing.sticker
    notices = listing.takedowns.values_list("pk", "received_at")[:MOST]
    life = Life({subject_of(listing): ""}, {subject_of(design): design.number})
    life.offers = list(design.offers.values_list("pk", flat=True))
    life.stickers = [design.pk]
    for key, received in notices:
        subject = f"etsy.takedownnotice:{key}"
        life.names[subject] = "a complaint"
        life.tell(received, "A complaint came in", "trouble", of=subject, named="a complaint")
    _listing(life, listing, "")
    _stands(life, listing)
    return life


def _listing(life: Life, listing: Listing, named: str) -> None:
    of = {"of": subject_of(listing), "named": named} if named else {}
    life.tell(listing.created_at, "A listing was planned", **of)
    life.tell(listing.first_active_at, "Etsy showed it on sale for the first time", "shelf", **of)
    life.tell(listing.fee_booked_at, "The listing fee was booked", "price", **of)
    life.tell(listing.missing_since, "Etsy does not know the listing any more", "trouble", **of)


def of_offer(offer: Offer) -> Life:
    exceptions = Override.objects.filter(Q(offer=offer) | Q(sticker=offer.sticker_id)).values_list("pk", flat=True)
    design = f"stickers.sticker:{offer.sticker_id}"
    life = Life({subject_of(offer): ""}, {design: "its design"}, offers=[offer.pk])
    life.deeds |= {f"pricing.override:{key}": "an exception" for key in exceptions[:MOST]}
    life.tell(offer.tier_since, f"Came to the tier {in_words(offer.tier)}", "price")
    return life


def of_notice(notice: TakedownNotice) -> Life:
    """The complaint, and what was done to its listing and design since it came."""
    listing = notice.listing
    design = f"stickers.sticker:{listing.sticker_id}"
    life = Life({subject_of(notice): "", subject_of(listing): "the listing"}, {design: "the design"})
    life.since = notice.received_at
    life.tell(notice.received_at, f"{notice.complainant} gave notice", "trouble")
    life.tell(notice.delisted_at, "Etsy showed it off sale", "shelf")
    if notice.status == TakedownNotice.Status.RECEIVED:
        life.tell(notice.due_at, "The 24 hours end", "trouble", coming=notice.due_at > clock.now())
    _stands(life, notice)
    return life


def of_recall(made: Recall) -> Life:
    """With the designs that it still keeps off, and what was done to their listings since."""
    designs = list(recall.kept_off(made).prefetch_related("listings")[:MOST])
    life = Life({subject_of(made): ""}, {subject_of(one): one.number for one in designs}, since=made.at)
    life.names |= {subject_of(shown): one.number for one in designs for shown in one.listings.all()}
    taken = f"{made.designs} designs were" if made.designs != 1 else "1 design was"
    life.tell(made.at, f"{taken} taken off sale here", "shelf", why=made.why)
    return life


def of_request(request: PrivacyRequest) -> Life:
    """By the numbers of its orders, never by the person."""
    orders = list(request.orders.values_list("pk", "receipt_id")[:MOST])
    life = Life({subject_of(request): ""}, {f"fulfillment.order:{key}": f"order {receipt}" for key, receipt in orders})
    life.orders, life.since = [key for key, _ in orders], request.received_at
    life.tell(request.received_at, "The customer asked", "looked")
    life.tell(request.done_at, "Done", "looked")
    life.tell(request.answered_at, "The customer was answered", "looked")
    if request.answered_at is None:
        late = request.due_at <= clock.now()
        life.tell(request.due_at, "To be answered by then", "trouble" if late else "looked", coming=not late)
    return life


def of_source(source: Source) -> Life:
    life = Life({subject_of(source): ""})
    life.tell(source.asked_at, "Last asked", "seen")
    life.tell(source.last_good_at, "Last answered well", "seen")
    life.tell(source.dead_since, "Has given nothing since", "trouble", why=short(source.reason))
    if source.next_try_at and source.next_try_at > clock.now():
        life.tell(source.next_try_at, "Rests until then, because it failed", "seen", coming=True)
    return life


def _stands(life: Life, row: WorkItem) -> None:
    """Where it has been since; with the words for the person it waits for."""
    kind = "trouble" if row.needs_attention else "stands"
    life.tell(row.status_since, f"Since then: {row.get_status_display()}", kind, why=short(row.needs_attention))


LIVES: dict[type[Model], Callable[[Any], Life]] = {
    Trend: of_trend, Sticker: of_sticker, Listing: of_listing, Order: of_order, Offer: of_offer,
    TakedownNotice: of_notice, Recall: of_recall, PrivacyRequest: of_request, Source: of_source,
}  # fmt: skip
