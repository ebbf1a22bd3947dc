"""What others changed on Etsy is adopted and told, never fought over."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import time_machine

from etsy.make_so import make_so
from etsy.models import Listing
from etsy.tests.conftest import MakeSticker, changes, fault, live, operations
from etsy.tests.test_changes import shown, want
from pricing.models import Offer, Override
from stickers.models import Sticker
from stickertrendz.ops import meters
from stickertrendz.ops.models import Alert
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.etsy import lifecycle
from stickertrendz.sandbox.server import Sandbox

Time = time_machine.Traveller


def test_a_price_set_by_hand_on_etsy_becomes_a_fixed_price(shop: Any, on_sale: Listing) -> None:
    [theirs] = live(shop)
    offer = Offer.objects.get(size="3in")
    [product] = [one for one in theirs["products"] if one["sku"] == str(offer)]
    product["offerings"][0]["price"] = 777
    want("4.49")
    changes()
    override = Override.objects.get()
    assert (override.kind, override.offer_id, override.price) == ("fixed", offer.pk, Decimal("7.77"))
    assert shown(shop, str(offer)) == Decimal("7.77")
    assert Alert.objects.filter(title="A price was changed on Etsy").exists()


def test_a_draft_that_others_published_and_took_down_again_is_off_sale_with_its_fee_booked(
    sandbox: Sandbox, shop: Any, make_sticker: MakeSticker, virtual_time: Time
) -> None:
    make_sticker()
    fault(sandbox, "updateListingInventory", "500", times=4)
    run_job("publisher")
    [theirs] = shop.listings.values()
    for state in ("active", "inactive"):
        lifecycle.move(shop, theirs, state)
    virtual_time.shift(timedelta(hours=1))
    run_job("publisher")
    listing = Listing.objects.get()
    assert (listing.status, listing.needs_attention, listing.sticker.shelf) == ("inactive", "", "archived")
    assert listing.fee_booked_at
    assert meters.level("listings").used == 1


def test_a_listing_taken_off_by_hand_on_etsy_stays_off_and_is_told(shop: Any, on_sale: Listing) -> None:
    live(shop)[0]["state"] = "inactive"
    run_job("sync_stats")
    on_sale.refresh_from_db()
    assert on_sale.status == "inactive"
    sticker = Sticker.objects.get()
    assert (sticker.shelf, sticker.shelf_why) == ("archived", "changed on Etsy by someone else")
    run_job("publisher")
    assert not live(shop)
    assert Alert.objects.filter(title="A listing was changed on Etsy").count() == 1


def test_a_listing_deleted_by_hand_on_etsy_is_not_made_again(shop: Any, on_sale: Listing, virtual_time: Time) -> None:
    shop.listings.clear()
    run_job("sync_stats")
    on_sale.refresh_from_db()
    assert on_sale.status == "active", "one look is not enough"
    virtual_time.shift(timedelta(minutes=3))
    changes()
    on_sale.refresh_from_db()
    assert on_sale.status == "deleted"
    run_job("publisher")
    assert not shop.listings
    assert Alert.objects.filter(key=f"foreign-state:{on_sale.pk}:deleted").exists()


def test_a_listing_deleted_while_it_is_repriced_is_looked_for_twice(
    sandbox: Sandbox, shop: Any, on_sale: Listing, virtual_time: Time
) -> None:
    want("4.49")
    shop.listings.clear()
    changes()
    on_sale.refresh_from_db()
    assert (on_sale.status, on_sale.needs_attention, bool(on_sale.missing_since)) == ("active", "", True)
    virtual_time.shift(timedelta(minutes=3))
    changes()
    on_sale.refresh_from_db()
    assert (on_sale.status, on_sale.needs_attention) == ("deleted", "")


def test_a_withdrawn_design_put_back_by_hand_is_taken_down_again(shop: Any, on_sale: Listing) -> None:
    Sticker.objects.update(shelf="withdrawn")
    changes()
    [theirs] = shop.listings.values()
    theirs["state"] = "active"
    Listing.objects.update(status="inactive")
    make_so(Listing.objects.get())
    assert theirs["state"] == "inactive"
    assert Sticker.objects.get().shelf == "withdrawn"


def test_a_complained_of_listing_that_somebody_put_on_sale_again_is_noticed_and_taken_down(
    shop: Any, on_sale: Listing
) -> None:
    Sticker.objects.update(shelf="withdrawn")
    changes()
    [theirs] = shop.listings.values()
    theirs["state"] = "active"
    run_job("sync_stats")
    assert theirs["state"] == "inactive"
    assert Alert.objects.filter(key=f"foreign-state:{on_sale.pk}:active").exists()


def test_words_written_over_on_etsy_are_left_there(shop: Any, on_sale: Listing) -> None:
    [theirs] = live(shop)
    theirs["title"] = "By hand"
    make_so(on_sale)
    make_so(Listing.objects.get())
    assert theirs["title"] == "By hand"
    assert Alert.objects.filter(key=f"foreign-words:{on_sale.pk}").count() == 1
    Sticker.objects.update(title="A newer wish of ours")
    make_so(Listing.objects.get())
    assert theirs["title"] == "A newer wish of ours"
    assert theirs["production_partner_ids"] == [66600001]


def test_pictures_changed_on_etsy_are_left_there(sandbox: Sandbox, shop: Any, on_sale: Listing) -> None:
    [theirs] = live(shop)
    theirs["images"].pop()
    make_so(on_sale)
    assert len(theirs["images"]) == 2
    assert Alert.objects.filter(key=f"foreign-pictures:{on_sale.pk}").exists()
    sandbox.forget_calls()
    make_so(Listing.objects.get())
    assert "uploadListingImage" not in operations(sandbox)


def test_new_pictures_replace_those_of_which_others_took_one_away(shop: Any, on_sale: Listing) -> None:
    [theirs] = live(shop)
    theirs["images"].pop()
    make_so(on_sale)
    sticker = Sticker.objects.get()
    Sticker.objects.update(listing_images=sticker.listing_images[::-1])
    make_so(Listing.objects.get())
    assert len(theirs["images"]) == 3
