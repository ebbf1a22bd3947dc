"""What is done to trends from their list and page: told first, left out with a reason, audited, taken back."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django_q.models import OrmQ

from etsy.models import Listing, TakedownNotice
from stickers.models import Generation, Sticker
from stickertrendz import clock
from stickertrendz.console import roles, trend_deeds
from stickertrendz.ops.errors import Beaten
from stickertrendz.ops.models import AuditEntry, ErrorLog
from trends import shut
from trends.models import Replay, Trend
from trends.tests.make import make_trend

pytestmark = pytest.mark.django_db
LIST = reverse("admin:trends_trend_changelist")


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("owner"))
    return client


def sign_in(client: Client, role: str) -> Client:
    roles.sync(apps)
    person = User.objects.create_user(role, is_staff=True)
    person.groups.set(Group.objects.filter(name=role))
    client.force_login(person)
    return client


def ask(client: Client, action: str, *rows: Any) -> str:
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(LIST, data, follow=True).content.decode()


def agree(client: Client, action: str, *rows: Any, why: str = "I say so") -> str:
    """What the page that asks would send."""
    keys = ",".join(str(row.pk) for row in rows)
    data = {"action": action, "_selected_action": [rows[0].pk], "select_across": "1", "keys": keys, "agreed": "1"}
    shown = client.post(LIST, {**data, "why": why}, follow=True).content.decode()
    for row in rows:
        row.refresh_from_db()
    return shown


def shown_page(client: Client, trend: Trend) -> str:
    return client.get(reverse("admin:trends_trend_change", args=[trend.pk])).content.decode()


def complained_about() -> Trend:
    trend = make_trend("frog of somebody", signals=0, status="published", shut_why="by ada: I am careful")
    drawn = Generation.objects.create(trend=trend, variant=1, prompt="x", model_version="v", seed=1, status="passed")
    sticker = Sticker.objects.create(trend=trend, generation=drawn, status="approved", shelf="withdrawn")
    listing = Listing.objects.create(sticker=sticker, status="inactive", etsy_id=7)
    TakedownNotice.objects.create(listing=listing, status="down", received_at=clock.now(), complainant="A firm")
    return trend


def test_topics_are_shut_with_a_reason_and_opened_again_by_the_undo_button(owner: Client) -> None:
    trend = make_trend()
    assert "gets no new designs" in ask(owner, "shut_topics", trend)
    assert not Trend.objects.get().is_shut, "only asked"
    shown = agree(owner, "shut_topics", trend, why="too grim")
    assert trend.shut_why == "by owner: too grim"
    assert 'name="action" value="reopen_topics"' in shown, "the way back"
    agree(owner, "reopen_topics", trend)
    assert not trend.is_shut
    kept = AuditEntry.objects.order_by("pk").values_list("who", "action", "why")
    assert list(kept) == [("owner", "shut topic", "by owner: too grim"), ("owner", "reopened topic", "I say so")]


def test_what_is_shut_or_unsafe_already_is_left_out_with_the_reason(owner: Client) -> None:
    open_one, unsafe = make_trend("a calm frog", signals=0), make_trend("a grim frog", signals=0, status="unsafe")
    shown = agree(owner, "shut_topics", open_one, unsafe)
    assert "1 done, 1 left out: found unsafe, which shuts it already" in shown
    assert (open_one.is_shut, unsafe.shut_why) == (True, "")


def test_the_first_of_two_who_shut_a_topic_at_once_is_kept_and_only_what_was_seen_is_reopened() -> None:
    trend = make_trend("frog", signals=0)
    late = Trend.objects.get(pk=trend.pk)
    assert shut.shut(trend, by="takedown", why="complaint 1")
    with pytest.raises(Beaten):
        trend_deeds.SHUT.step(late, by="ada", why="dull")
    with pytest.raises(Beaten):
        trend_deeds.REOPEN.step(Trend(pk=trend.pk, shut_why="by ada: dull"), by="ada", why="fine")
    trend.refresh_from_db()
    assert trend.shut_why == "complaint 1"
    assert AuditEntry.objects.filter(action__endswith="topic").count() == 1


def test_a_topic_is_not_reopened_while_a_complaint_about_it_is_unsettled(owner: Client) -> None:
    trend, by_complaint = complained_about(), make_trend("other", signals=0, shut_why="complaint by A firm")
    shown = agree(owner, "reopen_topics", trend, by_complaint)
    assert "a complaint about one of its designs is not settled" in shown
    assert "it opens when the complaint is cleared or withdrawn" in shown
    assert trend.is_shut
    assert by_complaint.is_shut
    TakedownNotice.objects.update(status="withdrawn")
    agree(owner, "reopen_topics", trend)
    assert not trend.is_shut


def test_the_owner_has_an_unsafe_topic_scored_anew_by_the_same_rules(owner: Client) -> None:
    trend = make_trend(signals=0, status="unsafe", score_safety=3, score_overall="8.00", scored_at=clock.now())
    assert "The model gave it safety 3" in ask(owner, "doubt_unsafe", trend)
    agree(owner, "doubt_unsafe", trend, why="frogs are harmless")
    assert (trend.status, trend.asked_by) == ("found", "owner")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.why, entry.detail) == (
        "had unsafe topic scored anew", "frogs are harmless", {"safety": 3},
    )  # fmt: skip
    assert [task.group() for task in OrmQ.objects.all()] == ["job trend_evaluation"]
    assert "1 left out: not found unsafe" in agree(owner, "doubt_unsafe", trend)


def test_only_the_owner_may_doubt_that_a_topic_is_unsafe_and_its_page_says_what_to_do(client: Client) -> None:
    trend = make_trend(signals=0, status="unsafe")
    operator = sign_in(client, "operator")
    shown = shown_page(operator, trend)
    assert "the owner has it scored anew" in shown
    assert "doubt_unsafe" not in shown
    agree(operator, "doubt_unsafe", trend)
    assert trend.status == "unsafe"
    assert 'value="doubt_unsafe"' in shown_page(sign_in(client, "owner"), trend)


def test_an_unsafe_topic_with_a_complaint_stays_shut_whoever_doubts_it(owner: Client) -> None:
    trend = complained_about()
    Trend.objects.filter(pk=trend.pk).update(status="unsafe", shut_why="")
    assert "not settled" in agree(owner, "doubt_unsafe", trend)
    assert trend.status == "unsafe"


def test_many_are_drawn_again_after_the_cost_and_those_with_designs_are_left_out(owner: Client) -> None:
    failed = make_trend("failed frog", signals=0, status="generation_failed")
    good = make_trend("good frog", signals=0, status="published")
    asked = ask(owner, "draw_topics_again", failed, good)
    assert re.search(r"about \$0\.02 a trend, or\s+\$0\.07", asked)
    assert "50 of today&#x27;s 50 pictures are left" in asked
    assert "1 done, 1 left out: not one of which no design came out" in agree(owner, "draw_topics_again", failed, good)
    assert (failed.status, good.status) == ("discovered", "published")


def test_many_are_scored_again_after_the_cost_was_told(owner: Client) -> None:
    scored, new = make_trend("a frog", signals=0, scored_at=clock.now()), make_trend("a newt", signals=0)
    assert "for at most $0.00" in ask(owner, "score_again", scored, new)
    assert not Replay.objects.exists()
    assert "1 left out: not scored yet" in agree(owner, "score_again", scored, new)
    assert (Replay.objects.get().trend, Replay.objects.get().asked_by) == (scored, "owner")


def test_a_viewer_is_offered_none_of_it(client: Client) -> None:
    trend = make_trend(signals=0, status="generation_failed")
    viewer = sign_in(client, "viewer")
    assert 'class="deeds"' not in shown_page(viewer, trend)
    for action in ("shut_topics", "reopen_topics", "draw_topics_again", "score_again", "doubt_unsafe"):
        agree(viewer, action, trend)
    assert (trend.status, trend.shut_why) == ("generation_failed", "")
    assert not AuditEntry.objects.exists()


def test_every_number_on_a_trends_page_is_the_number_of_rows_it_leads_to(owner: Client) -> None:
    trend = make_trend(signals=3)
    make_trend("another frog of many", signals=2)
    for variant in (1, 2):
        columns = {"prompt": "x", "model_version": "v", "seed": 1, "status": "passed"}
        drawn = Generation.objects.create(trend=trend, variant=variant, **columns)
    Sticker.objects.create(trend=trend, generation=drawn, status="approved")
    ErrorLog.objects.create(
        step="score", error_type="x", error_message="y", created_at=clock.now(), subject=f"trends.trend:{trend.pk}"
    )
    shown = shown_page(owner, trend)
    links = re.findall(r'<a href="([^"]+)"(?: class="none")?><strong>(\d+)</strong> ([^<]+)</a>', shown)
    assert {words: int(number) for _, number, words in links} == {
        "posts and searches": 3, "design": 1, "pictures bought": 2, "scores asked for again": 0,
        "model transcripts": 0, "error": 1, "calls": 0, "audit entries": 0,
    }  # fmt: skip
    for address, number, _ in links:
        assert owner.get(address.replace("&amp;", "&")).context["cl"].queryset.count() == int(number), address
