"""What a person decides about a draft that was sent more than once, never answered and never found."""

from django.db import transaction

from stickertrendz.ops import audit, queue, work
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.models import Intent

from .models import Listing
from .publish import DRAFT, draft_key

wake_publisher = queue.waker("publisher")


def send_again(listing: Listing, *, by: str, why: str) -> None:
    """It is not on Etsy: it is sent once more, and looked for as before when the answer is lost again."""
    _decide(listing, by, "had a lost draft sent again", why, state=Intent.State.PLANNED, absent_at=None, result={})


def point_out(listing: Listing, etsy_id: int, *, by: str, why: str) -> None:
    """It is on Etsy under this number: taken for ours when its last line names the design and no other row has it."""
    _decide(listing, by, "pointed out a lost draft", why, result={"told": etsy_id})


def _decide(listing: Listing, by: str, what: str, why: str, **columns: object) -> None:
    lost = Intent.objects.filter(kind=DRAFT, key=draft_key(listing), state=Intent.State.SENT, absent_at__isnull=False)
    with transaction.atomic():
        parked = listing.status == Listing.Status.PLANNED and work.retry(listing, by=by)
        if not parked or not lost.update(claimed_until=None, **columns):
            raise NeedsPerson(f"{listing} does not wait for a word about its draft.")
        audit.record(by, what, listing, why)
    wake_publisher()
