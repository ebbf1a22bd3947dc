"""From a new term to a listing taken off Etsy and back, and scans whose process is killed."""

from typing import Any

import pytest
from django.db import connections

from stickers import rescan
from stickers.models import Rescan, Sticker
from stickertrendz.ops.models import Alert, Run
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.children import fork, jobs, run, until
from stickertrendz.tests.making import make_sticker, make_trend
from trends import blocklists

pytestmark = pytest.mark.django_db(transaction=True)
DESIGNS, AT_ONCE = 60, 4


def on_etsy(sandbox: Sandbox) -> list[str]:
    world: Any = sandbox.worlds["etsy"]
    return [one["state"] for one in world.listings.values()]


def test_a_new_term_takes_a_listing_off_etsy_and_an_exemption_puts_it_back(shop: Sandbox) -> None:
    sticker = make_sticker()
    assert run(shop, jobs("blocklist_rescan", "publisher")) == 0
    assert on_etsy(shop) == ["active"]
    term = blocklists.add("otters", "trademark", by="owner", why="a letter came")
    assert run(shop, jobs("blocklist_rescan", "push_changes")) == 0
    assert on_etsy(shop) == ["inactive"]
    rescan.exempt(sticker, term, by="owner", why="an animal")
    assert rescan.put_back(sticker, by="owner", why="an animal")
    assert run(shop, jobs("publisher", "blocklist_rescan", "push_changes")) == 0
    assert on_etsy(shop) == ["active"]


def make_designs() -> None:
    for number in range(DESIGNS):
        trend = make_trend(f"zorblax {number}", "generated")
        drawn = trend.generations.create(variant=1, prompt="a frog", model_version="1", seed=1, status="passed")
        trend.stickers.create(generation=drawn, title="Zorblax", status="approved", shelf="wanted")


def test_a_scan_that_is_killed_again_and_again_misses_no_design_and_takes_none_twice(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_designs()
    blocklists.add("Zorblax", "trademark", by="owner", why="a letter came")
    monkeypatch.setattr(rescan, "AT_ONCE", AT_ONCE)
    withdrawn = Sticker.objects.filter(shelf="withdrawn")
    for least in (8, 20, 40):
        with fork(sandbox, jobs("blocklist_rescan")) as child:
            until(lambda least=least: withdrawn.count() >= least or child.ended(), "the scan does not go on")  # type: ignore[misc]
            child.kill()
        Run.objects.filter(status="running").update(status="abandoned")
    assert run(sandbox, jobs("blocklist_rescan")) == 0
    connections.close_all()
    assert withdrawn.count() == DESIGNS
    scan = Rescan.objects.get()
    assert (scan.looked_at, scan.found) == (DESIGNS, DESIGNS)
    assert scan.ended_at is not None
    assert Alert.objects.filter(key=f"rescan:{scan.pk}").count() == 1
