"""Orders on the packing bench for tests, with pictures, print files and cut lines that belong together."""

import io
from datetime import timedelta
from typing import Any

from django.conf import settings
from PIL import Image

from fulfillment import route
from fulfillment.models import Order
from fulfillment.orders import take
from fulfillment.tests.making import make_line, make_receipt, make_sticker
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import storage

CUT = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><path d="M0 0L100 0L100 100L0 100Z"/></svg>'


def make_design(title: str = "Sleepy Frog Sticker - Vinyl") -> Sticker:
    """A design in both sizes, whose square picture is cut along its edge."""
    file = io.BytesIO()
    Image.new("RGB", (64, 64), (60, 160, 90)).save(file, "PNG")
    thumbnail = storage.keep("public", "thumbnails/test/frog.png", file.getvalue())
    cut_path = storage.keep("private", "cut_paths/test/square.svg", CUT)
    return make_sticker(title=title, thumbnail_key=thumbnail, cut_path_key=cut_path)


def bench_order(sticker: Sticker | None = None, *sizes: str, hours: float = 30, **fields: Any) -> Order:
    """An order on the bench with a line of each size, to be sent in so many hours."""
    design = sticker or make_design()
    lines = [make_line(design, size) for size in sizes or ("3in",)]
    order, _ = take(make_receipt(*lines, ship_by=clock.now() + timedelta(hours=hours), **fields))
    settings.FULFILLMENT_PROVIDER = "self_usps"
    route.route(order)
    return order
