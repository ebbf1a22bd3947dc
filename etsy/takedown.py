"""Takes a listing down because somebody complained; the clock of 24 hours runs from the notice."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from stickers import rescan
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import alerts, audit, queue
from stickertrendz.ops.errors import NotYet, OutsideError
from trends.shut import reopen, shut

from .make_so import make_so
from .models import Listing, TakedownNotice

Status = TakedownNotice.Status
TRY_AGAIN = timedelta(minutes=5)
COMPLAINT = "complaint by "
wake_changes = queue.waker("push_changes")


def withdraw(listing: Listing, *, by: str, why: str) -> None:
    """The wish that this design is off sale for cause, and the job that makes it so."""
    with transaction.atomic():
        changed = {"shelf": Sticker.Shelf.WITHDRAWN, "shelf_since": clock.now(), "shelf_why": why[:200]}
        Sticker.objects.filter(pk=listing.sticker_id).update(**changed)
        audit.record(by, "withdrew design", listing, why)
    wake_changes()


def delist(notice: TakedownNotice) -> None:
    """Off sale at once; a failure is told and tried again until it is done, never parked."""
    sticker, why = notice.listing.sticker, _reason(notice)
    if sticker.shelf != Sticker.Shelf.WITHDRAWN or not sticker.shelf_why.startswith(COMPLAINT):
        withdraw(notice.listing, by="takedown", why=why)  # it counts for more than a term that was found
    if not notice.listing.sticker.trend.is_shut:  # or its next burst would be drawn and sold again
        shut(notice.listing.sticker.trend, by="takedown", why=why)
    try:
        if notice.listing.etsy_id:
            make_so(notice.listing)
    except OutsideError as error:
        words = f"{notice.listing} is still on sale: {error}. It is tried again every five minutes."
        alerts.alert(f"takedown:{notice.pk}", "A takedown failed so far", words, notice)
        raise NotYet(clock.now() + TRY_AGAIN, str(error)) from error
    notice.move_to(Status.DOWN, delisted_at=clock.now())


def drop(notice: TakedownNotice, *, by: str, why: str) -> None:
    """The complainant gave in: the topic is open again, unless another complaint or a person shut it.

    The design stays off sale until the owner puts it back.
    """
    sticker = notice.listing.sticker
    with transaction.atomic():
        notice.move_to(Status.WITHDRAWN, judged_by=by)
        audit.record(by, "complaint withdrawn", notice, why)
        others = complaints().filter(listing__sticker__trend=sticker.trend)
        if sticker.trend.shut_why.startswith(COMPLAINT) and not others:
            reopen(sticker.trend, by=by, why=why)
        if not complaints().filter(listing__sticker=sticker):
            rescan.await_word(sticker, _reason(notice))


def _reason(notice: TakedownNotice) -> str:
    return f"{COMPLAINT}{notice.complainant}"[:200]


def complaints() -> QuerySet[TakedownNotice]:
    """Those that keep a design off sale: all but the withdrawn ones and those that advice has cleared."""
    rows: QuerySet[TakedownNotice] = TakedownNotice.objects.exclude(status__in=[Status.WITHDRAWN, Status.CLEARED])
    return rows
