"""Verdicts on a sticker: approve, reject, flag; the same steps for the moderation and for a person, who says why."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string

from stickertrendz import clock
from stickertrendz.ops import alerts, audit, queue
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.subjects import address, subject_of

from . import blocklisted
from .models import Size, Sticker

REMIND_AFTER, REJECT_AFTER = timedelta(hours=24), timedelta(hours=48)
NOT_REVIEWED = "not reviewed within 48 hours"
Status = Sticker.Status
wake_publisher = queue.waker("publisher")


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
    if on_shelf:
        wake_publisher()


def flag(sticker: Sticker, *, by: str, why: str, **columns: Any) -> None:
    """A person decides; the mail shows the picture, where the topic came from, and the scores."""
    with transaction.atomic():
        sticker.move_to(Status.FLAGGED, reminded_at=None, **columns)
        audit.record(by, "flagged sticker", sticker, why)
        _tell(sticker, "flagged", f"Please review: {sticker}", why)


def remind(sticker: Sticker) -> None:
    """A day has passed without a verdict."""
    with transaction.atomic():
        Sticker.objects.filter(pk=sticker.pk).update(reminded_at=clock.now())
        _tell(
            sticker,
            "reminder",
            f"Still waiting for review: {sticker}",
            "Without a verdict it is rejected 48 hours after it was flagged.",
        )


def expire(sticker: Sticker) -> None:
    """Two days have passed without a verdict: no."""
    with transaction.atomic():
        reject(sticker, by="review_deadlines", why=NOT_REVIEWED)
        _tell(
            sticker,
            "expired",
            f"Rejected: {sticker}",
            f"It was {NOT_REVIEWED}. It can still be approved from its page.",
        )


def _tell(sticker: Sticker, kind: str, title: str, why: str) -> None:
    scores = sorted(sticker.moderation_categories.items(), key=lambda pair: -pair[1])
    facts = {
        "sticker": sticker, "why": why, "scores": scores, "sources": ", ".join(sticker.trend.sources),
        "evidence": sticker.trend.signals.order_by("-score")[:3],
        "page": f"{settings.CONSOLE_URL}{address(subject_of(sticker))}",
        "trend_page": f"{settings.CONSOLE_URL}{address(subject_of(sticker.trend))}",
    }  # fmt: skip
    pictures = list(sticker.sizes.filter(size=Size.Inches.SMALL).values_list("print_key", flat=True))
    alerts.alert(
        f"{kind}:{subject_of(sticker)}", title, render_to_string("mail/review.txt", facts), sticker,
        html=render_to_string("mail/review.html", facts), pictures=pictures,
    )  # fmt: skip
