"""Reddit by PRAW and by Atom, against the sandbox."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from stickertrendz import clock
from stickertrendz.ops.errors import OutsideError
from stickertrendz.ops.models import Call
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox
from trends.adapters import feed, reddit

from .make import posts_about

pytestmark = pytest.mark.django_db


@pytest.fixture
def logged_out(settings: Settings) -> None:
    settings.REDDIT_CLIENT_ID = settings.REDDIT_CLIENT_SECRET = ""


def break_it(
    sandbox: Sandbox, fault: str, operation: str = "rising", times: int | None = 1, wait: float | None = None
) -> None:
    sandbox.faults.add(Fault("reddit", operation, fault, times=times, retry_after=wait, seconds=0.05))


def asked(sandbox: Sandbox, operation: str) -> int:
    return sum(1 for call in sandbox.calls() if call["operation"] == operation)


def test_reddit_oauth_returns_parseable_data(sandbox: Sandbox) -> None:
    posts = reddit.rising("aww")
    assert len(posts) > 10
    post = posts[0]
    assert post.source == "reddit"
    assert post.place == "aww"
    assert post.score is not None
    assert post.comments is not None
    assert post.url.startswith("https://www.reddit.com/r/")
    assert post.created_at < post.observed_at <= clock.now()


def test_the_rate_limit_told_by_reddit_is_noted(sandbox: Sandbox) -> None:
    reddit.rising("aww")
    call = Call.objects.get(operation="rising")
    assert call.quota_limit == 1000
    assert call.quota_left == 999


def test_titles_come_as_people_wrote_them(sandbox: Sandbox) -> None:
    sandbox.worlds["reddit"].play(posts_about(["salt & pepper <frog>"]))  # type: ignore[attr-defined]
    assert reddit.rising("aww")[0].text == "Need this salt & pepper <frog>"


def test_adult_and_pinned_posts_are_left_out() -> None:
    post = {"id": "1", "title": "a frog", "score": 1, "num_comments": 0, "created_utc": 1.0, "permalink": "/r/x/1/"}
    kept = reddit._posts([post, {**post, "over_18": True}, {**post, "stickied": True}], "aww")
    assert [seen.id for seen in kept] == ["1"]


@pytest.mark.parametrize("fault", ["500", "html", "timeout", "malformed", "429"])
def test_a_passing_fault_heals(sandbox: Sandbox, fault: str) -> None:
    break_it(sandbox, fault, wait=5)
    assert reddit.rising("aww")


@pytest.mark.parametrize("fault", ["500", "timeout", "malformed", "html"])
def test_every_try_passes_the_guard(sandbox: Sandbox, fault: str) -> None:
    """PRAW's own repeats are off, or each of our four tries would be three of its."""
    break_it(sandbox, fault, times=None)
    with pytest.raises(OutsideError):
        reddit.rising("aww")
    assert asked(sandbox, "rising") == 4
    assert Call.objects.filter(operation="rising").count() == 4


def test_a_long_wait_asked_for_is_told_and_not_slept(sandbox: Sandbox) -> None:
    break_it(sandbox, "429", wait=600)
    started = clock.now()
    with pytest.raises(OutsideError) as caught:
        reddit.rising("aww")
    assert caught.value.retry_after == 600
    assert clock.now() - started < timedelta(seconds=30)


def test_a_token_taken_back_is_replaced(sandbox: Sandbox) -> None:
    reddit.rising("aww")
    sandbox.worlds["reddit"].tokens.clear()  # type: ignore[attr-defined]
    assert reddit.rising("aww")
    assert asked(sandbox, "access_token") == 2


def test_wrong_keys_are_said_at_once(sandbox: Sandbox, settings: Settings) -> None:
    settings.REDDIT_CLIENT_SECRET = "sandbox-wrong-secret"
    with pytest.raises(OutsideError, match="REDDIT_CLIENT_SECRET") as caught:
        reddit.rising("aww")
    assert caught.value.permanent
    assert caught.value.status == 401
    assert asked(sandbox, "access_token") == 1


def test_an_unknown_subreddit_is_a_permanent_error(sandbox: Sandbox) -> None:
    with pytest.raises(OutsideError, match="no such subreddit") as caught:
        reddit.rising("nosuchplace")
    assert caught.value.permanent


@pytest.mark.usefixtures("logged_out")
def test_without_keys_the_atom_feed_is_read_without_scores(sandbox: Sandbox) -> None:
    posts = reddit.rising("aww")
    assert len(posts) == 25
    assert {post.score for post in posts} == {None}
    assert asked(sandbox, "access_token") == 0


def test_a_post_has_the_same_id_by_both_ways(sandbox: Sandbox, settings: Settings) -> None:
    sandbox.worlds["reddit"].play(posts_about(["sleepy frog"]))  # type: ignore[attr-defined]
    by_api = [post.id for post in reddit.rising("aww")]
    settings.REDDIT_CLIENT_ID = ""
    assert [post.id for post in reddit.rising("aww")] == by_api


@pytest.mark.usefixtures("logged_out")
@pytest.mark.parametrize("fault", ["500", "html", "timeout"])
def test_a_passing_fault_of_the_feed_heals(sandbox: Sandbox, fault: str) -> None:
    break_it(sandbox, fault, operation="rss")
    assert reddit.rising("aww")


@pytest.mark.usefixtures("logged_out")
@pytest.mark.parametrize(
    ("fault", "words"), [("malformed", "cannot read"), ("truncated", "cannot read"), ("401", "401")]
)
def test_a_useless_feed_is_an_outside_error(sandbox: Sandbox, fault: str, words: str) -> None:
    break_it(sandbox, fault, operation="rss", times=None)
    with pytest.raises(OutsideError, match=words):
        reddit.rising("aww")


@pytest.mark.usefixtures("logged_out")
def test_an_unknown_subreddit_has_no_feed(sandbox: Sandbox) -> None:
    with pytest.raises(OutsideError, match="no such place") as caught:
        reddit.rising("nosuchplace")
    assert caught.value.permanent


@pytest.mark.usefixtures("logged_out")
def test_an_endless_feed_is_cut_off(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "MAX_BYTES", 1000)
    with pytest.raises(OutsideError, match="larger than"):
        reddit.rising("aww")
