"""Killed anywhere in publishing, the shop ends with the same listing as if nothing had happened."""

import hashlib
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.db.models import Sum

from etsy.models import Listing
from pricing.models import Offer
from stickers.models import Sticker
from stickertrendz.ops import storage
from stickertrendz.ops.models import Call, Intent, Meter, Run
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.children import jobs, killed, killed_before_write, run, until_quiet
from stickertrendz.tests.making import PICTURES, make_sticker

pytestmark = pytest.mark.django_db(transaction=True)
work = jobs("publisher", "push_changes")
SEQUENCE = [
    "getListingsByShop", "createDraftListing", "getListing", *["uploadListingImage"] * PICTURES, "getListingImages",
    "updateListingInventory", "getListingInventory", "updateListing", "getListing",
]  # fmt: skip
POINTS = [
    (operation, SEQUENCE[: place + 1].count(operation), when)
    for place, operation in enumerate(SEQUENCE)
    for when in ("before", "after")
]


def etsy_calls(sandbox: Sandbox) -> list[str]:
    return [call["operation"] for call in sandbox.calls() if call["service"] == "etsy"]


def check(sandbox: Sandbox, sticker: Sticker) -> None:
    """What an undisturbed run leaves behind, at Etsy and with us."""
    world: Any = sandbox.worlds["etsy"]
    [there] = world.listings.values()
    row = Listing.objects.get()
    pictures = [hashlib.sha256(storage.load("public", key)).hexdigest() for key in sticker.listing_images]
    prices = {str(offer): int(offer.wanted_price * 100) for offer in Offer.objects.all()}
    assert there["state"] == "active"
    assert there["description"].endswith(f"Design no. {sticker.number}")
    assert [picture["sha256"] for picture in there["images"]] == pictures
    assert {one["sku"]: one["offerings"][0]["price"] for one in there["products"]} == prices
    assert sorted(prices) == sorted(size.sku for size in sticker.sizes.all())
    assert (row.status, row.state_seen, row.etsy_id, row.needs_attention) == (
        "active",
        "active",
        there["listing_id"],
        "",
    )
    assert row.images_seen == [picture["listing_image_id"] for picture in there["images"]]
    assert all(offer.pushed_price == offer.wanted_price for offer in Offer.objects.all())
    check_fee(world)
    sticker.refresh_from_db()
    assert (sticker.shelf, sticker.trend.status) == ("wanted", "published")
    assert sticker.published_at
    assert set(Intent.objects.values_list("kind", "state")) == {("etsy_draft", "done")}
    assert not Run.objects.filter(status="running").exists()
    assert not Call.objects.filter(outcome=Call.OPEN).exists()


def check_fee(world: Any) -> None:
    """Charged once there, booked once here, nothing held any more."""
    assert [entry["amount"] for entry in world.table("ledger").values()] == [-20]
    for name, amount in (("listings", 1), ("listing_fees", 200_000)):
        booked = Meter.objects.filter(name=name).aggregate(used=Sum("used"), held=Sum("reserved"))
        assert booked == {"used": amount, "held": 0}, name


def test_undisturbed_publishing_makes_exactly_the_calls_that_are_killed_below(shop: Sandbox) -> None:
    sticker = make_sticker()
    assert run(shop, work) == 0
    assert etsy_calls(shop) == SEQUENCE
    check(shop, sticker)
    until_quiet(shop, work, rounds=1)


@pytest.mark.parametrize(
    ("operation", "nth", "when"), POINTS, ids=[f"{when}-{name}-{nth}" for name, nth, when in POINTS]
)
def test_killed_in_a_call_it_ends_with_the_same_listing(shop: Sandbox, operation: str, nth: int, when: str) -> None:
    sticker = make_sticker()
    killed(shop, work, "etsy", operation, when, nth)
    until_quiet(shop, work)
    check(shop, sticker)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_killed_before_any_of_its_writes_it_ends_with_the_same_listing(open_shop: Callable[[], Sandbox]) -> None:
    for nth in count(1):
        sandbox, sticker = open_shop(), make_sticker()
        if not killed_before_write(sandbox, work, nth):
            break
        until_quiet(sandbox, work)
        check(sandbox, sticker)
    assert nth > 10 * len(SEQUENCE)
