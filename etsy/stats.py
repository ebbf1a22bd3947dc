"""Reads views and favourites of what is on sale, a hundred by one call, and notices what changed there meanwhile."""

import logging
from datetime import date
from functools import partial

from pricing.models import StickerDay
from stickertrendz import clock
from stickertrendz.ops.runner import Running

from . import stock
from .adapters import listings
from .adapters.listings import BATCH, ShopListing
from .adapters.transport import Priority
from .limits import reading, stops_on_429
from .make_so import make_so
from .models import Listing

logger = logging.getLogger(__name__)
Status = Listing.Status


def sync_stats(run: Running) -> None:
    """One row per design and day; a listing whose state or stock is not as it should be is looked at closely."""
    rows = list(Listing.objects.filter(status=Status.ACTIVE).exclude(etsy_id=None).order_by("pk"))
    odd: list[int] = []
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        ids = [row.etsy_id for row in batch if row.etsy_id]
        seen = reading(run, "stats", partial(listings.get_many, ids, priority=Priority.STATS))
        if seen is None:
            return
        for row in batch:
            found = seen.get(row.etsy_id or 0)
            if found is None or found.state != Status.ACTIVE or _runs_low(row, found):
                odd.append(row.pk)
            else:
                keep(row, found, clock.today())
                run.count("stats_read")
        run.beat()
    run.each(Listing.objects.due(Status.ACTIVE).filter(pk__in=odd), stops_on_429(make_so))


def _runs_low(row: Listing, found: ShopListing) -> bool:
    """The listing tells only the sum of its sizes: worth a closer look when one of them may be low."""
    sizes = row.sticker.sizes.count()
    return found.quantity < stock.REFILL_BELOW + stock.QUANTITY * max(sizes - 1, 0)


def keep(row: Listing, found: ShopListing, day: date) -> None:
    """Running totals as seen; views that fall to zero were not told, which is not the same as zero."""
    views = None if found.views == 0 and _had_views(row) else found.views
    seen = {"views": views, "favourites": found.favourites}
    known = {name: value for name, value in seen.items() if value is not None}
    StickerDay.objects.update_or_create(sticker_id=row.sticker_id, day=day, defaults=known, create_defaults=seen)


def _had_views(row: Listing) -> bool:
    return StickerDay.objects.filter(sticker=row.sticker_id, views__gt=0).exists()
