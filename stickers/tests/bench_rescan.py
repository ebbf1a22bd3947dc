"""What the nightly re-scan costs in a large shop."""

import time
import tracemalloc

import pytest

from stickers import copy, rescan
from stickers.models import Generation, Rescan, Sticker
from stickers.prompts import styled
from stickertrendz import clock
from stickertrendz.ops.models import Run
from stickertrendz.ops.runner import LEASE, Running
from stickertrendz.testing import Bench
from trends import blocklists
from trends.models import Trend

pytestmark = [pytest.mark.bench, pytest.mark.django_db]
SMALL, LARGE = 10_000, 100_000
TAGS = [
    "frog sticker", "cottagecore", "mushroom frog", "frog gift", "toad decal", "pond life", "vinyl sticker",
    "laptop sticker", "waterproof decal", "funny sticker", "gift for her", "cute animal", "free shipping",
]  # fmt: skip


def fill(count: int) -> None:
    """So many designs on sale with words of the usual length; one in a thousand names the new term."""
    trend, _ = Trend.objects.get_or_create(topic="frog in a teacup", topic_normalized="frog teacup", status="generated")
    words = copy.description("A frog that naps in a teacup and does not care what day it is. " * 3, ["3in", "4in"])
    prompt, old = styled("a frog in a teacup"), Generation.objects.count()
    drawn = Generation.objects.bulk_create(
        [Generation(trend=trend, variant=number, prompt=prompt, model_version="v", seed=1, status="passed")
         for number in range(old, count)], batch_size=1000,
    )  # fmt: skip
    Sticker.objects.bulk_create(
        [Sticker(trend=trend, generation=one, title=f"{'Zorblax' if at % 1000 == 0 else 'Frog'} Sticker {at}",
                 description=words, tags=TAGS, status="approved", shelf="wanted") for at, one in enumerate(drawn)],
        batch_size=1000,
    )  # fmt: skip


def scanned() -> int:
    """Looks for the one new term in all designs, as often as the time box asks for; how many were taken off."""
    now = clock.now()
    scan = Rescan.objects.create(after=blocklists.revision() - 1, until=blocklists.revision())
    row = Run.objects.create(workflow="blocklist_rescan", started_at=now, lease_until=now + LEASE)
    while not rescan.scan_until_done(scan, Running(row)):
        row.started_at = clock.now()
    Run.objects.all().delete()
    return Rescan.objects.get(pk=scan.pk).found


def seconds(count: int) -> float:
    fill(count)
    start = time.process_time()
    assert scanned() > 0
    return time.process_time() - start


def test_a_scan_of_100000_designs_takes_linear_time_and_flat_memory(bench: Bench) -> None:
    blocklists.add("Zorblax", "trademark", by="bench", why="bench")
    small = seconds(SMALL)
    tracemalloc.start()
    scanned()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    large = seconds(LARGE)
    bench.figure("memory of a re-scan of 10,000 designs", peak / 1e6, "MB", 50)
    bench.figure("re-scan of 100,000 designs for new terms", large, "s", 240)
    bench.figure("its time per design, 100,000 beside 10,000 designs", large / LARGE / (small / SMALL), "×", 2)
