"""Listing fees: one for each beginning and renewal, given back to the day it was taken from, within caps."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from etsy import renewal
from etsy.models import Listing
from etsy.tests.conftest import MakeSticker, changes, fault, live
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import meters
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.models import Meter, Run
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.etsy import lifecycle
from stickertrendz.sandbox.server import Sandbox

Time = time_machine.Traveller


def publish() -> Run:
    assert run_job("publisher")[0] == 0
    return Run.objects.filter(workflow="publisher").latest("pk")


def limit(settings: Any, meter: str, to: int) -> None:
    settings.METERS = {**settings.METERS, meter: {**settings.METERS[meter], "limit": to}}


def fees(shop: Any) -> list[str]:
    return [entry["kind"] for entry in shop.table("ledger").values()]


def test_fees_given_back_across_midnight_come_back_to_the_day_they_were_taken_from(
    sandbox: Sandbox, shop: Any, make_sticker: MakeSticker, virtual_time: Time
) -> None:
    today = clock.today()
    virtual_time.move_to(clock.now().replace(hour=23, minute=57))  # forward only: our clock never goes back
    make_sticker()
    fault(sandbox, "updateListing", "500_after", times=4)
    publish()
    evening = clock.now()
    assert evening.date() == today
    assert meters.level("listings").used == 4, "four unclear calls hold one listing each"
    virtual_time.shift(timedelta(minutes=11))
    publish()
    assert len(live(shop)) == 1
    assert meters.level("listings", evening).used == 1
    assert meters.level("listings").used == 0
    assert not Meter.objects.filter(used__lt=0).exists()
    assert fees(shop) == ["listing"]


@pytest.mark.parametrize("state", ["expired", "sold_out"])
def test_what_ended_is_renewed_for_a_fee_when_the_operator_agrees_and_never_before(
    shop: Any, on_sale: Listing, state: str
) -> None:
    [theirs] = live(shop)
    lifecycle.enter(shop, theirs, state)
    run_job("sync_stats")
    publish()
    changes()
    assert (theirs["state"], fees(shop)) == (state, ["listing"])
    renewal.renew(Listing.objects.get(), by="owner")
    publish()
    assert theirs["state"] == "active"
    assert [one["offerings"][0]["quantity"] for one in theirs["products"]] == [100, 100]
    assert fees(shop) == ["listing", {"expired": "renew_expired", "sold_out": "renew_sold"}[state]]
    assert meters.level("listings").used == 2
    assert Listing.objects.get().renewal_asked_at is None


def test_a_renewal_waits_while_the_months_fees_are_used_up(shop: Any, on_sale: Listing, settings: Any) -> None:
    lifecycle.enter(shop, live(shop)[0], "expired")
    run_job("sync_stats")
    limit(settings, "listing_fees", 399_999)
    renewal.renew(Listing.objects.get(), by="owner")
    assert "listing fees of the month" in publish().note
    assert fees(shop) == ["listing"]


def test_agreeing_again_frees_a_renewal_that_etsy_refused(shop: Any, on_sale: Listing) -> None:
    lifecycle.enter(shop, live(shop)[0], "expired")
    run_job("sync_stats")
    shop.settings["vacation"] = True
    renewal.renew(Listing.objects.get(), by="owner")
    publish()
    assert "on vacation" in Listing.objects.get().needs_attention
    shop.settings["vacation"] = False
    renewal.renew(Listing.objects.get(), by="owner")
    publish()
    assert len(live(shop)) == 1
    assert fees(shop) == ["listing", "renew_expired"]
    assert meters.level("listings").used == 2


def test_only_what_ended_and_is_wanted_can_be_renewed(on_sale: Listing) -> None:
    with pytest.raises(NeedsPerson, match="neither expired nor sold out"):
        renewal.renew(on_sale, by="owner")


@pytest.mark.parametrize("fault_kind", ["", "500", "500_after"])
def test_relisting_after_four_months_pays_and_books_one_renewal(
    sandbox: Sandbox, shop: Any, on_sale: Listing, fault_kind: str
) -> None:
    Sticker.objects.update(shelf="archived")
    changes()
    [theirs] = shop.listings.values()
    theirs["ending"] = int(clock.now().timestamp()) - 1
    Sticker.objects.update(shelf="wanted")
    if fault_kind:
        fault(sandbox, "updateListing", fault_kind, times=2)
    publish()
    assert fees(shop) == ["listing", "renew_expired"]
    assert meters.level("listings").used == 2


def test_at_the_days_last_listing_the_best_design_goes_and_the_reason_is_told(
    shop: Any, make_sticker: MakeSticker, settings: Any, virtual_time: Time
) -> None:
    limit(settings, "listings", 2)
    for score in ("7.2", "9.4", "8.8"):
        make_sticker(f"frog {score}", score=score)
    run = publish()
    assert "listings published today: the limit is reached until" in run.note
    assert "1 listings wait" in run.note
    shown = set(Listing.objects.filter(status="active").values_list("sticker__trend__score_overall", flat=True))
    assert {str(score) for score in shown} == {"9.40", "8.80"}
    assert len(shop.listings) == 2, "no draft is made that may not go on sale"
    virtual_time.shift(timedelta(days=1))
    publish()
    assert len(live(shop)) == 3


@pytest.mark.parametrize(("cents", "listings"), [(19, 0), (20, 1), (39, 1), (40, 2)])
def test_the_months_fees_are_spent_to_the_last_whole_listing(
    shop: Any, make_sticker: MakeSticker, settings: Any, cents: int, listings: int
) -> None:
    limit(settings, "listing_fees", cents * 10_000)
    for topic in ("otter", "frog", "newt"):
        make_sticker(topic)
    publish()
    assert len(live(shop)) == len(shop.listings) == listings
    assert meters.level("listing_fees").used == listings * 200_000
