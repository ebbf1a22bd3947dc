"""The pages of the review desk: what they show, what a form does without the script, and what is refused in words."""

from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from fulfillment.models import PrintCost
from stickers import desk, review
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.console import navigation
from stickertrendz.ops.models import AuditEntry
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.making import make_sticker
from trends import blocklists
from trends.tests.make import make_signal, make_source

pytestmark = pytest.mark.django_db
DESK = "/admin/stickers/sticker/review/"
TOPICS = ("otters holding hands", "sleepy fox", "cozy frog", "grumpy cat")


@pytest.fixture(autouse=True)
def outside(sandbox: Sandbox) -> None:
    """Virtual time, and nothing real outside."""


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("owner"))
    return client


def browser_of(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser(name))
    return client


def flagged(topic: str = TOPICS[0], hours: float = 1, **columns: Any) -> Sticker:
    sticker = make_sticker(topic)
    waits = {"status": "flagged", "shelf": "none", "status_since": clock.now() - timedelta(hours=hours)}
    scores = {"violence": 0.55, "hate": 0.02}
    shown = {"moderation_categories": scores, "moderation_score": 0.55, "thumbnail_key": sticker.listing_images[0]}
    Sticker.objects.filter(pk=sticker.pk).update(**waits | shown | columns)
    sticker.refresh_from_db()
    return sticker


