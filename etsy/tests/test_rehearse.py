"""The dress rehearsal: the publisher's own calls, everything compared and deleted, no other listing touched."""

import io
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from etsy import rehearse, words
from etsy.adapters import listings
from etsy.models import Listing
from etsy.tests.conftest import MakeSticker, fault, live, operations
from stickertrendz.ops import intents, switches
from stickertrendz.ops.errors import Refused
from stickertrendz.ops.models import Intent, Meter
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.server import Sandbox

Time = time_machine.Traveller
EACH = [
    "createDraftListing", *["uploadListingImage"] * 3, "updateListingInventory", "getListing", "getListingInventory",
    "getListingImages", "getListing", "deleteListing",
]  # fmt: skip


def run(*options: str) -> str:
    out = io.StringIO()
    call_command("etsy_rehearse", *options, stdout=out)
    return out.getvalue()


def test_ten_drafts_are_made_compared_and_deleted(shop: Any, sandbox: Sandbox, make_sticker: MakeSticker) -> None:
    make_sticker(shelf="none")
    sandbox.forget_calls()
    told = run()
    assert told.count("as sent, deleted") == 10
    assert "10 of 10 as sent and deleted" in told
    assert f"{10 * len(EACH)} calls" in told
    assert operations(sandbox) == EACH * 10
    assert not shop.listings
    assert not shop.table("ledger")
    assert set(Intent.objects.values_list("kind", "state")) == {("etsy_rehearsal", "void")}


