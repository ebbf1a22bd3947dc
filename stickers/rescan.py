"""Looks for terms that came to the blocklists after a design had passed; what hits goes off sale and to a person."""

from collections.abc import Callable

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q, QuerySet

from stickertrendz import clock
from stickertrendz.ops import alerts, audit, queue
from stickertrendz.ops.errors import Beaten, LostLock
from stickertrendz.ops.runner import Running
from stickertrendz.ops.subjects import address, subject_of
from trends import blocklists
from trends.matching import Hit
from trends.models import Term

from . import blocklisted, moderate
from .blocklisted import Found, in_words
from .models import Exemption, Rescan, Sticker

BY = "blocklist_rescan"
BLOCKED, DROPPED = "blocklist: ", "withdrawn: "  # why a design waits: terms in it, or the end of a complaint
AT_ONCE = 200  # designs in one transaction; the memory of a scan does not grow with the shop
TOLD = 20  # designs named in the mail
Status, Shelf = Sticker.Status, Sticker.Shelf
wake_changes, wake_publisher, wake_rescan = (queue.waker(each) for each in ("push_changes", "publisher", BY))


def plan() -> None:
    """Opens a scan when terms came or changed since the last one; the very first looks for all of them."""
    last, newest = Rescan.objects.aggregate(last=Max("until"))["last"], blocklists.revision()
    if last is None or last < newest:
        Rescan.objects.create(after=blocklists.EVER if last is None else last, until=newest)


def ask_for_all(*, by: str) -> Rescan:
    """A scan for every term in force, which the job takes up at once."""
    with transaction.atomic():
        scan = Rescan.objects.create(after=blocklists.EVER, until=blocklists.revision(), asked_by=by)
        audit.record(by, "asked for a full re-scan", scan)
    wake_rescan()
    return scan


def scan_until_done(scan: Rescan, run: Running) -> bool:
    """Goes on behind the last design looked at; False when the time box ended first."""
    terms = blocklists.since(scan.after, scan.until)
    while stickers := _next(scan) if terms.kinds else []:
        if run.out_of_time():
            run.left += _candidates(scan).count()
            return False
        run.beat()
        _look_at(scan, stickers, terms.find, run)
    Rescan.objects.filter(pk=scan.pk).update(ended_at=clock.now())
    return True


def _candidates(scan: Rescan) -> QuerySet[Sticker]:
    """What is on sale or may come there; what was rejected or withdrawn does so only by a person's word."""
    rows: QuerySet[Sticker] = Sticker.objects.filter(pk__gt=scan.cursor)
    return rows.exclude(status=Status.REJECTED).exclude(shelf=Shelf.WITHDRAWN).order_by("pk")


def _next(scan: Rescan) -> list[Sticker]:
    return list(_candidates(scan).select_related("trend", "generation")[:AT_ONCE])


def _look_at(scan: Rescan, stickers: list[Sticker], find: Callable[[str], list[Hit]], run: Running) -> None:
    """All of one transaction: designs taken off, the mail about them, and the mark up to which we have looked."""
    exempt = blocklisted.exempted(stickers)
    hit = [(one, found) for one in stickers if (found := blocklisted.search(one, find, exempt))]
    with transaction.atomic():
        gone = [(one, found) for one, found in hit if _take_off(one, found)]
        _tell(scan, [(one, found) for one, found in gone if one.shelf == Shelf.WANTED])
        moved = {
            "cursor": stickers[-1].pk,
            "looked_at": F("looked_at") + len(stickers),
            "found": F("found") + len(gone),
        }
        if not Rescan.objects.filter(pk=scan.pk, cursor=scan.cursor).update(**moved):
            raise LostLock(f"{scan} is worked on by another process")
    scan.cursor = stickers[-1].pk
    run.count("designs_looked_at", len(stickers))
    run.count("designs_taken_off", len(gone))
    if gone:
        wake_changes()


def _take_off(sticker: Sticker, found: Found) -> bool:
    """False when somebody withdrew it meanwhile. A status that changed under our hands is looked at once more."""
    try:
        with transaction.atomic():
            return _withdraw(sticker, found)
    except Beaten:
        sticker.refresh_from_db(fields=["status", "shelf"])
        return sticker.status != Status.REJECTED and _withdraw(sticker, found)