class Sitting:
    """A person at the desk, whose browser runs no script: what is in hand, and what the page says."""

    def __init__(self, client: Client, address: str = DESK) -> None:
        self.client = client
        self.look(client.get(address, follow=True))

    def look(self, answer: Any) -> str:
        if answer.redirect_chain:
            self.at = answer.redirect_chain[-1][0]
        elif answer.request["REQUEST_METHOD"] == "GET":
            self.at = DESK + (f"?{answer.request['QUERY_STRING']}" if answer.request["QUERY_STRING"] else "")
        self.shown = unescape(answer.content.decode())
        return self.shown

    @property
    def told(self) -> dict[str, str]:
        """The hidden fields of the form."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.at).query).items()}

    @property
    def key(self) -> int:
        return int(self.told.get("design", 0))

    def press(self, do: str, **more: str) -> str:
        return self.look(self.client.post(DESK, {**self.told, "do": do, **more}, follow=True))

    def reload(self) -> str:
        return self.look(self.client.get(self.at, follow=True))


def status(sticker: Sticker) -> str:
    return Sticker.objects.get(pk=sticker.pk).status


def test_a_design_is_shown_with_all_that_speaks_for_and_against_it(owner: Client) -> None:
    alike = make_sticker("otters holding paws")
    Sticker.objects.filter(pk=alike.pk).update(thumbnail_key="shot.png")
    sticker = flagged(hours=40)
    post = make_signal("two otters hold hands", make_source(place="aww"), score=900)
    sticker.trend.signals.add(post)
    sticker.trend.reasoning = "Everybody loves otters."
    sticker.trend.save()
    blocklists.add("Zorblatt", "trademark", by="test", why="a made-up mark")
    Sticker.objects.filter(pk=sticker.pk).update(title="Otters with a Zorblatt Sticker")
    AuditEntry.objects.create(
        who="moderation", action="flagged sticker", subject=f"stickers.sticker:{sticker.pk}", at=clock.now(),
        why="moderation: violence 0.55, but its topic was shut",
    )  # fmt: skip
    shown = Sitting(owner).shown
    for words in (
        sticker.number, "8 hours left", "Moderation: violence 0.55, but its topic was shut", "From 0.4", "above 0.7",
        "two otters hold hands", "r/aww, 900 points", "Everybody loves otters.", "seen on reddit", alike.trend.topic,
        "<mark>Zorblatt</mark>", "“zorblatt” in the title", "otter sticker", f"Design no. {sticker.number}", "$5.49",
        "as just dropped, leaves $", f"{sticker.number}-3in.png", 'aria-label="55 of 100, doubtful"',
    ):  # fmt: skip
        assert words.casefold() in shown.casefold(), words
    assert shown.count('class="tag"') == 13


def test_the_forms_alone_judge_one_after_the_other(owner: Client) -> None:
    first, second, third = (flagged(topic, 30 - at) for at, topic in enumerate(TOPICS[:3]))
    sitting = Sitting(owner)
    assert sitting.key == first.pk
    assert f"{first.number} is approved and goes on sale" in sitting.press("approve")
    assert sitting.key == second.pk
    assert f"{second.number} is rejected: poor drawing" in sitting.press("reject:poor")
    assert "is rejected: it looks like my neighbour" in sitting.press(
        "reject:other", why=" it looks like my neighbour "
    )
    assert "Nothing waits for your verdict" in sitting.shown
    rows = Sticker.objects.order_by("pk").values_list("status", "reject_reason", "reviewed_by", "claimed_until")
    assert list(rows) == [
        ("approved", "", "owner", None), ("rejected", "poor drawing", "owner", None),
        ("rejected", "it looks like my neighbour", "owner", None),
    ]  # fmt: skip
    told = AuditEntry.objects.filter(who="owner").order_by("pk").values_list("action", "why")
    assert list(told)[1] == ("rejected sticker", "poor drawing")
    assert status(third) == "rejected"


def test_a_rejection_without_a_reason_asks_for_one_and_keeps_the_design(owner: Client) -> None:
    sticker = flagged()
    sitting = Sitting(owner)
    for reason in ("other", "nonsense", ""):
        assert "Say why it is rejected" in sitting.press(f"reject:{reason}", why="  ")
    assert (status(sticker), sitting.key) == ("flagged", sticker.pk)


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


def test_what_the_blocklists_find_is_not_approved_and_stays_in_hand(owner: Client) -> None:
    sticker = flagged()
    sitting = Sitting(owner)
    blocklists.add("otters", "trademark", by="test", why="test")
    assert "is not approved: the blocklists find" in sitting.press("approve")
    assert (status(sticker), sitting.key) == ("flagged", sticker.pk)


def test_the_script_gets_the_changing_part_alone_and_says_so(owner: Client) -> None:
    flagged(hours=20), flagged("sleepy fox", 10)
    sitting = Sitting(owner)
    answer = owner.post(DESK, {**sitting.told, "do": "approve"}, headers={"X-Desk": "1"})
    part = answer.content.decode()
    assert answer.headers["X-Desk"] == "1"
    assert "<html" not in part
    assert "is approved and goes on sale" in part
    assert "sleepy fox" in part
    assert "csrfmiddlewaretoken" in part
    out = Client().post(DESK, {**sitting.told, "do": "approve"}, headers={"X-Desk": "1"})
    assert (out.status_code, "X-Desk" in out.headers) == (302, False)


def test_the_next_picture_is_named_ahead(owner: Client) -> None:
    flagged(hours=20)
    second = flagged("sleepy fox", 10)
    assert f"{second.number}-3in.png" in Sitting(owner).shown.partition("data-ahead")[2][:300]


def test_what_cannot_be_published_or_priced_says_why(owner: Client) -> None:
    flagged(title="", tags=[])
    PrintCost.objects.all().delete()
    shown = Sitting(owner).shown
    assert "is not known: add its print cost" in shown
    assert "No title yet" in shown
    assert 'class="errors"' in shown


def test_all_at_a_glance_shows_who_waits_how_long_and_what_is_in_hand(owner: Client) -> None:
    first = flagged(hours=47)
    flagged("sleepy fox", 3)
    grid = unescape(owner.get(DESK, {"view": "grid"}).content.decode())
    for words in ("1 hour left", "45 hours left", "violence 0.55", "sleepy fox"):
        assert words in grid
    assert 'class="badge">in hand' not in grid
    sitting = Sitting(owner, f"{DESK}?design={first.pk}")
    assert sitting.key == first.pk
    assert 'class="badge">in hand' in owner.get(DESK, {"view": "grid"}).content.decode()
    assert "Somebody else has" in Sitting(browser_of("ada"), f"{DESK}?design={first.pk}").shown


def test_nonsense_does_nothing(owner: Client) -> None:
    sticker = flagged()
    assert owner.post(DESK, {"do": "sell", "design": sticker.pk}).status_code == 404
    for told in ({"design": "x", "claim": "yesterday"}, {"design": "9" * 30}, {"design": "0", "claim": "1"}):
        assert owner.get(DESK, told, follow=True).status_code == 200
        answer = owner.post(DESK, {**told, "do": "approve"}, follow=True)
        assert "There is no such design. Your decision changed nothing." in answer.content.decode()
    assert status(sticker) == "flagged"


def test_a_verdict_needs_the_token_of_the_form() -> None:
    flagged()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.create_superuser("owner"))
    assert strict.post(DESK, {"do": "approve", "design": "1"}).status_code == 403


def test_who_may_only_look_sees_all_at_a_glance_and_decides_nothing(client: Client) -> None:
    sticker = flagged()
    viewer = User.objects.create_user("viewer", is_staff=True)
    client.force_login(viewer)
    assert client.get(DESK).status_code == 403
    viewer.user_permissions.set(Permission.objects.filter(codename="view_sticker"))
    shown = client.get(DESK).content.decode()
    assert "You may look, not judge" in shown
    assert sticker.trend.topic in shown
    assert client.post(DESK, {"do": "approve", "design": sticker.pk}).status_code == 403
    assert Sticker.objects.get().claimed_until is None


@pytest.mark.parametrize("view", ["", "grid"])
def test_hundreds_waiting_cost_as_many_queries_as_two(owner: Client, view: str) -> None:
    def queries() -> int:
        Sticker.objects.update(claimed_until=None)
        address = DESK if view else Sitting(owner).at
        with CaptureQueriesContext(connection) as caught:
            assert owner.get(address, {"view": view} if view else None).status_code == 200
        return len(caught)

    for topic in TOPICS[:2]:
        flagged(topic)
    few = queries()
    for number in range(12):
        flagged(f"otter {number}", number)
        make_sticker(f"otters on sale {number}")
    assert queries() == few
    assert few <= 26


def test_a_decision_by_another_page_in_between_is_told(owner: Client) -> None:
    sticker = flagged()
    sitting = Sitting(owner)
    review.reject(Sticker.objects.get(), by="ada", why="no")
    assert f"{sticker.number} was decided meanwhile: rejected by ada (no)" in sitting.press("approve")
    assert status(sticker) == "rejected"


def test_the_sidebar_leads_to_the_desk_and_counts_what_waits(owner: Client) -> None:
    for topic in TOPICS[:3]:
        flagged(topic)
    [section] = [one for one in navigation.sections(RequestFactory().get(DESK)) if one["title"] == "Today"]
    [entry] = [one for one in section["items"] if one["link"] == DESK]
    assert (entry["title"], entry["badge"], entry["active"]) == ("Review desk", 3, True)
