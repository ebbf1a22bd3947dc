"""Who has which design at the review desk, and how a verdict is taken back."""

import pytest
from django.test import Client

from stickers import desk, review
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.console.tests.desk_sitting import DESK, Sitting, browser_of, flagged, outside, owner, status
from stickertrendz.ops.models import AuditEntry

__all__ = ["outside", "owner"]  # the fixtures
pytestmark = pytest.mark.django_db


def test_undo_brings_back_the_last_design_and_then_the_one_before(owner: Client) -> None:
    first, second = flagged(hours=20), flagged("sleepy fox", 10)
    sitting = Sitting(owner)
    sitting.press("approve")
    sitting.press("reject:trademark")
    assert f"{second.number} is back: decide again" in sitting.press("undo")
    assert sitting.key == second.pk
    assert f"{first.number} is back" in sitting.press("undo")
    assert (sitting.key, status(first), status(second)) == (first.pk, "flagged", "flagged")
    assert "You decided nothing within a day" in sitting.press("undo")
    assert sitting.key == first.pk
    assert AuditEntry.objects.filter(who="owner", action="took back verdict").count() == 2
    assert Sitting(browser_of("ada")).key == second.pk, "what was in hand before the undo is free again"


def test_undo_says_that_a_design_is_on_sale_already(owner: Client) -> None:
    sticker, waiting = flagged(hours=9), flagged("sleepy fox")
    sitting = Sitting(owner)
    sitting.press("approve")
    Sticker.objects.filter(pk=sticker.pk).update(published_at=clock.now())
    shown = sitting.press("undo")
    assert f"{sticker.number} has been on sale since" in shown
    assert "too late to undo" in shown
    assert (sitting.key, status(sticker)) == (waiting.pk, "approved")


def test_two_browsers_get_two_designs_and_the_third_is_told_so(owner: Client) -> None:
    flagged(hours=20), flagged("sleepy fox", 10)
    mine, theirs = Sitting(owner), Sitting(browser_of("ada"))
    assert mine.key != theirs.key
    third = Sitting(owner)
    assert "Somebody else has the rest in hand" in third.shown
    assert "2 designs are being looked at" in third.shown
    theirs.press("leave")
    assert Sitting(owner).key == theirs.key


def test_a_reload_shows_the_same_design_and_takes_no_other(owner: Client) -> None:
    flagged(hours=20), flagged("sleepy fox", 10)
    sitting = Sitting(owner)
    before, address = sitting.key, sitting.at
    sitting.reload()
    assert (sitting.key, sitting.at) == (before, address)
    assert Sticker.objects.filter(claimed_until__gt=clock.now()).count() == 1


def test_a_decision_on_what_another_took_over_is_refused_in_words(owner: Client) -> None:
    sticker = flagged()
    sitting = Sitting(owner)
    clock.sleep(desk.HOLD.total_seconds() + 1)
    theirs = Sitting(browser_of("ada"))
    assert theirs.key == sticker.pk
    for do in ("approve", "reject:poor"):
        late = Sitting(owner, sitting.at)
        assert f"Somebody else has {sticker.number} in hand now" in late.shown
        answer = owner.post(DESK, {**sitting.told, "do": do}, follow=True)
        assert "Your decision changed nothing" in answer.content.decode()
        assert status(sticker) == "flagged"
    theirs.press("approve")
    answer = owner.post(DESK, {**sitting.told, "do": "reject:poor"}, follow=True)
    assert "was decided meanwhile: approved by ada. Your decision changed nothing." in answer.content.decode()
    assert status(sticker) == "approved"


def test_looking_on_renews_the_hold_and_leaving_ends_it(owner: Client) -> None:
    flagged()
    sitting = Sitting(owner)
    told = sitting.told
    clock.sleep(200)
    renewed = owner.post(DESK, {**told, "do": "hold"}).json()
    assert renewed["claim"] > told["claim"]
    assert owner.post(DESK, {**told, "do": "leave"}).status_code == 204
    assert "in hand" in Sitting(browser_of("ada")).shown, "a late word about an older hold ends nothing"
    owner.post(DESK, {**told, **renewed, "do": "leave"})
    assert Sitting(browser_of("bob")).key
    lost = owner.post(DESK, {**told, "do": "hold"})
    assert lost.status_code == 409
    assert "Somebody else has" in lost.json()["words"]


def test_skipped_designs_come_back_last(owner: Client) -> None:
    first, second = flagged(hours=20), flagged("sleepy fox", 10)
    sitting = Sitting(owner)
    assert "it comes back last" in sitting.press("skip")
    assert sitting.key == second.pk
    assert "1 skipped by you" in sitting.shown
    sitting.press("skip")
    assert sitting.key == first.pk
    assert "you skipped it" in sitting.shown
    sitting.press("approve")
    assert "There is no other design" in sitting.press("skip")
    assert sitting.key == second.pk


def test_a_decision_by_another_page_in_between_is_told(owner: Client) -> None:
    sticker = flagged()
    sitting = Sitting(owner)
    review.reject(Sticker.objects.get(), by="ada", why="no")
    assert f"{sticker.number} was decided meanwhile: rejected by ada (no)" in sitting.press("approve")
    assert status(sticker) == "rejected"
