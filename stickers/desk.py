"""The review desk: in which order designs are judged, who has which one in hand, and whose word was the last."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from stickertrendz import clock
from stickertrendz.ops import work
from stickertrendz.ops.errors import Beaten

from .models import Sticker

HOLD = timedelta(minutes=5)
LATELY = timedelta(hours=24)
Status = Sticker.Status


def waiting() -> QuerySet[Sticker]:
    """Designs that a person decides on, the one nearest to its deadline first; parked ones too."""
    rows: QuerySet[Sticker] = Sticker.objects.filter(status=Status.FLAGGED)
    return rows.order_by("status_since", "pk")


def free() -> QuerySet[Sticker]:
    """Those of them that nobody has in hand."""
    return waiting().filter(Q(claimed_until=None) | Q(claimed_until__lte=clock.now()))


def upcoming(skipped: Sequence[int], but: int = 0) -> Sticker | None:
    """The free design nearest to its deadline; skipped ones only after all others, in the order of skipping."""
    rows = free().exclude(pk=but)
    if fresh := rows.exclude(pk__in=skipped).first():
        return fresh
    left = set(rows.filter(pk__in=skipped).values_list("pk", flat=True))
    first = next((key for key in skipped if key in left), None)
    return rows.filter(pk=first).first() if first else None


def take(skipped: Sequence[int] = ()) -> Sticker | None:
    """The next design, in nobody else's hand for five minutes from now; None when no free one is left."""
    while sticker := upcoming(skipped):
        if work.claim(sticker, HOLD):
            return sticker
    return None


def in_hand(key: int, until: datetime | None) -> Sticker | None:
    """The design, when it is still held by whoever was given it until then."""
    if until is None or until <= clock.now():
        return None
    return waiting().filter(pk=key, claimed_until=until).first()


def pick_up(key: int, until: datetime | None = None) -> Sticker:
    """The design in hand for five minutes more: still, or again when nobody took it since.

    until: how long it was held so far. Beaten tells why it cannot be: it is decided, or in somebody else's hand.
    """
    sticker = Sticker.objects.select_related("trend", "generation").filter(pk=key).first()
    if sticker is None:
        raise Beaten("There is no such design.")
    if sticker.status != Status.FLAGGED:
        raise Beaten(f"{sticker.number} was decided meanwhile: {_verdict(sticker)}.")
    later = clock.now() + HOLD
    if until and waiting().filter(pk=key, claimed_until=until).update(claimed_until=later):
        sticker.claimed_until = later
    elif not work.claim(sticker, HOLD):
        raise Beaten(f"Somebody else has {sticker.number} in hand now.")
    return sticker


def let_go(key: int, until: datetime | None) -> None:
    """Back to the others; nothing happens when it is not held any more. Having been looked at is no attempt."""
    if until:
        waiting().filter(pk=key, claimed_until=until).update(claimed_until=None, attempts=0)


def last_decided(by: str) -> Sticker | None:
    """The design on which this person decided last, within a day."""
    mine = Sticker.objects.filter(reviewed_by=by, status__in=[Status.APPROVED, Status.REJECTED])
    found: Sticker | None = (
        mine.filter(status_since__gt=clock.now() - LATELY).select_related("trend").order_by("-status_since", "-pk")
    ).first()
    return found


def _verdict(sticker: Sticker) -> str:
    words = f"{sticker.get_status_display().lower()} by {sticker.reviewed_by or 'a job'}"
    return f"{words} ({sticker.reject_reason})" if sticker.reject_reason else words
