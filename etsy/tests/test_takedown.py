"""Complaints: what follows for the listing, its design and its topic."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from etsy import letters, recall, takedown
from etsy.models import Listing, TakedownNotice
from etsy.tests.conftest import MakeSticker, changes, fault, live
from stickers import rescan, review
from stickers.models import Generation, Sticker
from stickertrendz import clock
from stickertrendz.ops import queue
from stickertrendz.ops.errors import Beaten, IllegalMove, NeedsPerson
from stickertrendz.ops.models import Alert, AuditEntry
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.server import Sandbox
from trends import blocklists
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


def receive(listing: Listing, hours_ago: float = 0, also: tuple[Listing, ...] = ()) -> TakedownNotice:
    when = clock.now().replace(second=0, microsecond=0) - timedelta(hours=hours_ago)
    return takedown.receive(
        listing, received_at=when, complainant="Frog Inc", claim="our frog", by="owner", also=list(also)
    )


@pytest.fixture
def two_on_sale(shop: Any, make_sticker: MakeSticker) -> tuple[Listing, Listing]:
    """Two designs drawn from the same prompt."""
    make_sticker()
    make_sticker()
    run_job("publisher")
    first, second = Listing.objects.order_by("pk")
    return first, second


def test_recording_a_notice_twice_makes_one_row_and_takes_the_design_off_at_once(on_sale: Listing) -> None:
    when = clock.now()
    for _ in range(2):
        takedown.receive(on_sale, received_at=when, complainant="Frog Inc", claim="our frog", by="owner")
    assert TakedownNotice.objects.count() == 1
    assert Sticker.objects.get().shelf == "withdrawn"
    assert AuditEntry.objects.filter(action="recorded complaint", who="owner").count() == 1


def test_look_alikes_of_the_same_prompt_are_found_and_taken_down_with_a_clock_of_their_own(
    shop: Any, two_on_sale: tuple[Listing, Listing]
) -> None:
    first, second = two_on_sale
    assert list(takedown.look_alikes(first)) == [second]
    notice = receive(first, hours_ago=20, also=(second,))
    changes()
    assert not live(shop)
    alike = notice.look_alikes.get()
    assert (alike.listing, alike.status, alike.due_at) == (second, "down", notice.due_at)
    assert not takedown.look_alikes(first), "what is off for cause is not offered again"


def test_a_design_of_another_prompt_and_topic_is_no_look_alike(two_on_sale: tuple[Listing, Listing]) -> None:
    first, second = two_on_sale
    Generation.objects.filter(sticker=second.sticker_id).update(prompt="a toad")
    assert not takedown.look_alikes(first)


def test_a_rejected_design_is_taken_off_etsy_at_once(on_sale: Listing, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(queue, "enqueue", asked.append)
    review.reject(on_sale.sticker, by="owner", why="a gun")
    assert "push_changes" in asked


TERM: dict[str, Any] = {"text": "Mushroom Frog", "kind": "trademark", "match": "word", "section": "characters"}


def test_a_valid_complaint_deletes_the_listing_retires_the_design_and_blocks_the_term(
    shop: Any, on_sale: Listing
) -> None:
    notice = complain(on_sale)
    takedown.uphold(notice, by="owner", why="it is theirs", **TERM)
    changes()
    assert not shop.listings
    sticker = Sticker.objects.get()
    assert (sticker.status, sticker.shelf) == ("rejected", "withdrawn")
    assert blocklists.find("a mushroom frog sticker")
    run_job("publisher")
    assert not shop.listings
    assert AuditEntry.objects.filter(action="complaint found valid", who="owner", why="it is theirs").exists()
    assert "deleted the listing for good" in letters.answer(notice)


def test_the_second_click_on_a_verdict_changes_nothing(on_sale: Listing) -> None:
    notice = complain(on_sale)
    stale = TakedownNotice.objects.get()
    takedown.uphold(notice, by="owner", why="it is theirs", **TERM)
    with pytest.raises(Beaten):
        takedown.uphold(stale, by="owner", why="again", **TERM)
    with pytest.raises(IllegalMove):
        takedown.drop(notice, by="owner", why="no")
    assert AuditEntry.objects.filter(action="added term").count() == 1


def test_a_verdict_that_cannot_be_written_whole_is_not_written_at_all(on_sale: Listing) -> None:
    notice = complain(on_sale)
    with pytest.raises(ValueError, match="no letters"):
        takedown.uphold(notice, by="owner", why="it is theirs", **(TERM | {"text": "!!"}))
    assert TakedownNotice.objects.get().status == "down"
    assert Sticker.objects.get().status == "approved"


def test_a_questionable_complaint_is_relisted_only_after_advice(shop: Any, on_sale: Listing) -> None:
    notice = complain(on_sale)
    with pytest.raises(Beaten):
        takedown.record_advice(notice, text="fine", on=clock.today(), by="owner")
    takedown.question(notice, by="owner", why="it is a common frog")
    with pytest.raises(NeedsPerson, match="advice"):
        takedown.clear(notice, by="owner", why="I think so")
    assert not rescan.waiting().exists()
    changes()
    assert not live(shop)
    takedown.record_advice(notice, text="A frog is a frog.", on=clock.today(), by="owner")
    assert takedown.clear(notice, by="owner", why="as advised")
    run_job("publisher")
    assert len(live(shop)) == 1
    assert "and offer it again." in letters.answer(TakedownNotice.objects.get())
    assert not Trend.objects.get().is_shut
    assert (notice.status, notice.advice) == ("cleared", "A frog is a frog.")


def test_advice_about_one_complaint_does_not_relist_against_another(shop: Any, on_sale: Listing) -> None:
    first = complain(on_sale)
    complain(on_sale, by="Toad Ltd")
    takedown.question(first, by="owner", why="a common frog")
    takedown.record_advice(first, text="fine", on=clock.today(), by="owner")
    assert not takedown.clear(first, by="owner", why="as advised")
    run_job("publisher")
    assert not live(shop)
    assert "does not infringe your rights." in letters.answer(TakedownNotice.objects.get(pk=first.pk))


def test_the_letter_tells_what_was_done_and_no_one_elses_name(on_sale: Listing) -> None:
    notice = complain(on_sale)
    text = letters.answer(notice)
    assert text.startswith("Dear Frog Inc,")
    assert str(on_sale.etsy_id) in text
    assert notice.delisted_at
    assert f"{notice.delisted_at:%H:%M}" in text
    assert "owner" not in text


def test_a_recalled_design_stays_with_its_recall_when_a_complaint_about_it_ends(on_sale: Listing) -> None:
    made = recall.recall(recall.Batch("trend", str(on_sale.sticker.trend_id)), by="owner", why="bad drawings")
    notice = complain(on_sale, by="Frog Inc" * 20)
    assert not recall.kept_off(made).exists(), "while the complaint lasts nobody puts it back"
    takedown.question(notice, by="owner", why="doubtful")
    takedown.record_advice(notice, text="no claim", on=clock.today(), by="owner")
    assert not takedown.clear(notice, by="owner", why="advice")
    assert recall.kept_off(made).get() == on_sale.sticker
    assert not rescan.waiting().exists()
    assert recall.put_back(made, on_sale.sticker, by="owner", why="it is fine")
