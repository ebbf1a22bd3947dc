"""What should be on sale, what Etsy shows, and what follows when somebody else changed it."""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import alerts, audit, meters
from stickertrendz.ops.errors import Beaten, NeedsPerson, NotYet, OutsideError
from stickertrendz.ops.models import Call
from stickertrendz.ops.subjects import subject_of
from trends.models import Trend

from .adapters.listings import ShopListing
from .models import Listing, TakedownNotice
from .room import FEE

logger = logging.getLogger(__name__)
Status, Shelf = Listing.Status, Sticker.Shelf
ACTIVATE, RENEW = "activateListing", "renewListing"
SECOND_LOOK = timedelta(minutes=2)
ADOPTED = {Status.ACTIVE: Shelf.WANTED, Status.INACTIVE: Shelf.ARCHIVED, Status.DELETED: Shelf.ARCHIVED}
ENDED = (Status.EXPIRED, Status.SOLD_OUT)
OFF_SALE = (Status.INACTIVE, *ENDED)
GONE_STATES = {"removed": Status.DELETED}


def wanted_state(listing: Listing) -> str:
    """Read anew each time: the shelf may have changed while we talked to Etsy."""
    shelf = Sticker.objects.values_list("shelf", flat=True).get(pk=listing.sticker_id)
    if listing.takedowns.filter(status=TakedownNotice.Status.VALID).exists():
        return Status.DELETED
    if shelf == Shelf.WANTED:
        return Status.ACTIVE
    return Status.DELETED if listing.status == Status.DRAFT else Status.INACTIVE


def make_sure_it_is_gone(listing: Listing) -> None:
    """Etsy does not know it, perhaps only because reading lags behind writing: NotYet until a second look agrees."""
    if listing.state_asked == Status.DELETED:
        return
    now = clock.now()
    since = listing.missing_since or now
    if listing.missing_since is None:
        Listing.objects.filter(pk=listing.pk, missing_since=None).update(missing_since=now)
    if now < since + SECOND_LOOK:
        raise NotYet(since + SECOND_LOOK, "Etsy does not know this listing; looking once more before believing it")


def see(listing: Listing, found: ShopListing | None) -> None:
    """Writes down the state Etsy shows; one neither asked for nor seen before is somebody else's and is adopted."""
    state = GONE_STATES.get(found.state, found.state) if found else Status.DELETED
    if state not in Status.values:
        raise NeedsPerson(f"Etsy shows a state we do not know: {state}. Look at the listing there.")
    if state == Status.DRAFT and listing.status != Status.DRAFT:
        raise OutsideError("etsy", f"shows as a draft again what was {listing.status}")
    foreign = state not in (listing.state_asked, listing.state_seen, *ENDED)
    before = listing.status
    with transaction.atomic():  # all or nothing: once it counts as on sale, nobody looks at it again unasked
        if state != listing.status:
            _move(listing, state)
        Listing.objects.filter(pk=listing.pk).update(state_seen=state, seen_at=clock.now(), missing_since=None)
        listing.state_seen, listing.missing_since = state, None
        _settle_fees(listing, state, before)
        if foreign:
            _adopt(listing, state)


def _move(listing: Listing, state: str) -> None:
    if state not in Listing.MOVES[listing.status]:  # a draft that others published and took down again
        listing.move_to(Status.ACTIVE)
    listing.move_to(state)
    if state in ENDED:
        ended = Status(state).label
        words = f"{listing} is {ended} on Etsy. Renewing it costs a fee, so that is yours to decide."
        alerts.alert(f"listing-ended:{listing.pk}", f"A listing is {ended}", words, listing)


def _adopt(listing: Listing, state: str) -> None:
    """The change stands and becomes our wish too; only a design withdrawn for cause is taken down again."""
    words = f"{listing} became {state} on Etsy, and it was not us."
    sticker = Sticker.objects.get(pk=listing.sticker_id)
    shelf = ADOPTED.get(Status(state))
    if shelf and sticker.shelf not in (shelf, Shelf.WITHDRAWN):
        why = "changed on Etsy by someone else"
        changed = {"shelf": shelf, "shelf_since": clock.now(), "shelf_why": why}
        Sticker.objects.filter(pk=sticker.pk, shelf=sticker.shelf).update(**changed)
        audit.record("etsy", "adopted state", listing, why, state=state)
    alerts.alert(f"foreign-state:{listing.pk}:{state}", "A listing was changed on Etsy", words, listing)


def _settle_fees(listing: Listing, state: str, before: str) -> None:
    """A fee for the first time on sale and for each renewal, booked once however many of our calls held one.

    What is off sale was not renewed: calls without a clear answer keep no fee for it.
    """
    if state in (Status.ACTIVE, Status.INACTIVE, *ENDED) and listing.fee_booked_at is None:
        _book_fee(listing)
        _first_on_sale(listing)
    elif state == Status.ACTIVE and (before in ENDED or _fee_calls(listing).exists()):
        _book_fee(listing)
    elif state != Status.ACTIVE and state != Status.DELETED:
        for call in _fee_calls(listing).filter(outcome__in=["unclear", "forgotten"]):
            if Call.objects.filter(pk=call.pk, outcome=call.outcome).update(outcome="failed"):
                _give_back(call)


def _book_fee(listing: Listing) -> None:
    """One call's fee stays, the others are given back to the day that they were taken from."""
    now, calls = clock.now(), list(_fee_calls(listing))
    unbooked = Listing.objects.filter(pk=listing.pk, fee_booked_at=listing.fee_booked_at)
    if not unbooked.update(fee_booked_at=now, renewal_asked_at=None):
        return
    listing.fee_booked_at, listing.renewal_asked_at = now, None
    for call in calls[1:]:
        _give_back(call)
    for wish in () if calls else FEE:
        meters.spend(wish.meter, wish.amount, now)


def _fee_calls(listing: Listing) -> QuerySet[Call]:
    """Calls that hold or spent a fee which no sight of the listing on sale has settled yet."""
    paid = ("open", "done", "unclear", "forgotten")
    calls = Call.objects.filter(subject=subject_of(listing), operation__in=[ACTIVATE, RENEW], outcome__in=paid)
    unsettled = calls.filter(at__gt=listing.fee_booked_at) if listing.fee_booked_at else calls
    return unsettled.order_by("at", "pk")


def _give_back(call: Call) -> None:
    for wish in FEE:
        meters.spend(wish.meter, -wish.amount, call.at)


def _first_on_sale(listing: Listing) -> None:
    now = clock.now()
    Listing.objects.filter(pk=listing.pk, first_active_at=None).update(first_active_at=now)
    Sticker.objects.filter(pk=listing.sticker_id, published_at=None).update(published_at=now)
    listing.refresh_from_db(fields=["first_active_at"])
    _publish_trend(listing)


def _publish_trend(listing: Listing) -> None:
    trend = Trend.objects.get(stickers=listing.sticker_id)
    if trend.status == Trend.Status.GENERATED:
        try:
            trend.move_to(Trend.Status.PUBLISHED)
        except Beaten:
            logger.info("%s moved on by itself", trend)
