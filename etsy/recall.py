"""Takes a whole batch of designs off sale by one decision, and puts back those that a person finds good."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum

from fulfillment.models import OrderItem
from stickers import rescan
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import audit, queue
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.models import Call

from .models import Listing, Recall
from .shelf import ACTIVATE, RENEW

Kind, Shelf = Recall.Kind, Sticker.Shelf
wake_changes = queue.waker("push_changes")
IN_WHY = re.compile(r"^recall (\d+): |; recall (\d+)$")  # alone, or behind a complaint


@dataclass(frozen=True)
class Batch:
    """Which designs: those of the span from `since` up to `until`, or of the run, version or trend in `value`."""

    kind: str
    value: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Extent:
    """What a recall would do. `units` are pieces sold and not refunded, `undecided` those that nobody approved yet."""

    designs: int
    on_sale: int
    units: int
    undecided: int
    off_already: int


def designs(batch: Batch) -> QuerySet[Sticker]:
    """All designs of the batch, whatever became of them."""
    rows: QuerySet[Sticker] = Sticker.objects.filter(_within(batch))
    return rows


def _within(batch: Batch) -> Q:
    match batch.kind:
        case Kind.CREATED:
            return Q(created_at__gte=batch.since, created_at__lt=batch.until)
        case Kind.PUBLISHED:
            return Q(published_at__gte=batch.since, published_at__lt=batch.until)
        case Kind.RUN:
            return _of_run(int(batch.value))
        case Kind.PROMPT:
            drawn = Q(generation__prompt_version=batch.value) | Q(generation__concept_version=batch.value)
            return drawn | Q(copy_version=batch.value)
        case Kind.MODEL:
            return Q(generation__model_version=batch.value)
        case _:
            return Q(trend=int(batch.value))


def _of_run(run: int) -> Q:
    """Those the run drew, judged or put on sale: what its calls were about, but for prices and the like."""
    calls = Call.objects.filter(run=run).order_by()
    drawn, judged = _about(calls, "stickers.generation"), _about(calls, "stickers.sticker")
    put_on_sale = _about(calls.filter(operation__in=[ACTIVATE, RENEW]), "etsy.listing")
    return Q(generation__in=drawn) | Q(pk__in=judged) | Q(listings__in=put_on_sale)


def _about(calls: QuerySet[Call], label: str) -> set[int]:
    subjects = calls.filter(subject__startswith=f"{label}:").values_list("subject", flat=True)
    return {int(subject.rpartition(":")[2]) for subject in subjects}


def recallable(batch: Batch) -> QuerySet[Sticker]:
    """On sale, or approved and able to come there; what is off for another cause keeps that cause."""
    approved = designs(batch).filter(status=Sticker.Status.APPROVED)
    return approved.exclude(shelf=Shelf.WITHDRAWN).order_by("-pk").distinct()


def extent(batch: Batch) -> Extent:
    """Two queries, however large the batch."""
    off = Q(status=Sticker.Status.REJECTED) | Q(shelf=Shelf.WITHDRAWN)
    undecided = Q(status__in=[Sticker.Status.PENDING, Sticker.Status.FLAGGED]) & ~off
    ours = Q(status=Sticker.Status.APPROVED) & ~Q(shelf=Shelf.WITHDRAWN)
    counted = designs(batch).aggregate(
        designs=Count("pk", filter=ours, distinct=True),
        on_sale=Count("pk", filter=ours & Q(shelf=Shelf.WANTED), distinct=True),
        undecided=Count("pk", filter=undecided, distinct=True),
        off_already=Count("pk", filter=off, distinct=True),
    )
    sold = OrderItem.objects.filter(sticker__in=recallable(batch).order_by().values("pk"), refunded=False)
    return Extent(units=sold.aggregate(units=Sum("quantity"))["units"] or 0, **counted)


def recall(batch: Batch, *, by: str, why: str) -> Recall:
    """Off sale here by one statement, and the job that makes Etsy follow; NeedsPerson when nothing is left to recall.

    Killed in between nothing happened, or everything but the calls to Etsy, which the job makes until they are done.
    """
    with transaction.atomic():
        made = Recall.objects.create(
            kind=batch.kind, value=batch.value, since=batch.since, until=batch.until, why=why, by=by, designs=0
        )
        off = {"shelf": Shelf.WITHDRAWN, "shelf_since": clock.now(), "shelf_why": made.mark + why}
        made.designs = Sticker.objects.filter(pk__in=recallable(batch).order_by().values("pk")).update(**off)
        if not made.designs:
            raise NeedsPerson("Nothing of this batch is on sale or could come there: nothing was recalled.")
        made.save(update_fields=["designs"])
        audit.record(by, "recalled designs", made, why, designs=made.designs)
    wake_changes()
    return made


def kept_off(made: Recall) -> QuerySet[Sticker]:
    """Designs that this recall still keeps off sale."""
    approved = Sticker.objects.filter(status=Sticker.Status.APPROVED, shelf=Shelf.WITHDRAWN)
    rows: QuerySet[Sticker] = approved.filter(shelf_why__startswith=made.mark).order_by("-pk")
    return rows


def still_on_etsy(made: Recall) -> QuerySet[Listing]:
    """Listings that the job has not taken off yet."""
    rows: QuerySet[Listing] = Listing.objects.filter(
        status=Listing.Status.ACTIVE, sticker__shelf=Shelf.WITHDRAWN, sticker__shelf_why__startswith=made.mark
    )
    return rows


def behind(sticker: Sticker) -> str:
    """What a complaint adds to its words, so that the recall that keeps the design off is known afterwards."""
    found = IN_WHY.search(sticker.shelf_why) if sticker.shelf == Shelf.WITHDRAWN else None
    return f"; recall {found[1] or found[2]}" if found else ""


def resume(sticker: Sticker) -> bool:
    """The recall alone keeps the design off again; False when none did before the complaint."""
    made = Recall.objects.filter(pk=behind(sticker).rpartition(" ")[2] or 0).first()
    if made is None:
        return False
    rows = Sticker.objects.filter(pk=sticker.pk, status=Sticker.Status.APPROVED, shelf=Shelf.WITHDRAWN)
    return bool(rows.update(shelf_why=made.mark + made.why))


def put_back(made: Recall, sticker: Sticker, *, by: str, why: str) -> bool:
    """A design found good is on sale again.

    False when this recall does not keep it off any more, or a term is found in it: then it waits under Re-scans.
    """
    with transaction.atomic():
        if not kept_off(made).filter(pk=sticker.pk).exists():
            return False
        rescan.await_word(sticker, str(made))
    return rescan.put_back(sticker, by=by, why=why)
