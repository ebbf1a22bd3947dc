"""Complaints: what follows for the listing, its design and its topic."""

from datetime import timedelta
from typing import Any

import time_machine

from etsy import takedown
from etsy.models import Listing, TakedownNotice
from etsy.tests.conftest import changes, fault, live
from stickers import rescan
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops.models import Alert, AuditEntry
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.server import Sandbox
from trends.models import Trend
from trends.shut import shut

Time = time_machine.Traveller


def test_a_takedown_notice_delists_at_once_and_is_tried_until_done(
    sandbox: Sandbox, shop: Any, on_sale: Listing, virtual_time: Time
) -> None:
    notice = TakedownNotice.objects.create(
        listing=on_sale, status="received", received_at=clock.now(), complainant="Frog Inc", claim="our frog"
    )
    fault(sandbox, "updateListing", "500", times=12)
    for _ in range(5):
        changes()
        virtual_time.shift(timedelta(minutes=20))
    notice.refresh_from_db()
    assert (notice.status, notice.needs_attention) == ("down", "")
    assert notice.delisted_at
    assert not live(shop)
    assert Alert.objects.filter(title="A takedown failed so far").exists()
    assert Sticker.objects.get().shelf == "withdrawn"
    assert Sticker.objects.get().trend.shut_why == "complaint by Frog Inc"


def test_a_complaint_found_valid_deletes_the_listing(shop: Any, on_sale: Listing) -> None:
    TakedownNotice.objects.create(
        listing=on_sale, status="received", received_at=clock.now(), complainant="Frog Inc", claim="our frog"
    )
    changes()
    assert [one["state"] for one in shop.listings.values()] == ["inactive"]
    TakedownNotice.objects.update(status="valid")
    changes()
    assert not shop.listings
    on_sale.refresh_from_db()
    assert on_sale.status == "deleted"


def complain(listing: Listing, by: str = "Frog Inc") -> TakedownNotice:
    """A complaint whose listing was taken down."""
    notice: TakedownNotice = TakedownNotice.objects.create(
        listing=listing, status="received", received_at=clock.now(), complainant=by, claim="our frog"
    )
    changes()
    notice.refresh_from_db()
    assert notice.status == "down"
    return notice


def test_a_complaint_counts_for_more_than_a_term_that_took_the_design_off_before(on_sale: Listing) -> None:
    Sticker.objects.update(shelf="withdrawn", shelf_why="blocklist: “frog” in the title")
    complain(on_sale)
    assert Sticker.objects.get().shelf_why == "complaint by Frog Inc"
    assert not rescan.waiting().exists()


def test_a_withdrawn_complaint_opens_the_topic_and_leaves_the_design_to_the_owner(shop: Any, on_sale: Listing) -> None:
    first, second = complain(on_sale), complain(on_sale, by="Toad Ltd")
    takedown.drop(first, by="owner", why="they gave in")
    assert Trend.objects.get().is_shut
    assert not rescan.waiting().exists()
    takedown.drop(second, by="owner", why="so did they")
    assert AuditEntry.objects.filter(action="complaint withdrawn", who="owner").count() == 2
    assert not Trend.objects.get().is_shut
    assert not live(shop)
    assert rescan.put_back(rescan.waiting().get(), by="owner", why="settled")
    run_job("publisher")
    assert len(live(shop)) == 1


def test_a_withdrawn_complaint_opens_no_topic_that_a_person_shut(on_sale: Listing) -> None:
    shut(Trend.objects.get(), by="owner", why="too near to a brand")
    takedown.drop(complain(on_sale), by="owner", why="they gave in")
    assert Trend.objects.get().shut_why == "too near to a brand"
