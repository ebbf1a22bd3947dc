"""What should be on sale, what Etsy shows, and what follows when somebody else changed it."""

import logging

from django.db import transaction

from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import alerts, audit, meters
from stickertrendz.ops.errors import Beaten, NeedsPerson
from stickertrendz.ops.models import Call
from stickertrendz.ops.subjects import subject_of
from trends.models import Trend

from .adapters.listings import ShopListing
from .models import Listing, TakedownNotice
from .room import FEE

logger = logging.getLogger(__name__)
Status, Shelf = Listing.Status, Sticker.Shelf
ACTIVATE = "activateListing"
ADOPTED = {Status.ACTIVE: Shelf.WANTED, Status.INACTIVE: Shelf.ARCHIVED, Status.DELETED: Shelf.ARCHIVED}
ENDED = (Status.EXPIRED, Status.SOLD_OUT)
GONE_STATES = {"removed": Status.DELETED}


def wanted_state(listing: Listing) -> str:
    """Read anew each time: the shelf may have changed while we talked to Etsy."""
    shelf = Sticker.objects.values_list("shelf", flat=True).get(pk=listing.sticker_id)
    if listing.takedowns.filter(status=TakedownNotice.Status.VALID).exists():
        return Status.DELETED
    if shelf == Shelf.WANTED:
        return Status.ACTIVE
    return Status.DELETED if listing.status == Status.DRAFT else Status.INACTIVE


def see(listing: Listing, found: ShopListing | None) -> None:
    """Writes down the state Etsy shows; one neither asked for nor seen before is somebody else's and is adopted."""
    state = GONE_STATES.get(found.state, found.state) if found else Status.DELETED
    if state not in Status.values:
        raise NeedsPerson(f"Etsy shows a state we do not know: {state}. Look at the listing there.")
    foreign = state not in (listing.state_asked, listing.state_seen, *ENDED)
    with transaction.atomic():  # all or nothing: once it counts as on sale, nobody looks at it again unasked
        if state != listing.status:
            _move(listing, state)
        Listing.objects.filter(pk=listing.pk).update(state_seen=state, seen_at=clock.now())
        listing.state_seen = state
        if state == Status.ACTIVE:
            _first_seen_active(listing)
        elif state == Status.DRAFT:
            _free_fees(listing)
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


def _first_seen_active(listing: Listing) -> None:
    """The listing fee is booked once, however many of our calls booked it: several when answers got lost, or none."""
    now = clock.now()
    if not Listing.objects.filter(pk=listing.pk, fee_booked_at=None).update(fee_booked_at=now, first_active_at=now):
        return
    for wish in FEE:
        meters.spend(wish.meter, wish.amount * (1 - _booked_by_calls(listing)), now)
    Sticker.objects.filter(pk=listing.sticker_id, published_at=None).update(published_at=now)
    listing.refresh_from_db(fields=["fee_booked_at", "first_active_at"])
    _publish_trend(listing)


def _free_fees(listing: Listing) -> None:
    """What is a draft still was never activated: calls without a clear answer keep none of the day's listings."""
    unclear = Call.objects.filter(subject=subject_of(listing), operation=ACTIVATE, outcome__in=["unclear", "forgotten"])
    for call in unclear:
        if Call.objects.filter(pk=call.pk, outcome=call.outcome).update(outcome="failed"):
            for wish in FEE:
                meters.spend(wish.meter, -wish.amount, call.at)


def _booked_by_calls(listing: Listing) -> int:
    paid = ("open", "done", "unclear", "forgotten")
    return Call.objects.filter(subject=subject_of(listing), operation=ACTIVATE, outcome__in=paid).count()


def _publish_trend(listing: Listing) -> None:
    trend = Trend.objects.get(stickers=listing.sticker_id)
    if trend.status == Trend.Status.GENERATED:
        try:
            trend.move_to(Trend.Status.PUBLISHED)
        except Beaten:
            logger.info("%s moved on by itself", trend)
