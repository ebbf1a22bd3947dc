"""Orders on the packing bench for tests, with pictures, print files and cut lines that belong together."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings, settings
from django.test import Client
from PIL import Image

from fulfillment import route
from fulfillment.models import Order, PrintJob
from fulfillment.orders import take
from fulfillment.tests.making import make_line, make_receipt, make_sticker
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.console.tests.test_blocklist_pages import page
from stickertrendz.ops import storage
from stickertrendz.sandbox.server import Sandbox

BENCH, POST = "/admin/fulfillment/order/bench/", "/admin/fulfillment/order/bench/post/"
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


@pytest.fixture(autouse=True)
def by_hand(sandbox: Sandbox, settings: LazySettings) -> None:
    settings.FULFILLMENT_PROVIDER = "self_usps"


def job_of(order: Order) -> PrintJob:
    job: PrintJob = PrintJob.objects.get(item__order=order)
    return job


def do(client: Client, what: str, *orders: Order, **more: Any) -> str:
    return page(client, BENCH, {"do": what, "order": [order.pk for order in orders], **more})


def post(client: Client, *orders: Order, **told: Any) -> str:
    codes = {f"code-{key.removeprefix('code')}": code for key, code in told.items() if key.startswith("code")}
    rest = {key: value for key, value in told.items() if not key.startswith("code")}
    return page(client, POST, {"order": [order.pk for order in orders], **codes, **rest})
