"""Pushes wanted prices: read by the hundred, one request for each changed listing, read back by the hundred."""

import logging
from collections.abc import Mapping, Sequence
from functools import partial

from django.db.models import F

from pricing.models import Offer
from stickers.models import Sticker
from stickertrendz.ops.runner import Running
from stickertrendz.ops.work import Outcome

from . import stock
from .adapters import inventory
from .adapters.inventory import Product
from .adapters.listings import BATCH
from .adapters.transport import Priority
from .limits import reading, stops_on_429
from .make_so import make_so, minding_its_end
from .models import Listing
from .shelf import wanted_state

logger = logging.getLogger(__name__)


def push(run: Running) -> None:
    """Every listing on sale with a size whose price on Etsy is not the wanted one."""
    changed = Offer.objects.exclude(pushed_price=F("wanted_price")).values("sticker")
    due = Listing.objects.due(Listing.Status.ACTIVE).filter(sticker__in=changed, sticker__shelf=Sticker.Shelf.WANTED)
    keys = [(row.pk, row.etsy_id) for row in due if row.etsy_id]
    for start in range(0, len(keys), BATCH):
        if not _push_batch(run, dict(keys[start : start + BATCH])):
            return


def _push_batch(run: Running, etsy_ids: Mapping[int, int]) -> bool:
    """False when the rest has to wait."""
    get = partial(inventory.get_many, priority=Priority.PRICES)
    before = reading(run, "prices", lambda: get(list(etsy_ids.values())))
    if before is None:
        return False
    pushed: list[Listing] = []
    rows = Listing.objects.filter(pk__in=etsy_ids).order_by("pk")
    outcomes = run.each(rows, stops_on_429(partial(_push, before=before, pushed=pushed)))
    run.count("prices_pushed", len(pushed))
    after = reading(run, "prices", lambda: get([one.etsy_id for one in pushed if one.etsy_id])) if pushed else {}
    for listing in pushed if after is not None else ():
        _confirm(run, listing, (after or {}).get(listing.etsy_id or 0, []))
    return not outcomes[Outcome.REFUSED] and not run.out_of_time()


def _push(listing: Listing, *, before: Mapping[int, Sequence[Product]], pushed: list[Listing]) -> None:
    if listing.etsy_id is None or wanted_state(listing) != Listing.Status.ACTIVE:
        return
    seen = before.get(listing.etsy_id)
    if not seen:  # perhaps gone: worth a closer look
        make_so(listing)
        return
    with minding_its_end(listing):
        if stock.push(listing, seen, priority=Priority.PRICES):
            pushed.append(listing)


def _confirm(run: Running, listing: Listing, seen: Sequence[Product]) -> None:
    if off := stock.confirm(listing, seen):
        run.troubles += 1
        words = "Etsy shows another price than the one just sent for %s; sending it again"
        logger.warning(words, ", ".join(map(str, off)), extra={"step": "prices", "service": "etsy"})
