"""Reddit by PRAW and by Atom, against the sandbox."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from stickertrendz import clock
from stickertrendz.ops.errors import OutsideError
from stickertrendz.ops.models import Call
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox
from trends.adapters import feed, reddit
from trends.adapters.protocol import Look

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
    posts = reddit.rising("aww").seen
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
    assert reddit.rising("aww").seen[0].text == "Need this salt & pepper <frog>"


def test_adult_and_pinned_posts_are_left_out() -> None:
    post = {"id": "1", "title": "a frog", "score": 1, "num_comments": 0, "created_utc": 1.0, "permalink": "/r/x/1/"}
    kept = reddit._posts([post, {**post, "over_18": True}, {**post, "stickied": True}], "aww").seen
    assert [seen.id for seen in kept] == ["1"]


@pytest.mark.parametrize("fault", ["500", "html", "timeout", "malformed", "429"])
def test_a_passing_fault_heals(sandbox: Sandbox, fault: str) -> None:
    break_it(sandbox, fault, wait=5)
    assert reddit.rising("aww").seen


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
    assert reddit.rising("aww").seen
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
    posts = reddit.rising("aww").seen
    assert len(posts) == 25
    assert {post.score for post in posts} == {None}
    assert asked(sandbox, "access_token") == 0


def test_a_post_has_the_same_id_by_both_ways(sandbox: Sandbox, settings: Settings) -> None:
    sandbox.worlds["reddit"].play(posts_about(["sleepy frog"]))  # type: ignore[attr-defined]
    by_api = [post.id for post in reddit.rising("aww").seen]
    settings.REDDIT_CLIENT_ID = ""
    assert [post.id for post in reddit.rising("aww").seen] == by_api


@pytest.mark.usefixtures("logged_out")
@pytest.mark.parametrize("fault", ["500", "html", "timeout"])
def test_a_passing_fault_of_the_feed_heals(sandbox: Sandbox, fault: str) -> None:
    break_it(sandbox, fault, operation="rss")
    assert reddit.rising("aww").seen


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


def test_one_bad_post_does_not_cost_the_listing() -> None:
    post = {"id": "1", "title": "a frog", "score": 1, "num_comments": 0, "created_utc": 1.0, "permalink": "/r/x/1/"}
    look = reddit._posts([post, {**post, "score": None}, {**post, "created_utc": 1e300}], "aww")
    assert [seen.id for seen in look.seen] == ["1"]
    assert [reason.split(":")[0] for reason in look.skipped] == ["entry 2", "entry 3"]
    with pytest.raises(OutsideError, match="none of its 1 entries can be read"):
        reddit._posts([{**post, "score": "many"}], "aww")


def atom(monkeypatch: pytest.MonkeyPatch, *entries: str) -> Look:
    body = f'<feed xmlns="http://www.w3.org/2005/Atom">{"".join(entries)}</feed>'.encode()
    monkeypatch.setattr(reddit, "fetch", lambda *a, **k: feed.Feed(body, ""))
    return reddit.rising("aww")


@pytest.mark.usefixtures("logged_out")
def test_one_bad_entry_does_not_cost_the_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = "<entry><id>t3_{}</id><title>{}</title><published>{}</published></entry>"
    good = entry.format("a", "frog", "2026-11-21T10:00:00+00:00")
    look = atom(monkeypatch, good, entry.format("b", "frog", "soon"), entry.format("c", "", "x"), "<entry/>")
    assert [seen.id for seen in look.seen] == ["a"]
    assert len(look.skipped) == 3
    assert atom(monkeypatch).seen == []


@pytest.mark.usefixtures("logged_out")
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(body=st.binary(max_size=300), framed=st.booleans())
def test_any_bytes_are_a_look_or_one_clear_error(monkeypatch: pytest.MonkeyPatch, body: bytes, framed: bool) -> None:
    entry = b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>a</title><published>'
    whole = entry + body + b"</published></entry></feed>" if framed else body
    monkeypatch.setattr(reddit, "fetch", lambda *a, **k: feed.Feed(whole, ""))
    with suppress(OutsideError):
        assert all(seen.text for seen in reddit.rising("aww").seen)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("aww", "aww"), ("r/aww", "aww"), ("/r/Aww/", "Aww"), (" aww ", "aww"), ("r/aww/", "aww"),
        ("https://www.reddit.com/r/aww/", "aww"), ("old.reddit.com/r/aww", "aww"), ("de", "de"), ("r/r_art", "r_art"),
    ],
)  # fmt: skip
def test_a_subreddit_is_taken_however_people_write_it(given: str, name: str) -> None:
    assert reddit.ADAPTER.place_name(given) == name


@pytest.mark.parametrize("given", ["", "r/", "a", "a b", "aww+memes", "_aww", "x" * 22, "frösche", "https://x.com/aww"])
def test_what_is_no_subreddit_is_refused_in_words(given: str) -> None:
    with pytest.raises(ValueError, match="letters, digits or underscores"):
        reddit.ADAPTER.place_name(given)
