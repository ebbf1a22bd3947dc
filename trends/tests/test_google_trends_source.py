"""Google's trending feed and pytrends' related queries, against the sandbox."""

import subprocess
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from stickertrendz.ops import meters
from stickertrendz.ops.errors import OutsideError, Refused
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox
from trends.adapters import google_trends
from trends.adapters.feed import Feed

pytestmark = pytest.mark.django_db


def break_it(sandbox: Sandbox, fault: str, operation: str, times: int | None = 1) -> None:
    sandbox.faults.add(Fault("google_trends", operation, fault, times=times, seconds=0.05))


def test_the_trending_feed_gives_searches_with_their_traffic(sandbox: Sandbox) -> None:
    found = google_trends.trending("US")
    assert len(found.seen) > 3
    assert all(entry.source == "google_trends" and entry.place == "US" for entry in found.seen)
    assert any((entry.score or 0) >= 200 for entry in found.seen)


def test_an_unchanged_feed_is_not_read_again(sandbox: Sandbox) -> None:
    first = google_trends.trending("US")
    again = google_trends.trending("US", first.mark)
    assert first.mark
    assert (again.seen, again.mark) == ([], first.mark)


def test_no_more_than_five_requests_reach_google_in_a_cycle(sandbox: Sandbox) -> None:
    break_it(sandbox, "500", "trending.rss", times=None)
    for _ in range(2):  # four tries, then the one that is left
        with pytest.raises(OutsideError):
            google_trends.trending("US")
    with pytest.raises(Refused, match="requests to Google"):
        google_trends.trending("US")
    assert len(sandbox.calls()) == 5
    assert meters.level("google").left == 0


@pytest.mark.parametrize("fault", ["500", "html", "timeout"])
def test_a_passing_fault_heals(sandbox: Sandbox, fault: str) -> None:
    break_it(sandbox, fault, "trending.rss")
    assert google_trends.trending("US").seen


@pytest.mark.parametrize("fault", ["malformed", "truncated"])
def test_a_useless_feed_is_an_outside_error(sandbox: Sandbox, fault: str) -> None:
    break_it(sandbox, fault, "trending.rss")
    with pytest.raises(OutsideError, match="not a readable feed"):
        google_trends.trending("US")


def test_pytrends_returns_breakout_terms(sandbox: Sandbox) -> None:
    found = google_trends.breakouts("US").seen
    assert found
    assert {entry.score for entry in found} == {None}
    assert [call["operation"] for call in sandbox.calls()] == ["explore.page", "explore", "relatedsearches"]


@pytest.mark.parametrize("operation", ["explore", "relatedsearches"])
@pytest.mark.parametrize("fault", ["429", "500", "malformed", "html", "401"])
def test_google_refusing_pytrends_is_an_outside_error(sandbox: Sandbox, operation: str, fault: str) -> None:
    break_it(sandbox, fault, operation, times=None)
    with pytest.raises((OutsideError, Refused)):
        google_trends.breakouts("US")


@pytest.mark.usefixtures("virtual_time")
def test_an_empty_ranking_is_an_outside_error_that_is_not_asked_again() -> None:
    with pytest.raises(OutsideError, match="no ranking"):
        google_trends._send("relatedsearches", lambda: [][0])


def test_pandas_is_not_carried_by_processes_without_a_breakout_source() -> None:
    code = (
        "import django, os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'stickertrendz.settings'; django.setup(); "
        "import trends.jobs; sys.exit('pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


ITEM = "<item><title>{}</title><pubDate>{}</pubDate></item>"


def feed_of(monkeypatch: pytest.MonkeyPatch, *items: str) -> None:
    body = f"<rss><channel>{''.join(items)}</channel></rss>".encode()
    monkeypatch.setattr(google_trends, "fetch", lambda *a, **k: Feed(body, "e1"))


def test_bad_entries_of_the_feed_are_named_and_the_rest_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    good = ITEM.format("frog", "Mon, 21 Apr 2025 03:00:00 -0700")
    feed_of(monkeypatch, good, ITEM.format("", "x"), ITEM.format("otter", "soon"))
    look = google_trends.trending("US")
    assert [seen.text for seen in look.seen] == ["frog"]
    assert [reason.split(":")[0] for reason in look.skipped] == ["entry 2", "entry 3"]


def test_a_feed_of_nothing_but_bad_entries_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    feed_of(monkeypatch, ITEM.format("frog", "soon"), "<item/>")
    with pytest.raises(OutsideError, match="none of its 2 entries can be read"):
        google_trends.trending("US")


def test_only_what_broke_out_is_taken_whatever_pytrends_calls_it() -> None:
    """Google's word "Breakout" is lost in pytrends: the growth in percent is what tells."""
    pandas: Any = import_module("pandas")
    table = pandas.DataFrame({"query": ["frog", "otter", " "], "value": [94550, 4950, 94550]})
    look = google_trends._risen({"stickers": {"top": None, "rising": table}}, "US")
    assert [seen.text for seen in look.seen] == ["frog"]
    assert google_trends._risen({"stickers": {"top": None, "rising": None}}, "US").seen == []


@pytest.mark.parametrize("found", [{}, {"stickers": {}}, {"stickers": {"rising": 7}}, None])
def test_tables_of_another_shape_are_an_outside_error(found: object) -> None:
    with pytest.raises(OutsideError, match="cannot read"):
        google_trends._risen(found, "US")


@pytest.mark.parametrize(("given", "code"), [("us", "US"), (" GB ", "GB"), ("us-ca", "US-CA")])
def test_a_country_is_written_as_google_does(given: str, code: str) -> None:
    assert google_trends.TRENDING.place_name(given) == code


@pytest.mark.parametrize("given", ["", "USA", "U", "U$", "US-", "r/us"])
def test_what_is_no_country_is_refused_in_words(given: str) -> None:
    with pytest.raises(ValueError, match="country code such as"):
        google_trends.TRENDING.place_name(given)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(body=st.binary(max_size=300), framed=st.booleans())
def test_any_bytes_are_a_look_or_one_clear_error(monkeypatch: pytest.MonkeyPatch, body: bytes, framed: bool) -> None:
    whole = b"<rss><item><title>a</title><pubDate>" + body + b"</pubDate></item></rss>" if framed else body
    monkeypatch.setattr(google_trends, "fetch", lambda *a, **k: Feed(whole, ""))
    with suppress(OutsideError):
        look = google_trends.trending("US")
        assert all(seen.text for seen in look.seen)