def test_a_draft_says_that_it_is_a_test_costs_under_a_dollar_and_is_no_design_of_ours(
    shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[dict[str, Any]] = []
    real = listings.delete

    def look(listing_id: int, **more: Any) -> None:
        made.append({**shop.listings[listing_id]})
        real(listing_id, **more)

    monkeypatch.setattr(listings, "delete", look)
    run("--count", "1")
    [draft] = made
    assert draft["state"] == "draft"
    assert "test" in draft["title"].lower()
    assert all(offering["price"] < 100 for product in draft["products"] for offering in product["offerings"])
    assert len(draft["tags"]) == 13
    assert words.number_in(draft["description"]) == ""
    assert draft["images"], "even a shop without designs rehearses with a picture"


CHANGES = {
    "title": lambda draft: draft.update(title="Hello"),
    "tags": lambda draft: draft["tags"].pop(),
    "sizes and prices": lambda draft: draft["products"][0]["offerings"][0].update(price=98),
    "pictures": lambda draft: draft["images"].clear(),
    "section": lambda draft: draft.update(shop_section_id=None),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_etsy_shows_otherwise_is_reported(shop: Any, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    real = listings.get

    def get(listing_id: int, **more: Any) -> Any:
        CHANGES[what](shop.listings[listing_id])
        return real(listing_id, **more)

    monkeypatch.setattr(listings, "get", get)
    out = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("etsy_rehearse", "--count", "1", stdout=out)
    assert error.value.returncode == 1
    assert f"    {what}: sent " in out.getvalue()
    assert not shop.listings


def test_nothing_is_paid_for_without_a_yes(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for answer in ("", "no"):
        monkeypatch.setattr("builtins.input", lambda words, answer=answer: answer)
        with pytest.raises(CommandError, match="Not agreed"):
            run("--pay")
    assert not shop.listings
    assert not Intent.objects.exists()


def test_with_pay_one_is_on_sale_for_a_moment_and_its_fee_is_booked(
    shop: Any, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def agree(words: str) -> str:
        asked.append(words)
        return "y"

    monkeypatch.setattr("builtins.input", agree)
    assert "2 of 2 as sent and deleted" in run("--pay", "--count", "2")
    assert "$0.20" in asked[0]
    assert [entry["amount"] for entry in shop.table("ledger").values()] == [-20]
    assert Meter.objects.get(name="listing_fees").used == 200_000
    assert operations(sandbox).count("updateListing") == 2
    assert not shop.listings


def test_a_full_shop_is_not_made_fuller_by_a_paid_rehearsal(
    shop: Any, on_sale: Listing, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAX_ACTIVE_LISTINGS = 1
    monkeypatch.setattr("builtins.input", lambda words: "y")
    with pytest.raises(CommandError, match="1 of 1 listings are on sale"):
        run("--pay", "--count", "1")
    assert not Intent.objects.filter(kind=rehearse.KIND).exists()
    assert "1 of 1 as sent" in run("--count", "1"), "drafts take no slot"


@pytest.mark.parametrize("kind", ["500_after", "timeout_after", "malformed"])
def test_a_draft_whose_answer_was_lost_is_found_and_deleted(shop: Any, sandbox: Sandbox, kind: str) -> None:
    fault(sandbox, "createDraftListing", kind, seconds=0.01)
    with pytest.raises(CommandError):
        run("--count", "1")
    assert not shop.listings


def test_a_lost_draft_that_appears_late_is_deleted_by_the_next_rehearsal(
    shop: Any, sandbox: Sandbox, virtual_time: Time
) -> None:
    fault(sandbox, "createDraftListing", "500_after")
    shop.settings["read_lag"] = 60
    with pytest.raises(CommandError):
        run("--count", "1")
    assert len(shop.listings) == 1
    shop.settings["read_lag"] = 0
    assert "1 left over from earlier rehearsals: deleted" in run("--count", "1")
    assert not shop.listings


def test_a_draft_that_reading_does_not_know_yet_is_deleted_all_the_same(shop: Any) -> None:
    shop.settings["read_lag"] = 3600
    with pytest.raises(CommandError):
        run("--count", "1")
    assert not shop.listings


def test_what_could_not_be_deleted_is_deleted_by_the_next_rehearsal(shop: Any, sandbox: Sandbox) -> None:
    fault(sandbox, "deleteListing", "500", times=4)
    with pytest.raises(CommandError):
        run("--count", "1")
    assert len(shop.listings) == 1
    assert rehearse.clean() == 1
    assert not shop.listings


def test_a_rehearsal_that_may_still_run_is_left_alone(shop: Any, virtual_time: Time) -> None:
    intent = intents.plan(rehearse.KIND, "other-01")
    listings.create_draft(rehearse._draft("other-01"), intent, subject="")
    rehearse._claim(intent)
    told: list[str] = []
    assert rehearse.clean(told.append) == 0
    assert "left alone until" in told[0]
    virtual_time.shift(timedelta(minutes=6))
    assert rehearse.clean() == 1
    assert not shop.listings


def test_other_peoples_drafts_and_our_own_listings_are_never_touched(
    shop: Any, on_sale: Listing, sandbox: Sandbox
) -> None:
    copied = {name: value for name, value in shop.listings[on_sale.etsy_id].items() if name != "listing_id"}
    theirs = shop.add("listings", {**copied, "state": "draft", "description": "Mine\n\nRehearsal no. 1"})
    intent = intents.plan(rehearse.KIND, "wrong-01")
    Intent.objects.filter(pk=intent.pk).update(state="done", result={"etsy_id": on_sale.etsy_id})
    fault(sandbox, "createDraftListing", "500")
    with pytest.raises(CommandError):
        run("--count", "1")
    assert theirs["listing_id"] in shop.listings
    assert live(shop)


def test_the_publisher_and_the_comparison_take_a_rehearsals_draft_for_nobodys(
    shop: Any, make_sticker: MakeSticker
) -> None:
    intent = intents.plan(rehearse.KIND, "mine-01")
    draft = listings.create_draft(rehearse._draft("mine-01"), intent, subject="")
    make_sticker()
    run_job("publisher")
    assert Listing.objects.get().etsy_id != draft.listing_id
    assert shop.listings[draft.listing_id]["state"] == "draft"
    assert rehearse.clean() == 1


def test_a_thrown_switch_ends_it_before_anything_is_made(shop: Any) -> None:
    switches.throw("etsy", "strike", by="op")
    with pytest.raises(CommandError, match="strike"):
        run()
    assert not shop.listings


def test_before_the_shop_is_set_up_nothing_is_made(db: None) -> None:
    with pytest.raises(Refused, match="not set up"):
        next(rehearse.rehearse(1))
    assert not Intent.objects.exists()


@pytest.mark.parametrize("count", ["0", "51"])
def test_the_count_has_bounds(db: None, count: str) -> None:
    with pytest.raises(CommandError, match="from 1 to 50"):
        run("--count", count)
