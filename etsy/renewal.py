"""The operator agrees to the fee of putting an expired or sold-out listing on sale again."""

from django.db import transaction

from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import audit, queue, work
from stickertrendz.ops.errors import NeedsPerson

from .models import Listing
from .shelf import ENDED

wake_publisher = queue.waker("publisher")


def renew(listing: Listing, *, by: str, why: str = "") -> None:
    """The wish, which the next publisher fulfils within the caps; NeedsPerson when there is nothing to renew."""
    ended = Listing.objects.filter(pk=listing.pk, status__in=ENDED, sticker__shelf=Sticker.Shelf.WANTED)
    with transaction.atomic():
        if not ended.update(renewal_asked_at=clock.now()):
            raise NeedsPerson(f"{listing} is neither expired nor sold out, or its design is not wanted on sale.")
        work.retry(listing, by=by)  # an earlier refusal may have parked it
        audit.record(by, "asked for renewal", listing, why)
    wake_publisher()
