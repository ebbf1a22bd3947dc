"""The pages of the review desk: what they show, what a form does without the script, and what is refused in words."""

from html import unescape

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from fulfillment.models import PrintCost
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.console import navigation
from stickertrendz.console.tests.desk_sitting import DESK, TOPICS, Sitting, browser_of, flagged, outside, owner, status
from stickertrendz.ops.models import AuditEntry
from stickertrendz.tests.making import make_sticker
from trends import blocklists
from trends.tests.make import make_signal, make_source

__all__ = ["outside", "owner"]  # the fixtures
pytestmark = pytest.mark.django_db


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
    assert 'class="wrong"' in shown


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


def test_the_sidebar_leads_to_the_desk_and_counts_what_waits(owner: Client) -> None:
    for topic in TOPICS[:3]:
        flagged(topic)
    [section] = [one for one in navigation.sections(RequestFactory().get(DESK)) if one["title"] == "Today"]
    [entry] = [one for one in section["items"] if one["link"] == DESK]
    assert (entry["title"], entry["badge"], entry["active"]) == ("Review desk", 3, True)
