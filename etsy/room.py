"""May one more listing go on sale: slots of the shop, listings of the day, listing fees of the month."""

import logging
from decimal import Decimal

from django.conf import settings

from stickertrendz import clock, money
from stickertrendz.ops import meters
from stickertrendz.ops.errors import Refused
from stickertrendz.ops.meters import Reserve

from .adapters import listings

logger = logging.getLogger(__name__)
LISTING_FEE = Decimal("0.20")
FEE = (Reserve("listings", 1), Reserve("listing_fees", money.micro(LISTING_FEE)))


def check_slots() -> None:
    """Refused when the shop is full; listings that are not ours count too."""
    active = listings.count_active()
    if active >= settings.MAX_ACTIVE_LISTINGS:
        _refuse(f"{active} of {settings.MAX_ACTIVE_LISTINGS} listings are on sale; the archiver frees slots first")


def check_fees() -> None:
    """Refused when the day's listings or the month's fees are used up; asks nobody."""
    for wish in FEE:
        level = meters.level(wish.meter)
        if level.left < wish.amount:
            tells = settings.METERS[wish.meter]["tells"]
            _refuse(f"{tells}: the limit is reached until {level.until:%Y-%m-%d %H:%M} UTC")


def _refuse(why: str) -> None:
    logger.info("Nothing is published: %s", why)
    raise Refused(clock.now(), why)
