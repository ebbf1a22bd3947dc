"""No order lost and none printed twice, through weeks in which everything fails: a campaign by seed."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.conf import LazySettings
from django.core.management import call_command

from fulfillment.models import Order
from fulfillment.tests.chaos import Shop
from fulfillment.tests.making import print_file
from stickers.models import Size
from stickertrendz import clock
from stickertrendz.ops import queue, runner, storage
from stickertrendz.ops.joblist import Job
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.making import make_sticker

START = datetime(2026, 11, 21, 12, 5, tzinfo=UTC)
PARTNER, PLENTY = 66600001, 9_999
JOBS = [
    Job("publisher", "etsy.jobs.publisher", "* * * * *", "for these tests"),
    Job("order_sync", "stickertrendz.housekeeping.jobs.order_sync", "* * * * *", "for these tests"),
    Job("watch_deliveries", "fulfillment.jobs.watch_deliveries", "* * * * *", "for these tests"),
]
TOPICS = ("sleepy frog wizard", "tiny otter pirate", "proud teapot")
MakeShop = Callable[[int], Shop]


@pytest.fixture
def time_stands(monkeypatch: pytest.MonkeyPatch) -> Iterator[time_machine.Traveller]:
    """Only waiting moves it, so that a seed tells the same story each time."""
    with time_machine.travel(START, tick=False) as traveller:
        monkeypatch.setattr(clock, "_wait", traveller.shift)
        yield traveller


@pytest.fixture
def open_shop(
    sandbox: Sandbox, db: None, settings: LazySettings, time_stands: time_machine.Traveller, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> MakeShop:  # fmt: skip
    """A shop with three designs on sale in calm weather; from then on the weather is of that seed."""
    settings.JOB_LIST = "fulfillment.tests.test_chaos.JOBS"
    settings.FULFILLMENT_PROVIDER = "sticker_mule"
    settings.ETSY_PRODUCTION_PARTNER_IDS = [PARTNER]
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(queue, "enqueue", lambda name: None)

    def opened(seed: int) -> Shop:
        for command in ("etsy_authorize", "etsy_setup"):
            call_command(command, stdout=io.StringIO())
        for topic in TOPICS:
            make_sticker(topic)
        for size in Size.objects.all():
            storage.keep("private", size.print_key, print_file(900 if size.size == "3in" else 1200))
        assert runner.run_job("publisher")[0] == 0
        shop = Shop(sandbox, time_stands, [size.sku for size in Size.objects.all()], seed)
        shop.etsy.settings["per_second"] = 1000
        for listing in shop.etsy.listings.values():
            for product in listing["products"]:
                product["offerings"][0]["quantity"] = PLENTY
        monkeypatch.setattr(sandbox, "faults", shop.weather)
        return shop

    return opened


@pytest.mark.parametrize(
    ("seed", "count"),
    [(1, 40), *(pytest.param(seed, 500, marks=[pytest.mark.long, pytest.mark.timeout(3600)]) for seed in (2,))],
)
def test_through_chaos_every_line_is_printed_once_and_no_order_is_forgotten(
    seed: int, count: int, open_shop: MakeShop
) -> None:
    shop = open_shop(seed)
    shop.live(count, seed)
    print(f"\n{count} orders, seed {seed}\n{shop.table()}")  # noqa: T201 - the campaign's figures, seen with -s
    assert Order.objects.count() == count
    assert shop.broken() == []
