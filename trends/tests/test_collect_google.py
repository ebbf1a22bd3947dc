"""Asking Google: few requests a cycle, and breakout queries only where they suffice."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from pytest_django import Settings

from stickertrendz import clock
from stickertrendz.ops.runner import Running
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox
from trends.collect import collect
from trends.models import Signal, Source

from .make import make_source
from .test_collect import another_run, run, two_sources

__all__ = ["run", "two_sources"]  # the fixtures
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("fault", ["", "500", "429", "malformed", "401", "timeout"])
@pytest.mark.parametrize("operation", ["*", "trending.rss", "explore.page", "explore", "relatedsearches"])
def test_a_cycle_asks_google_at_most_five_times_whatever_fails(
    sandbox: Sandbox, run: Running, virtual_time: time_machine.Traveller, operation: str, fault: str
) -> None:
    virtual_time.move_to(datetime(2026, 11, 21, 12, 1, tzinfo=UTC))
    make_source("google_breakout", "US")
    make_source("google_trends", "GB")
    if fault:
        sandbox.faults.add(Fault("google_trends", operation, fault, times=None, seconds=0.01))
    collect(run)
    Source.objects.update(next_try_at=None)
    collect(another_run("asked for by hand"))
    assert 0 < sum(call["service"] == "google_trends" for call in sandbox.calls()) <= 5


def test_breakouts_are_not_begun_when_their_requests_would_not_suffice(
    sandbox: Sandbox, run: Running, settings: Settings
) -> None:
    settings.METERS = {**settings.METERS, "google": {**settings.METERS["google"], "limit": 3}}
    make_source("google_trends", "US", asked_at=clock.now() - timedelta(hours=3))
    make_source("google_breakout", "US", asked_at=clock.now())
    collect(run)
    assert "it takes 3 requests to Google this cycle, and 2 are left" in run.notes[0]
    assert [call["operation"] for call in sandbox.calls() if call["service"] == "google_trends"] == ["trending.rss"]


def test_breakout_queries_are_read_where_somebody_wants_them(sandbox: Sandbox, run: Running) -> None:
    make_source("google_breakout", "US")
    collect(run)
    assert Signal.objects.filter(source__kind="google_breakout").exists()
    assert isinstance(Source.objects.get(kind="google_breakout").last_good_at, datetime)
