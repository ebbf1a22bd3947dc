"""Takes a listing down because somebody complained; the clock of 24 hours runs from the notice."""

from datetime import timedelta

from django.db import transaction

from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import alerts, audit, queue
from stickertrendz.ops.errors import NotYet, OutsideError
from trends.shut import shut

from .make_so import make_so
from .models import Listing, TakedownNotice

Status = TakedownNotice.Status
TRY_AGAIN = timedelta(minutes=5)
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
    why = f"complaint by {notice.complainant}"
    if notice.listing.sticker.shelf != Sticker.Shelf.WITHDRAWN:
        withdraw(notice.listing, by="takedown", why=why)
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
