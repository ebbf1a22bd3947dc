"""Killed anywhere while prices are planned, reverted or pushed, the next run ends as if nothing had happened."""

import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import F

from etsy.models import Listing
from pricing.models import Offer, Override, PriceChange
from stickertrendz.ops.models import Call, Run
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests import shop_scenes as scenes
from stickertrendz.tests.children import jobs, killed, killed_before_write, run, until_quiet
from stickertrendz.tests.shop_scenes import listed
from trends.models import Trend

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long, pytest.mark.timeout(3600)]
engine, push = jobs("pricing_engine"), jobs("push_changes")
NEW, LATER = [Decimal("5.49"), Decimal("6.49")] * 2, [Decimal("4.49"), Decimal("5.49")] * 2
Work = Callable[[], int]


def aged(sandbox: Sandbox) -> int:
    """Two listings at the prices of new trends; the trends are five days old by now."""
    scenes.on_sale(sandbox)
    Trend.objects.update(created_at=F("created_at") - timedelta(days=5))
    return 0


def lowered(sandbox: Sandbox) -> int:
    """The engine has lowered their prices, and Etsy shows them."""
    return max(aged(sandbox), engine(), push())


def revert() -> int:
    run = Run.objects.filter(workflow="pricing_engine").earliest("pk")
    call_command("revert_prices", run.pk, "--yes", stdout=io.StringIO())
    return 0


def both(first: Work, then: Work) -> Work:
    return lambda: max(first(), then())


DEEDS = {"plan": (aged, engine, LATER), "revert": (lowered, revert, NEW)}
SENDS = [(nth, when) for nth in (1, 2) for when in ("before", "after")]


def prepare(open_shop: Callable[[], Sandbox], scene: Callable[[Sandbox], int]) -> Sandbox:
    """By a process of its own, so that none inherits its connections."""
    sandbox = open_shop()
    assert run(sandbox, lambda: scene(sandbox)) == 0
    sandbox.forget_calls()
    return sandbox


def check(sandbox: Sandbox, deed: str, prices: list[Decimal]) -> None:
    """Ours, pushed and Etsy's are these prices; the history tells each once."""
    offers = Offer.objects.order_by("sticker", "size")
    assert list(offers.values_list("wanted_price", flat=True)) == prices
    assert list(offers.values_list("pushed_price", flat=True)) == prices
    assert [Decimal(price) / 100 for price in shown(sandbox)] == sorted(prices)
    assert not listed(sandbox)["doubles"]
    lines = PriceChange.objects.filter(old_price__isnull=False)
    told = sorted(lines.values_list("status", "new_price"))
    lowered = [("pushed" if deed == "plan" else "reverted", price) for price in LATER]
    assert told == sorted(lowered + [("pushed", price) for price in NEW] * (deed == "revert"))
    assert Override.objects.filter(kind="reverted", released_at=None).count() == len(NEW) * (deed == "revert")
    assert not Listing.objects.parked().exists()
    assert not Run.objects.filter(status="running").exists()
    assert not Call.objects.filter(outcome=Call.OPEN).exists()


def shown(sandbox: Sandbox) -> list[int]:
    listings: list[Any] = list(scenes.world(sandbox, "etsy").listings.values())
    return sorted(one["offerings"][0]["price"] for listing in listings for one in listing["products"])


@pytest.mark.parametrize(("nth", "when"), SENDS, ids=[f"{when}-push-{nth}" for nth, when in SENDS])
@pytest.mark.parametrize("deed", DEEDS)
def test_killed_in_a_push_the_next_run_completes_it(
    open_shop: Callable[[], Sandbox], deed: str, nth: int, when: str
) -> None:
    scene, work, prices = DEEDS[deed]
    sandbox = prepare(open_shop, scene)
    assert run(sandbox, work) == 0
    killed(sandbox, push, "etsy", "updateListingInventory", when, nth)
    until_quiet(sandbox, both(work, push))
    check(sandbox, deed, prices)


@pytest.mark.parametrize("deed", DEEDS)
def test_killed_before_any_write_the_next_run_completes_it(open_shop: Callable[[], Sandbox], deed: str) -> None:
    scene, work, prices = DEEDS[deed]
    for nth in count(1):
        sandbox = prepare(open_shop, scene)
        if not killed_before_write(sandbox, work, nth):
            break
        until_quiet(sandbox, both(work, push))
        check(sandbox, deed, prices)
    assert nth > 6, "it writes more often than that"
