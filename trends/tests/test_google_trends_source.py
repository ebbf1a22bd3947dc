"""Google's trending feed and pytrends' related queries, against the sandbox."""

import subprocess
import sys

import pytest

from stickertrendz.ops import meters
from stickertrendz.ops.errors import OutsideError, Refused
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox
from trends.adapters import google_trends

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
    again = google_trends.trending("US", first.etag)
    assert first.etag
    assert (again.seen, again.etag) == ([], first.etag)


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
    found = google_trends.breakouts("US")
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
def test_an_answer_without_ranked_lists_is_an_outside_error() -> None:
    with pytest.raises(OutsideError, match="cannot read"):
        google_trends._send("relatedsearches", lambda: [][0])


def test_pandas_is_not_carried_by_processes_without_a_breakout_source() -> None:
    code = (
        "import django, os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'stickertrendz.settings'; django.setup(); "
        "import trends.jobs; sys.exit('pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
