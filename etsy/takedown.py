"""Takes a listing down because somebody complained, and keeps to the verdict; 24 hours run from the notice."""

import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import Q, QuerySet

from stickers import rescan, review
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import alerts, audit, queue
from stickertrendz.ops.errors import Beaten, Halt, NeedsPerson, NotYet, OutsideError, Refused
from trends import blocklists
from trends.models import Term
from trends.shut import reopen, shut

from . import recall
from .make_so import make_so
from .models import Listing, TakedownNotice

logger = logging.getLogger(__name__)
Status = TakedownNotice.Status
TRY_AGAIN = timedelta(minutes=5)
COMPLAINT = "complaint by "
MOST_LOOK_ALIKES = 60
CLOSED = (Listing.Status.DELETED, Listing.Status.WITHDRAWN)
wake_changes = queue.waker("push_changes")


def receive(
    listing: Listing, *, received_at: datetime, complainant: str, claim: str, by: str, also: Iterable[Listing] = ()
) -> TakedownNotice:
    """Writes the notice down and asks for the job that delists; repeating it changes nothing.

    Each look-alike in `also` gets a row of its own: the same clock, and a verdict of its own.
    """
    told: dict[str, Any] = {"received_at": received_at, "complainant": complainant}
    with transaction.atomic():
        notice = _record(listing, None, claim, by, **told)
        for one in also:
            _record(one, notice, claim, by, **told)
    wake_changes()
    return notice


def _record(listing: Listing, of: TakedownNotice | None, claim: str, by: str, **told: Any) -> TakedownNotice:
    fresh = {"claim": claim, "status": Status.RECEIVED, "look_alike_of": of, "asked_by": by}
    row, made = TakedownNotice.objects.get_or_create(listing=listing, **told, defaults=fresh)
    notice: TakedownNotice = row
    if made:
        audit.record(by, "recorded complaint", notice, f"look-alike of {of.listing}" if of else "")
        _keep_off(notice)
    return notice


def look_alikes(listing: Listing) -> QuerySet[Listing]:
    """Listings of the same topic or drawn from the same prompt, unless they are off for cause already."""
    sticker = listing.sticker
    same_topic = Q(sticker__trend__topic_normalized=sticker.trend.topic_normalized)
    same_prompt = Q(sticker__generation__prompt=sticker.generation.prompt)
    rows: QuerySet[Listing] = Listing.objects.filter(same_topic | same_prompt).exclude(status__in=CLOSED)
    others = rows.exclude(sticker=sticker).exclude(sticker__shelf=Sticker.Shelf.WITHDRAWN)
    return others.select_related("sticker__trend").order_by("-pk")[:MOST_LOOK_ALIKES]


def withdraw(listing: Listing, *, by: str, why: str) -> None:
    """The wish that this design is off sale for cause, and the job that makes it so."""
    with transaction.atomic():
        changed = {"shelf": Sticker.Shelf.WITHDRAWN, "shelf_since": clock.now(), "shelf_why": why[:200]}
        Sticker.objects.filter(pk=listing.sticker_id).update(**changed)
        audit.record(by, "withdrew design", listing, why)
    wake_changes()


def _keep_off(notice: TakedownNotice) -> None:
    """The design is withdrawn and its topic shut, or its next burst would be drawn and sold again."""
    sticker, why = Sticker.objects.select_related("trend").get(listings=notice.listing_id), _reason(notice)
    if sticker.shelf != Sticker.Shelf.WITHDRAWN or not sticker.shelf_why.startswith(COMPLAINT):
        beside = recall.behind(sticker)
        words = why[: 200 - len(beside)] + beside
        withdraw(notice.listing, by="takedown", why=words)  # it counts for more than a term that was found
    if not sticker.trend.is_shut:
        shut(sticker.trend, by="takedown", why=why)


def delist(notice: TakedownNotice) -> None:
    """Off sale at once; a failure of whatever kind is told and tried again until it is done, never parked."""
    _keep_off(notice)
    try:
        if notice.listing.etsy_id:
            make_so(notice.listing)
    except (NotYet, Beaten, Halt, OperationalError):
        raise
    except Exception as error:
        foreseen = isinstance(error, OutsideError | Refused | NeedsPerson)
        logger.warning("%s is not done yet: %s", notice, error, exc_info=not foreseen, extra={"step": "takedown"})
        _tell_failure(notice, str(error) if foreseen else "something we did not foresee went wrong; see the error list")
        raise NotYet(clock.now() + TRY_AGAIN, str(error)) from error
    with transaction.atomic():
        notice.move_to(Status.DOWN, delisted_at=clock.now())
        audit.record("takedown", "delisted", notice)


