"""Reads views and favourites of what is on sale, a hundred by one call, and notices what changed there meanwhile."""

import logging
from datetime import date, timedelta
from functools import partial

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

logger = logging.getLogger(__name__)
Status = Listing.Status
ORPHANED_AFTER = timedelta(hours=2)


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
            on_sale = found is not None and found.state == Status.ACTIVE
            if found is None or not on_sale or _runs_low(row, found):
                odd.append(row.pk)
            if found is not None and on_sale:
                keep(row, found, clock.today())
                run.count("stats_read")
        run.beat()
    run.each(Listing.objects.due(Status.ACTIVE).filter(pk__in=odd), stops_on_429(make_so))
    reading(run, "drafts", tell_orphans)


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


def tell_orphans() -> None:
    """Drafts that carry our mark but belong to no row of ours: told, never touched."""
    ours = set(Listing.objects.exclude(etsy_id=None).values_list("etsy_id", flat=True))
    for one in listings.in_state(Status.DRAFT, priority=Priority.STATS):
        number = words.number_in(one.description)
        if number and one.listing_id not in ours and _is_settled(one):
            text = f"Draft {one.listing_id} on Etsy carries {number} but no listing here is its own. Delete it there."
            alerts.alert(f"orphan:{one.listing_id}", "A draft on Etsy belongs to nobody", text)


def _is_settled(one: ShopListing) -> bool:
    """Old enough that no publisher is still looking for it."""
    return one.created_at is not None and one.created_at < clock.now() - ORPHANED_AFTER
