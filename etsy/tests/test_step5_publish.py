"""The acceptance criteria of the seed's Step 5, each named after its sentence and driven through the job."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.conf import settings as ours

from etsy.models import Listing, Token
from etsy.tests.conftest import MakeSticker, fault, live, operations
from fulfillment.models import PrintCost
from pricing.models import Offer, Tier
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops.models import Run
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.server import Sandbox

Time = time_machine.Traveller
CAP = 300


def publish() -> Run:
    assert run_job("publisher") == (0, 0)
    return Run.objects.filter(workflow="publisher").latest("pk")


def fill_shop(shop: Any, count: int) -> None:
    """That many listings on sale that are not ours."""
    [pattern] = shop.listings.values()
    for _ in range(count):
        plain = {name: value for name, value in pattern.items() if name != "listing_id"}
        shop.add("listings", {**plain, "state": "active", "description": "Somebody's own"})


def test_an_approved_sticker_becomes_a_listing_with_title_tags_tier_price_free_shipping_someone_else_and_ai_disclosure(
    shop: Any, make_sticker: MakeSticker
) -> None:
    """Deviation: `when_made` is made_to_order, as 2020_2025 is refused since 2026; someone_else needs a partner."""
    sticker = make_sticker()
    publish()
    [listing] = live(shop)
    assert len(listing["title"]) <= 140
    assert len(listing["tags"]) == 13
    assert "free shipping" in listing["tags"]
    tier = Tier.objects.get(name="just_dropped")
    prices = {one["sku"]: Decimal(one["offerings"][0]["price"]) / 100 for one in listing["products"]}
    assert prices == {f"{sticker.number}-3": tier.price_small, f"{sticker.number}-4": tier.price_large}
    [destination] = shop.table("shipping_profiles")[listing["shipping_profile_id"]]["destinations"]
    assert (destination["primary_cost"], destination["destination_country_iso"]) == (0, "US")
    assert (listing["who_made"], listing["is_supply"]) == ("someone_else", False)
    assert listing["when_made"] == ours.ETSY_WHEN_MADE == "made_to_order"
    assert listing["production_partner_ids"] == ours.ETSY_PRODUCTION_PARTNER_IDS
    assert "AI tools" in listing["description"]
    assert listing["description"].endswith(f"Design no. {sticker.number}")
    assert {one["offerings"][0]["quantity"] for one in listing["products"]} == {100}
    assert len(listing["images"]) == 3
    assert listing["should_auto_renew"] is False


def test_at_300_active_listings_it_skips_logs_why_and_the_sticker_stays_approved_until_a_slot_is_free(
    shop: Any, make_sticker: MakeSticker
) -> None:
    first, second = make_sticker("otter"), make_sticker("frog", score="7.1")
    assert ours.MAX_ACTIVE_LISTINGS == CAP
    Sticker.objects.filter(pk=second.pk).update(shelf="none")
    publish()
    fill_shop(shop, CAP - 1)
    before = {key: dict(one) for key, one in shop.listings.items()}
    Sticker.objects.filter(pk=second.pk).update(shelf="wanted")
    run = publish()
    assert f"{CAP} of {CAP} listings are on sale" in run.note
    second.refresh_from_db()
    assert (second.status, second.shelf) == ("approved", "wanted")
    assert shop.listings == before, "nothing of anybody was touched"
    Sticker.objects.filter(pk=first.pk).update(shelf="archived")
    run_job("push_changes")
    publish()
    assert len(live(shop)) == CAP
    assert Listing.objects.get(sticker=second).status == "active"


def test_one_below_300_there_is_room_for_exactly_one_more(shop: Any, make_sticker: MakeSticker) -> None:
    make_sticker("otter")
    publish()
    fill_shop(shop, CAP - 2)
    make_sticker("frog")
    make_sticker("newt")
    publish()
    assert len(live(shop)) == CAP
    assert Listing.objects.filter(status="active").count() == 2


def test_a_429_stops_publishing_for_this_cycle_logs_what_remains_and_the_next_cycle_retries_it(
    sandbox: Sandbox, shop: Any, make_sticker: MakeSticker, virtual_time: Time
) -> None:
    for topic in ("otter", "frog", "newt"):
        make_sticker(topic)
    fault(sandbox, "uploadListingImage", "429", times=1, retry_after=600)
    run = publish()
    assert "too many requests" in run.note
    assert "3 listings wait for the next cycle" in run.note
    assert not live(shop)
    virtual_time.shift(timedelta(minutes=11))
    publish()
    assert len(live(shop)) == len(shop.listings) == 3


@pytest.mark.parametrize("known", [True, False], ids=["known-to-us", "known-to-etsy-only"])
def test_an_expired_oauth_token_is_refreshed_with_the_stored_one_and_the_call_retried(
    sandbox: Sandbox, shop: Any, make_sticker: MakeSticker, known: bool
) -> None:
    make_sticker()
    if known:
        Token.objects.update(expires_at=clock.now())
    else:
        shop.table("access_tokens").clear()
    sandbox.forget_calls()
    publish()
    assert len(live(shop)) == 1
    assert operations(sandbox).count("oauth.token") == 1
    assert operations(sandbox).count("createDraftListing") == 1


def test_a_floor_above_the_just_dropped_price_is_the_price_rounded_up_to_49_or_99(
    shop: Any, make_sticker: MakeSticker
) -> None:
    PrintCost.objects.update(cost=Decimal("9.00"))
    make_sticker()
    publish()
    [listing] = live(shop)
    dearest = Tier.objects.get(name="just_dropped").price_large
    shown = {one["sku"]: Decimal(one["offerings"][0]["price"]) / 100 for one in listing["products"]}
    floors = {str(offer): offer.floor_price for offer in Offer.objects.all()}
    assert shown == floors
    assert all(price > dearest and str(price)[-2:] in ("49", "99") for price in floors.values())


def test_publishing_one_listing_takes_eleven_calls(sandbox: Sandbox, shop: Any, make_sticker: MakeSticker) -> None:
    """The figure of docs/publishing.md: eight, and one for each picture."""
    make_sticker()
    sandbox.forget_calls()
    publish()
    assert operations(sandbox) == [
        "getListingsByShop", "createDraftListing", "getListing", *["uploadListingImage"] * 3, "getListingImages",
        "updateListingInventory", "getListingInventory", "updateListing", "getListing",
    ]  # fmt: skip
