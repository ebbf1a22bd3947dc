"""The pages of complaints: shown before anything is done, and only for those who may."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from etsy import takedown
from etsy.models import Listing, TakedownNotice
from etsy.tests.conftest import MakeSticker, make_sticker
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.console import complaint_story
from stickertrendz.console.tests.test_blocklist_pages import owner, page
from stickertrendz.ops import queue, switches
from trends.models import Term

__all__ = ["make_sticker", "owner"]  # the fixtures
pytestmark = pytest.mark.django_db
LIST = "/admin/etsy/takedownnotice/"


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> list[str]:
    settings.MEDIA_ROOT = tmp_path
    jobs: list[str] = []
    monkeypatch.setattr(queue, "enqueue", jobs.append)
    return jobs


@pytest.fixture
def listing(make_sticker: MakeSticker) -> Listing:
    return listed(make_sticker(), 4711)


def listed(sticker: Sticker, number: int) -> Listing:
    made: Listing = Listing.objects.create(sticker=sticker, etsy_id=number, status="active", state_seen="active")
    return made


def down(listing: Listing) -> TakedownNotice:
    told: dict[str, Any] = {"received_at": clock.now(), "complainant": "Frog Inc", "claim": "our frog"}
    takedown.receive(listing, by="owner", **told)
    TakedownNotice.objects.update(status="down", delisted_at=clock.now() + timedelta(minutes=90))
    return TakedownNotice.objects.get()


def notice_of(number: str) -> dict[str, str]:
    when = f"{clock.now() - timedelta(hours=19):%Y-%m-%dT%H:%M}"
    return {"listing": number, "received_at": when, "complainant": "Frog Inc", "claim": "our frog"}


@pytest.mark.parametrize("written", ["4711", " https://www.etsy.com/listing/4711/mushroom-frog?ref=shop#a "])
def test_a_notice_shows_the_listing_and_its_look_alikes_before_one_click_takes_them_down(
    owner: Client, asked: list[str], listing: Listing, make_sticker: MakeSticker, written: str
) -> None:
    alike = listed(make_sticker(), 4712)
    told = notice_of(written)
    shown = page(owner, LIST + "add/", told)
    assert "Look-alikes: 1" in shown
    assert not TakedownNotice.objects.exists()
    for _ in range(2):  # the second click of a double click
        shown = page(owner, LIST + "add/", {**told, "also": alike.pk, "take": "1"})
    assert "2 off sale here" in shown
    assert TakedownNotice.objects.count() == 2
    assert set(Sticker.objects.values_list("shelf", flat=True)) == {"withdrawn"}
    assert "push_changes" in asked
    assert '<span class="countdown urgent">4 h' in page(owner, LIST)


@pytest.mark.parametrize(
    ("told", "says"),
    [({"listing": "99"}, "no listing of this number"), ({"listing": "the frog"}, "no listing of this number"),
     ({"received_at": "2999-01-01T00:00"}, "in the future"), ({"complainant": ""}, "required")],
)  # fmt: skip
def test_a_notice_that_cannot_be_right_is_asked_about(
    owner: Client, listing: Listing, told: dict[str, str], says: str
) -> None:
    assert says in page(owner, LIST + "add/", {**notice_of("4711"), **told, "take": "1"})
    assert not TakedownNotice.objects.exists()


def test_a_takedown_that_waits_for_a_switch_says_so(owner: Client, listing: Listing) -> None:
    notice = takedown.receive(listing, received_at=clock.now(), complainant="Frog Inc", claim="ours", by="owner")
    where = f"{LIST}{notice.pk}/change/"
    assert "tried again every five minutes" in page(owner, where)
    switches.throw("etsy", "the token is dead", by="etsy.oauth")
    shown = page(owner, where)
    assert "by hand in Etsy’s shop manager" in shown
    assert "tried again every five minutes" not in shown


def test_valid_previews_the_term_first_and_then_deletes(owner: Client, listing: Listing) -> None:
    where = f"{LIST}{down(listing).pk}/change/"
    assert all(f'name="{deed}"' in page(owner, where) for deed in ("uphold", "question", "drop"))
    told = {"uphold": "1", "uphold-text": "Mushroom Frog", "uphold-kind": "trademark", "uphold-match": "word",
            "uphold-section": "characters", "uphold-why": "it is theirs"}  # fmt: skip
    assert "What it would hit now" in page(owner, where, told)
    assert TakedownNotice.objects.get().status == "down"
    assert "the listing is being deleted" in page(owner, where, {**told, "store": "1"})
    assert TakedownNotice.objects.get().status == "valid"
    assert Term.objects.filter(text="Mushroom Frog", retired_at=None).exists()
    assert "cannot go from valid to valid" in page(owner, where, {**told, "store": "1"})


def test_questionable_is_locked_until_advice_is_recorded(owner: Client, listing: Listing) -> None:
    where = f"{LIST}{down(listing).pk}/change/"
    shown = page(owner, where, {"question": "1", "question-why": "a common frog"})
    assert "Relist lock" in shown
    assert 'name="relist"' not in shown
    assert 'name="advise"' in shown
    assert 'name="uphold"' in shown
    assert "without advice" in page(owner, where, {"relist": "1", "relist-why": "I want it"})
    advice = {"advise": "1", "advise-text": "A frog is a frog.", "advise-on": f"{clock.today():%Y-%m-%d}"}
    assert 'name="relist"' in page(owner, where, advice)
    assert "goes back on sale" in page(owner, where, {"relist": "1", "relist-why": "as advised"})
    assert Sticker.objects.get().shelf == "wanted"


def test_a_withdrawn_complaint_leads_to_putting_the_design_back(owner: Client, listing: Listing) -> None:
    where = f"{LIST}{down(listing).pk}/change/"
    shown = page(owner, where, {"drop": "1", "drop-why": "they gave in"})
    assert f"Decide about {listing.sticker.number}" in shown
    assert "noted that the complaint was withdrawn" in shown
    assert "they gave in" in shown


def test_a_viewer_sees_everything_and_may_do_nothing(client: Client, django_user_model: Any, listing: Listing) -> None:
    where = f"{LIST}{down(listing).pk}/change/"
    viewer = django_user_model.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(*Permission.objects.filter(codename="view_takedownnotice"))
    client.force_login(viewer)
    shown = page(client, where)
    assert "Dear Frog Inc" in shown
    assert "down after 1 h 30 min" in shown
    assert 'name="question"' not in shown
    assert "Record a notice" not in page(client, LIST)
    assert client.post(where, {"question": "1", "question-why": "no"}).status_code == 403
    assert client.post(LIST + "add/", notice_of("4711")).status_code == 403
    assert TakedownNotice.objects.get().status == "down"


@pytest.mark.parametrize(
    ("hours", "says"), [(0, "24 h 00 min left"), (23, "1 h 00 min left"), (24, "overdue by 0 h 00 min"),
                        (26.5, "overdue by 2 h 30 min")],
)  # fmt: skip
def test_the_countdown_runs_from_the_receipt_of_the_notice(
    listing: Listing, virtual_time: Any, hours: float, says: str
) -> None:
    virtual_time.move_to(clock.now(), tick=False)
    received = clock.now() - timedelta(hours=hours)
    notice = TakedownNotice(listing=listing, status="received", received_at=received)
    assert complaint_story.countdown(notice) == says


def test_the_list_takes_as_many_queries_for_ten_complaints_as_for_one(owner: Client, make_sticker: MakeSticker) -> None:
    counts = []
    for number in range(10):
        takedown.receive(
            listed(make_sticker(), number + 1), received_at=clock.now(), complainant="A", claim="b", by="owner"
        )
        if number in (0, 9):
            with CaptureQueriesContext(connection) as queries:
                page(owner, LIST)
            counts.append(len(queries))
    assert counts[0] == counts[1]
