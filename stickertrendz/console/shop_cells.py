"""Cells of the shop's lists: how long ago, a design by its name, a print by what it is, and how urgent an order is."""

from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince, timeuntil

from fulfillment.models import Order
from fulfillment.worklist import urgency
from stickers.models import Sticker
from stickertrendz import clock

from .cells import link, picture, short
from .order_story import UNSENT
from .packing_frame import time_left

NOT_OURS = '{}<br><span class="urgent">no design of ours</span>'


def age(at: datetime | None) -> str:
    """How long ago, in its largest unit: `3 days`."""
    return timesince(at, clock.now(), depth=1).replace("\xa0", " ") if at else "–"


def until(at: datetime) -> str:
    """How long until then, in its largest unit."""
    return timeuntil(at, clock.now(), depth=1).replace("\xa0", " ")


def when(at: datetime | None) -> SafeString | str:
    """How long ago, the moment itself on hover."""
    if at is None:
        return "–"
    return format_html('<span class="short" title="{} UTC">{}</span>', f"{at:%Y-%m-%d %H:%M}", age(at))


def small(sticker: Sticker | None) -> SafeString | str:
    return picture(sticker.thumbnail_key, 48) if sticker else "–"


def name(sticker: Sticker) -> str:
    return sticker.title.split(" - ")[0] or sticker.number


def design(sticker: Sticker | None, title: str = "") -> SafeString | str:
    """The design by its name, as a link; a line that is none of ours by what Etsy called it."""
    if sticker is None:
        return format_html(NOT_OURS, short(title, 32))
    return link(sticker, short(name(sticker), 32))


def ship_by(order: Order) -> SafeString | str:
    """How much is left until then while it is not sent; the date afterwards."""
    if order.status not in UNSENT:
        return f"{order.ship_by:%d %b}"
    now = clock.now()
    css, left = urgency(order.ship_by, now), time_left(order.ship_by, now)
    until = f"{order.ship_by:%Y-%m-%d %H:%M} UTC"
    return format_html('<span class="bench-{} short" title="{}">{}</span>', css, until, left)
