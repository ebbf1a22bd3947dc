"""Compares Etsy with our books, keeps every difference, and mends those that a person asked to have mended."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.db import transaction

from fulfillment.models import Shipment
from stickertrendz.ops import alerts, audit, queue, work
from stickertrendz.ops.errors import OutsideError, Refused
from stickertrendz.ops.runner import Running

from . import compare_listings, compare_orders, words
from .adapters import listings
from .adapters import receipts as etsy_receipts
from .compare_listings import SECTION
from .limits import reading
from .make_so import make_so
from .models import Difference, Listing
from .receipts import take
from .tracking import tell

Mend = Difference.Mend
DAYS = 30
wake = queue.waker("reconcile")


def reconcile(run: Running) -> None:
    """Mends what was asked for, then compares anew; differences that are left are told by mail.

    A wish is used up by trying: one that breaks the run must not break each run after it, nor be done twice.
    """
    for row in Difference.objects.exclude(asked_by=""):
        Difference.objects.filter(pk=row.pk).update(asked_by="")
        why = mend(row)
        run.count("mended", int(not why))
        if why:
            run.note(f"{row}: {why}")
        run.beat()
    found = reading(run, "differences", partial(look, DAYS))
    if found is None:
        return
    number = sum(one.counts for one in found)
    run.count("differences", number)
    if number:
        text = f"{number} things are otherwise on Etsy than here. The page Differences shows each with its mend."
        alerts.alert("reconcile", f"{number} differences between Etsy and here", text)


def look(days: int = DAYS) -> list[Difference]:
    """Reads both sides and replaces the last comparison: listings of all states, receipts of so many days.

    What a person asked for while we read is still asked for afterwards.
    """
    found = [*compare_listings.compare(), *compare_orders.compare(days)]
    with transaction.atomic():
        asked = {(one.kind, one.key): one.asked_by for one in Difference.objects.exclude(asked_by="")}
        for one in found:
            one.asked_by = asked.get((one.kind, one.key), "") if one.mend else ""
        Difference.objects.all().delete()
        Difference.objects.bulk_create(found)
    return found


def ask(rows: Iterable[Difference], *, by: str) -> int:
    """A person agrees to these mends; the job does them at once and compares again."""
    asked = [row.pk for row in rows if row.mend]
    Difference.objects.filter(pk__in=asked).update(asked_by=by)
    wake()
    return len(asked)


def mend(row: Difference) -> str:
    """Does the mend that is offered, by the step that jobs use too. Nothing, or why it could not be done."""
    steps: dict[str, Callable[[Difference], str]] = {
        Mend.FOLLOW: _follow, Mend.SEND: _send, Mend.DELETE: _delete, Mend.TAKE: _take, Mend.TELL: _tell,
    }  # fmt: skip
    step = steps.get(row.mend)
    if step is None:
        return "there is no mend for it"
    try:
        why = step(row)
    except (OutsideError, Refused) as error:
        why = str(error)
    if not why:
        audit.record(
            row.asked_by or "reconcile", f"mended {row.kind}", None, about=row.about, how=row.get_mend_display()
        )
    return why


def _attempt(item: work.WorkItem, step: Callable[..., object]) -> str:
    result = work.attempt(item, step)
    return "" if result.outcome is work.Outcome.DONE else f"{result.outcome}: {result.error or 'a job has it'}"


def _follow(row: Difference) -> str:
    return _attempt(Listing.objects.get(pk=row.key), make_so)


def _send(row: Difference) -> str:
    """What others wrote over ours is left to them until a person says otherwise: of the words or of the section."""
    forgotten: dict[str, Any] = {"section_asked": None} if row.kind == SECTION else {"copy_asked": ""}
    Listing.objects.filter(pk=row.key).update(**forgotten)
    return _follow(row)


def _delete(row: Difference) -> str:
    """Only a draft that carries our mark and still belongs to no row."""
    found = listings.get(row.key)
    if found is None:
        return ""
    if found.state != "draft" or not words.number_in(found.description):
        return "it is no draft of ours any more"
    if Listing.objects.filter(etsy_id=row.key).exists():
        return "a listing here has adopted it"
    listings.delete(row.key, subject="")
    return ""


def _take(row: Difference) -> str:
    found = etsy_receipts.get(row.key, subject="")
    if found is None:
        return "Etsy does not know this receipt"
    take(found)
    return ""


def _tell(row: Difference) -> str:
    parcel = Shipment.objects.get(pk=row.key)
    return _attempt(parcel, tell)