def _tell_failure(notice: TakedownNotice, error: str) -> None:
    """Told once a day, once more when it becomes urgent and once more when the time is over."""
    late = notice.left <= timedelta(0)
    how = "over" if late else "urgent" if notice.is_urgent else "failed"
    title = {
        "over": "P1: a takedown is overdue",
        "urgent": "P1: a takedown still fails, and less than six hours are left",
        "failed": "A takedown failed so far",
    }[how]
    by = f"The 24 hours {'ended' if late else 'end'} at {notice.due_at:%Y-%m-%d %H:%M} UTC."
    words = f"{notice.listing} is still on sale: {error}. It is tried again every five minutes. {by}"
    if how != "failed":
        words += " Deactivate it by hand in Etsy's shop manager."
    alerts.alert(f"takedown:{notice.pk}:{how}", title, words, notice)


def uphold(notice: TakedownNotice, *, by: str, why: str, text: str, kind: str, match: str, section: str = "") -> Term:
    """The claim is valid: the listing is deleted, the design rejected for good, the term blocks from now on.

    Raises Beaten or IllegalMove when there is another verdict already, ValueError when the text cannot be a term.
    """
    sticker = Sticker.objects.get(listings=notice.listing_id)
    with transaction.atomic():
        notice.move_to(Status.VALID, judged_by=by)
        audit.record(by, "complaint found valid", notice, why, term=text)
        if sticker.status != Sticker.Status.REJECTED:
            review.reject(sticker, by=by, why=_reason(notice))
        term = blocklists.add(text, kind, by=by, why=why, match=match, section=section)
    wake_changes()
    return term


def question(notice: TakedownNotice, *, by: str, why: str) -> None:
    """The claim is doubtful: the listing stays down until advice is recorded."""
    with transaction.atomic():
        notice.move_to(Status.QUESTIONABLE, judged_by=by)
        audit.record(by, "complaint found questionable", notice, why)


def record_advice(notice: TakedownNotice, *, text: str, on: date, by: str) -> None:
    """What a lawyer or Etsy said, received on that day: it opens the relist lock. Beaten when not questionable."""
    doubtful = TakedownNotice.objects.filter(pk=notice.pk, status=Status.QUESTIONABLE)
    with transaction.atomic():
        if not doubtful.update(advice=text, advised_on=on):
            raise Beaten(f"{notice} is not questionable any more, so no advice is needed.")
        audit.record(by, "recorded advice", notice, text[:300], received=str(on))
    notice.advice, notice.advised_on = text, on


def clear(notice: TakedownNotice, *, by: str, why: str) -> bool:
    """On sale again because of the advice; False when a term, a recall or another complaint keeps it off.

    Raises NeedsPerson while no advice is recorded.
    """
    if not notice.advice:
        raise NeedsPerson("It is not relisted without advice: record what you were told, and when, first.")
    _end(notice, Status.CLEARED, "cleared on advice", by, why)
    sticker = Sticker.objects.get(listings=notice.listing_id)
    return rescan.put_back(sticker, by=by, why=why)


def drop(notice: TakedownNotice, *, by: str, why: str) -> None:
    """The complainant gave in. The design stays off sale until the owner puts it back."""
    _end(notice, Status.WITHDRAWN, "complaint withdrawn", by, why)


def _end(notice: TakedownNotice, status: str, action: str, by: str, why: str) -> None:
    """The topic is open again, unless another complaint or a person shut it; the design waits for the
    owner's word, or is its recall's again.
    """
    sticker = Sticker.objects.select_related("trend", "generation").get(listings=notice.listing_id)
    with transaction.atomic():
        notice.move_to(status, judged_by=by)
        audit.record(by, action, notice, why)
        others = complaints().filter(listing__sticker__trend=sticker.trend)
        if sticker.trend.shut_why.startswith(COMPLAINT) and not others:
            reopen(sticker.trend, by=by, why=why)
        if not complaints().filter(listing__sticker=sticker) and not recall.resume(sticker):
            rescan.await_word(sticker, _reason(notice))


def _reason(notice: TakedownNotice) -> str:
    return f"{COMPLAINT}{notice.complainant}"[:200]


def complaints() -> QuerySet[TakedownNotice]:
    """Those that keep a design off sale: all but the withdrawn ones and those that advice has cleared."""
    rows: QuerySet[TakedownNotice] = TakedownNotice.objects.exclude(status__in=[Status.WITHDRAWN, Status.CLEARED])
    return rows
