"""Verdicts on a sticker: approve, reject, flag; the same steps for the moderation and for a person, who says why."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from stickertrendz import clock
from stickertrendz.ops import audit, queue
from stickertrendz.ops.errors import Beaten, NeedsPerson

from . import blocklisted, review_mail
from .models import Sticker

REMIND_AFTER, REJECT_AFTER = timedelta(hours=24), timedelta(hours=48)
NOT_REVIEWED = "not reviewed within 48 hours"
Status = Sticker.Status
wake_publisher, wake_changes = queue.waker("publisher"), queue.waker("push_changes")


def approve(sticker: Sticker, *, by: str, why: str = "", **columns: Any) -> None:
    """The sticker is wanted on sale from now on; one that was taken off sale for good is not put back this way."""
    if sticker.shelf == Sticker.Shelf.WITHDRAWN:
        raise NeedsPerson(
            f"{sticker.number} was withdrawn from sale ({sticker.shelf_why}); a verdict does not relist it."
        )
    if hits := blocklisted.found(sticker):  # terms that came after the texts were judged count too
        raise NeedsPerson(
            f"{sticker.number} is not approved: the blocklists find {blocklisted.in_words(hits)}. "
            "Exempt it from them on its blocklist page first, or retire a term that is wrong."
        )
    now = clock.now()
    with transaction.atomic():
        sticker.move_to(
            Status.APPROVED, reviewed_by=by, reject_reason="", shelf=Sticker.Shelf.WANTED, shelf_since=now,
            shelf_why=f"approved by {by}", **columns,
        )  # fmt: skip
        audit.record(by, "approved sticker", sticker, why)
    wake_publisher()


def reject(sticker: Sticker, *, by: str, why: str, detail: str = "", **columns: Any) -> None:
    """Never on sale; what is on sale already is withdrawn. `why` is the reason shown, `detail` goes to the audit."""
    on_shelf = sticker.shelf != Sticker.Shelf.NONE
    if on_shelf:
        columns |= {"shelf": Sticker.Shelf.WITHDRAWN, "shelf_since": clock.now(), "shelf_why": why[:200]}
    with transaction.atomic():
        sticker.move_to(Status.REJECTED, reviewed_by=by, reject_reason=why[:200], **columns)
        audit.record(by, "rejected sticker", sticker, f"{why}: {detail}" if detail else why)
    if on_shelf:  # what is being put on sale is called off, what is on sale is taken down
        wake_publisher()
        wake_changes()


def take_back(sticker: Sticker, *, by: str, **columns: Any) -> None:
    """A verdict given by mistake: back to review, where its two days begin anew. Only before it was ever on sale."""
    if sticker.published_at:
        since = f"{sticker.published_at:%-d %B, %H:%M} UTC"
        raise NeedsPerson(
            f"{sticker.number} has been on sale since {since}: it is too late to undo. "
            "To take it off sale, reject it on its page."
        )
    if sticker.shelf == Sticker.Shelf.WITHDRAWN:
        raise NeedsPerson(f"{sticker.number} was withdrawn from sale ({sticker.shelf_why}); it stays rejected.")
    was, same = sticker.status, Sticker.objects.filter(pk=sticker.pk, status_since=sticker.status_since)
    with transaction.atomic():
        if not same.filter(published_at=None, reviewed_by=by).update(published_at=None):  # locks it: not on sale yet
            raise Beaten(f"{sticker.number} is not as you left it any more: look at its page.")
        if was == Status.APPROVED:  # what is wanted on sale never goes straight to review
            sticker.move_to(Status.REJECTED, shelf=Sticker.Shelf.NONE, shelf_since=clock.now(), shelf_why="")
        sticker.move_to(Status.FLAGGED, reminded_at=None, reject_reason="", reviewed_by="", **columns)
        audit.record(by, "took back verdict", sticker, f"it was {was}")
    if was == Status.APPROVED:  # a draft that was begun is called off
        wake_publisher()


def flag(sticker: Sticker, *, by: str, why: str, **columns: Any) -> None:
    """A person decides; the two days for it begin now. A rejected design comes back to review this way."""
    if sticker.shelf == Sticker.Shelf.WITHDRAWN:
        raise NeedsPerson(f"{sticker.number} was withdrawn from sale ({sticker.shelf_why}); it stays rejected.")
    with transaction.atomic():
        sticker.move_to(Status.FLAGGED, reminded_at=None, reject_reason="", reviewed_by="", **columns)
        audit.record(by, "flagged sticker", sticker, why)
        review_mail.flagged(sticker, why)


def remind(sticker: Sticker) -> None:
    """A day has passed without a verdict. Beaten when there is one meanwhile, or it was told already."""
    same = Sticker.objects.filter(pk=sticker.pk, status=Status.FLAGGED, status_since=sticker.status_since)
    with transaction.atomic():
        if not same.filter(reminded_at=None).update(reminded_at=clock.now()):
            raise Beaten(f"{sticker.number} does not wait for a reminder any more.")
        review_mail.reminder(sticker, rejected_at=sticker.status_since + REJECT_AFTER)


def expire(sticker: Sticker) -> None:
    """Two days have passed without a verdict: no. Beaten when there is one meanwhile."""
    with transaction.atomic():
        reject(sticker, by="review_deadlines", why=NOT_REVIEWED)
        review_mail.expired(sticker, NOT_REVIEWED)
