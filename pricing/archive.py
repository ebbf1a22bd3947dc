"""Takes the quietest designs off the shelf, and only where the figures really say that they are quiet."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import audit, queue

from . import slots
from .book import Book
from .slots import Slot

ROOMY = 280
ENGINE = "pricing_engine"
wake_push_changes = queue.waker("push_changes")


@dataclass(frozen=True)
class Leaving:
    sticker_id: int
    title: str
    why: str


def leaving(book: Book) -> list[Leaving]:
    return leaving_of(slots.ranking(book), book)


def leaving_of(ranked: list[Slot], book: Book) -> list[Leaving]:
    """Without sale and new view for 14 days; and above 280 on sale, the weakest until 280 are left."""
    without = set(slots.ended(book.now).values_list("pk", flat=True))  # designs that take no slot, now or soon
    quiet = [slot for slot in ranked if slot.may_leave and slot.is_quiet]
    without.update(slot.sticker_id for slot in quiet)
    rest = [slot for slot in ranked if slot.may_leave and slot.sticker_id not in without]
    too_many = max(0, len(ranked) - len(without) - ROOMY)
    return [_leaves(slot, "no sale and no new view for 14 days") for slot in quiet] + [
        _leaves(slot, f"weakest of too many: ${slot.per_day:.3f} a day") for slot in rest[:too_many]
    ]


def _leaves(slot: Slot, why: str) -> Leaving:
    return Leaving(slot.sticker_id, slot.title, why)


def take_off(one: Leaving, now: datetime) -> bool:
    """False when somebody else decided about its shelf meanwhile."""
    return _archive(one.sticker_id, now, by=ENGINE, why=one.why)


def archive(sticker: Sticker, *, by: str, why: str) -> bool:
    """A person takes it off sale; it may be relisted. False when it is not on the shelf any more."""
    done = _archive(sticker.pk, clock.now(), by=by, why=why)
    if done:
        wake_push_changes()
    return done


def _archive(sticker_id: int, now: datetime, *, by: str, why: str) -> bool:
    wanted = Sticker.objects.filter(pk=sticker_id, shelf=Sticker.Shelf.WANTED)
    with transaction.atomic():
        done = wanted.update(shelf=Sticker.Shelf.ARCHIVED, shelf_since=now, shelf_why=why[:200])
        if done:
            audit.record(by, "archived design", Sticker(pk=sticker_id), why)
    return bool(done)
