"""Killed anywhere in a rehearsal, the next one deletes what was left and nothing else."""

import io
from typing import Any

import pytest
from django.core.management import call_command

from etsy import rehearse
from stickertrendz.ops.models import Intent
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.children import LATER, killed, run

pytestmark = pytest.mark.django_db(transaction=True)
SEQUENCE = [
    "createDraftListing", "uploadListingImage", "updateListingInventory", "getListing", "getListingImages",
    "deleteListing",
]  # fmt: skip


def rehearsal() -> int:
    call_command("etsy_rehearse", "--count", "1", stdout=io.StringIO())
    return 0


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("operation", SEQUENCE)
def test_what_a_killed_rehearsal_left_is_deleted_by_the_next(shop: Sandbox, operation: str, when: str) -> None:
    world: Any = shop.worlds["etsy"]
    mine = world.add("listings", {"state": "inactive", "description": "Mine", "shop_section_id": None, "created": 0})
    killed(shop, rehearsal, "etsy", operation, when)
    created = (operation, when) != ("createDraftListing", "before")
    assert len(world.listings) == 1 + (created and (operation, when) != ("deleteListing", "after"))
    shop.offset += LATER.total_seconds()
    assert run(shop, rehearsal) == 0
    assert list(world.listings) == [mine["listing_id"]]
    assert set(Intent.objects.filter(kind=rehearse.KIND).values_list("state", flat=True)) == {"void"}
