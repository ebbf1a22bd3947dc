"""Reads views and favourites of what is on sale, a hundred by one call, and notices what changed there meanwhile."""

import logging
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db.models import Count, Q

from pricing.models import StickerDay
from stickertrendz import clock
from stickertrendz.ops import alerts
from stickertrendz.ops.runner import Running

from . import stock, words
from .adapters import listings
from .adapters.listings import BATCH, ShopListing
from .adapters.transport import Priority
from .limits import reading, stops_on_429
from .make_so import make_so
from .models import Listing
from .shelf import OFF_SALE

logger = logging.getLogger(__name__)
Status = Listing.Status
CLOSED = (Status.DELETED, Status.WITHDRAWN)
ORPHANED_AFTER = timedelta(hours=2)


def sync_stats(run: Running) -> None:
    """One row per design and day; a listing whose state or stock is not as it should be is looked at closely."""
    on_etsy = Listing.objects.filter(status=Status.ACTIVE).exclude(etsy_id=None).order_by("pk")
    rows = list(on_etsy.annotate(sizes=Count("sticker__sizes")))
    odd: list[int] = []
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        ids = [row.etsy_id for row in batch if row.etsy_id]
        seen = reading(run, "stats", partial(listings.get_many, ids, priority=Priority.STATS))
        if seen is None:
            return
        on_sale = [
            (row, found) for row in batch if (found := seen.get(row.etsy_id or 0)) and found.state == Status.ACTIVE
        ]
        well = {row.pk for row, found in on_sale if not _runs_low(row, found)}
        odd += [row.pk for row in batch if row.pk not in well]
        keep([(row.sticker_id, found) for row, found in on_sale], clock.today())
        run.count("stats_read", len(on_sale))
        run.beat()
    run.each(Listing.objects.due(Status.ACTIVE).filter(pk__in=odd), stops_on_429(make_so))
    reading(run, "listings off sale", partial(_look_at_off_sale, run))
    reading(run, "drafts", tell_orphans)


def _look_at_off_sale(run: Running) -> None:
    """Somebody may have put them on sale again or deleted them; what a complaint took down must not come back."""
    rows = list(Listing.objects.filter(status__in=OFF_SALE).exclude(etsy_id=None).order_by("pk"))
    odd: list[int] = []
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        seen = listings.get_many([row.etsy_id for row in batch if row.etsy_id], priority=Priority.STATS)
        states = {key: found.state for key, found in seen.items()}
        odd += [row.pk for row in batch if states.get(row.etsy_id or 0) != row.status]
        run.beat()
    run.each(Listing.objects.due(*OFF_SALE).filter(pk__in=odd), stops_on_429(make_so))


def _runs_low(row: Any, found: ShopListing) -> bool:
    """The listing tells only the sum of its sizes: worth a closer look when one of them may be low."""
    return bool(found.quantity < stock.REFILL_BELOW + stock.QUANTITY * max(row.sizes - 1, 0))


def keep(seen: Sequence[tuple[int, ShopListing]], day: date) -> None:
    """Running totals by design as seen, in three queries however many there are.

    Views that fall to zero were not told, which is not the same as zero; what was not told leaves the day's row as is.
    """
    stickers = [sticker for sticker, _ in seen]
    viewed = set(StickerDay.objects.filter(sticker__in=stickers, views__gt=0).values_list("sticker", flat=True))
    today = StickerDay.objects.filter(sticker__in=stickers, day=day).values_list("sticker", "views", "favourites")
    known = {sticker: totals for sticker, *totals in today}
    rows = []
    for sticker, found in seen:
        told = None if found.views == 0 and sticker in viewed else found.views
        views, favourites = known.get(sticker, (None, None))
        totals = (views if told is None else told, favourites if found.favourites is None else found.favourites)
        rows.append(StickerDay(sticker_id=sticker, day=day, views=totals[0], favourites=totals[1]))
    unique, told_columns = ["sticker", "day"], ["views", "favourites"]
    StickerDay.objects.bulk_create(rows, update_conflicts=True, unique_fields=unique, update_fields=told_columns)


def tell_orphans() -> None:
    """Drafts that carry our mark but belong to no row of ours, or to one closed long ago: told, never touched."""
    closed = Q(status__in=CLOSED, status_since__lt=clock.now() - ORPHANED_AFTER)
    ours = set(Listing.objects.exclude(etsy_id=None).exclude(closed).values_list("etsy_id", flat=True))
    for one in listings.in_state(Status.DRAFT, priority=Priority.STATS):
        number = words.number_in(one.description)
        if number and one.listing_id not in ours and _is_settled(one):
            text = f"Draft {one.listing_id} on Etsy carries {number} but no listing here is its own. Delete it there."
            alerts.alert(f"orphan:{one.listing_id}", "A draft on Etsy belongs to nobody", text)


def _is_settled(one: ShopListing) -> bool:
    """Old enough that no publisher is still looking for it."""
    return one.created_at is not None and one.created_at < clock.now() - ORPHANED_AFTER
