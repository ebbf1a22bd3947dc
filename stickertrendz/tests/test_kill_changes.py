"""Killed anywhere while prices, shelves and complaints are pushed, Etsy ends as if nothing had happened."""

from collections.abc import Callable
from itertools import count
from typing import Any

import httpx
import pytest

from etsy import renewal, stock
from etsy.make_so import make_so
from etsy.models import Listing
from stickers.models import Sticker
from stickertrendz.ops.models import Call, Run
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests import shop_scenes as scenes
from stickertrendz.tests.children import jobs, killed, killed_before_write, run, until_quiet
from stickertrendz.tests.shop_scenes import listed

pytestmark = pytest.mark.django_db(transaction=True)
work = jobs("publisher", "push_changes")


def relisted(sandbox: Sandbox) -> None:
    """One of two was archived, and is wanted again."""
    scenes.archived(sandbox)
    scenes.work("push_changes")
    Sticker.objects.update(shelf=Sticker.Shelf.WANTED)


def renewal_agreed(sandbox: Sandbox) -> None:
    """One of two is sold out, and the operator pays for more."""
    first, _ = scenes.on_sale(sandbox)
    for offer in first.sticker.offers.all():
        bought = httpx.post(f"{sandbox.url}/_sandbox/buy", json={"sku": str(offer), "quantity": stock.QUANTITY})
        assert bought.is_success
    make_so(first)
    renewal.renew(first, by="owner")


SCENES: dict[str, Callable[[Sandbox], object]] = {
    "reprice": scenes.price_changed,
    "archive": scenes.archived,
    "relist": relisted,
    "renew": renewal_agreed,
    "take down": scenes.complained_of,
    "delete": scenes.rightly_complained_of,
}
CHANGING = {
    "reprice": [("updateListingInventory", 1), ("updateListingInventory", 2)],
    "archive": [("updateListing", 1)],
    "relist": [("updateListing", 1)],
    "renew": [("updateListing", 1)],
    "take down": [("updateListing", 1)],
    "delete": [("deleteListing", 1)],
}
SHORT = {("reprice", 2), ("take down", 1)}  # after the work; the others take minutes
SENDS = [
    pytest.param(
        scene, operation, nth, when,
        id=f"{scene}-{when}-{operation}-{nth}",
        marks=[] if when == "after" and (scene, nth) in SHORT else [pytest.mark.long],
    )
    for scene, sends in CHANGING.items() for operation, nth in sends for when in ("before", "after")
]  # fmt: skip
_ends: dict[str, Any] = {}


def prepare(open_shop: Callable[[], Sandbox], scene: str) -> Sandbox:
    """On a first day, by a process of its own, so that none inherits its connections."""
    sandbox = open_shop()
    assert run(sandbox, lambda: int(bool(SCENES[scene](sandbox)))) == 0
    sandbox.forget_calls()
    return sandbox


def undisturbed(open_shop: Callable[[], Sandbox], scene: str) -> Any:
    if scene not in _ends:
        sandbox = prepare(open_shop, scene)
        until_quiet(sandbox, work)
        _ends[scene] = listed(sandbox)
    return _ends[scene]


def check(sandbox: Sandbox, expected: Any) -> None:
    until_quiet(sandbox, work)
    ended = listed(sandbox)
    assert ended == expected
    assert not ended["doubles"]
    assert not Listing.objects.parked().exists()
    assert not Run.objects.filter(status="running").exists()
    assert not Call.objects.filter(outcome=Call.OPEN).exists()


@pytest.mark.parametrize(("scene", "operation", "nth", "when"), SENDS)
def test_killed_in_a_change_it_ends_as_if_nothing_had_happened(
    open_shop: Callable[[], Sandbox], scene: str, operation: str, nth: int, when: str
) -> None:
    expected = undisturbed(open_shop, scene)
    sandbox = prepare(open_shop, scene)
    killed(sandbox, work, "etsy", operation, when, nth)
    check(sandbox, expected)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("scene", SCENES)
def test_killed_before_any_of_its_writes_it_ends_as_if_nothing_had_happened(
    open_shop: Callable[[], Sandbox], scene: str
) -> None:
    expected = undisturbed(open_shop, scene)
    for nth in count(1):
        sandbox = prepare(open_shop, scene)
        if not killed_before_write(sandbox, work, nth):
            break
        check(sandbox, expected)
    assert nth > 10, "a change writes more often than that"
