"""A draft that was sent twice and never found: the operator says that it is there, or that it is not."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from etsy import lost_draft
from etsy.models import Listing
from etsy.tests.conftest import MakeSticker, fault, live
from stickertrendz.ops import work
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.models import AuditEntry, Intent
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.server import Sandbox

Time = time_machine.Traveller


@pytest.fixture
def lost(sandbox: Sandbox, shop: Any, make_sticker: MakeSticker, virtual_time: Time) -> Listing:
    """Parked; the second request did its work, and what Etsy made of it cannot be read for a long time."""
    make_sticker()
    fault(sandbox, "createDraftListing", "timeout", seconds=0.01)
    run_job("publisher")
    fault(sandbox, "createDraftListing", "timeout_after", seconds=0.01)
    shop.settings["read_lag"] = 10**6
    _runs(virtual_time, 6)
    listing = Listing.objects.get()
    assert "Sent more than once" in listing.needs_attention
    assert len(shop.listings) == 1
    return listing


def _runs(virtual_time: Time, times: int) -> None:
    for _ in range(times):
        virtual_time.shift(timedelta(minutes=11))
        assert run_job("publisher")[0] == 0


def test_trying_again_alone_asks_the_operator_again(lost: Listing, virtual_time: Time) -> None:
    work.retry(lost, by="owner")
    _runs(virtual_time, 1)
    lost.refresh_from_db()
    assert "Sent more than once" in lost.needs_attention


def test_it_is_there_with_its_number(shop: Any, lost: Listing, virtual_time: Time) -> None:
    shop.settings["read_lag"] = 0
    [there] = shop.listings
    lost_draft.point_out(lost, there, by="owner", why="seen in the shop manager")
    _runs(virtual_time, 1)
    assert [one["listing_id"] for one in live(shop)] == [there]
    assert AuditEntry.objects.filter(action="pointed out a lost draft", who="owner").exists()


def test_a_number_that_is_another_listings_is_refused_in_words(shop: Any, lost: Listing, virtual_time: Time) -> None:
    shop.settings["read_lag"] = 0
    [there] = shop.listings.values()
    there["description"] = "Somebody's own"
    lost_draft.point_out(lost, there["listing_id"], by="owner", why="seen")
    _runs(virtual_time, 1)
    lost.refresh_from_db()
    assert "does not end with" in lost.needs_attention
    assert not live(shop)


def test_it_is_not_there_so_it_is_sent_again_and_a_twin_is_deleted(
    shop: Any, lost: Listing, virtual_time: Time
) -> None:
    lost_draft.send_again(lost, by="owner", why="not in the shop manager")
    shop.settings["read_lag"] = 0
    _runs(virtual_time, 2)
    assert len(shop.listings) == len(live(shop)) == 1
    assert Intent.objects.get().sends == 3


def test_nothing_is_decided_about_a_listing_that_does_not_wait_for_it(on_sale: Listing) -> None:
    with pytest.raises(NeedsPerson, match="does not wait"):
        lost_draft.send_again(on_sale, by="owner", why="")