def _withdraw(sticker: Sticker, found: Found) -> bool:
    """Approved designs wait for the owner's word; others are rejected, as the moderation would have done."""
    if sticker.status != Status.APPROVED:
        moderate.reject_for(sticker, found, by=BY)
        return True
    why = BLOCKED + in_words(found)
    words = f"{why[:1].upper()}{why[1:]}. Off sale until you exempt it or reject it."
    rows = Sticker.objects.filter(pk=sticker.pk).exclude(shelf=Shelf.WITHDRAWN)
    changed = {"shelf": Shelf.WITHDRAWN, "shelf_since": clock.now(), "shelf_why": why[:200], "needs_attention": words}
    if not rows.update(**changed):
        return False
    audit.record(BY, "withdrew design", sticker, why)
    return True


def _tell(scan: Rescan, gone: list[tuple[Sticker, Found]]) -> None:
    if not gone:
        return
    lines = [f"- {one.number} {one.title}: {in_words(found)}" for one, found in gone[:TOLD]]
    more = [f"- and {len(gone) - TOLD} more"] if len(gone) > TOLD else []
    text = "\n".join(
        [
            "These designs were on sale and hit terms of the blocklists. They are being taken off Etsy now:",
            *lines,
            *more,
            "",
            "Each stays off until you exempt it (with a reason) or reject it. All of them, with what was found:",
            f"{settings.CONSOLE_URL}{address(subject_of(scan))}",
        ]
    )
    alerts.alert(f"rescan:{scan.pk}", "P1: designs on sale hit the blocklist and are taken off", text, scan)


def waiting() -> QuerySet[Sticker]:
    """Approved designs off sale that the owner may put back: a scan took them off, or a complaint has ended."""
    rows: QuerySet[Sticker] = Sticker.objects.filter(status=Status.APPROVED, shelf=Shelf.WITHDRAWN)
    why = Q(shelf_why__startswith=BLOCKED) | Q(shelf_why__startswith=DROPPED)
    return rows.filter(why).order_by("-shelf_since", "-pk")


def await_word(sticker: Sticker, ended: str) -> None:
    """What kept an approved design off sale has ended; it goes back by the owner's word, not by itself."""
    hits = blocklisted.found(sticker)
    why = BLOCKED + in_words(hits) if hits else DROPPED + ended
    words = f"Off sale until you put it back or reject it ({why})."
    rows = Sticker.objects.filter(pk=sticker.pk, status=Status.APPROVED, shelf=Shelf.WITHDRAWN)
    rows.update(shelf_why=why[:200], needs_attention=words)


def exempt(sticker: Sticker, term: Term, *, by: str, why: str) -> bool:
    """The design may stay on sale although it hits this term; False when it may already."""
    try:
        with transaction.atomic():
            Exemption.objects.create(sticker=sticker, term=term, by=by, why=why)
            audit.record(by, "exempted design", sticker, why, term=term.text)
    except IntegrityError:
        return False
    return True


def put_back(sticker: Sticker, *, by: str, why: str) -> bool:
    """On sale again, if it waits for the owner's word and nothing is found in it now; False otherwise."""
    if blocklisted.found(sticker):
        return False
    changed = {"shelf": Shelf.WANTED, "shelf_since": clock.now(), "shelf_why": f"put back by {by}: {why}"[:200]}
    with transaction.atomic():
        if not waiting().filter(pk=sticker.pk).update(needs_attention="", **changed):
            return False
        audit.record(by, "put design back on sale", sticker, why)
    wake_publisher()
    return True


def withdraw_exemption(exemption: Exemption, *, by: str, why: str) -> bool:
    """The term counts for this design again, and at once; False when it did already."""
    ended = {"withdrawn_at": clock.now(), "withdrawn_by": by, "withdrawn_why": why}
    with transaction.atomic():
        if not Exemption.objects.filter(pk=exemption.pk, withdrawn_at=None).update(**ended):
            return False
        audit.record(by, "withdrew exemption", exemption.sticker, why, term=exemption.term.text)
        sticker = exemption.sticker
        if sticker.shelf != Shelf.WITHDRAWN and (hits := blocklisted.found(sticker)):
            _take_off(sticker, hits)
    wake_changes()
    return True
