"""Asking the sources: each may fail alone."""

from datetime import datetime

import pytest
from pytest_django import Settings

from stickertrendz import clock
from stickertrendz.ops.errors import Halt, OutsideError
from stickertrendz.ops.models import Alert, ErrorLog, Run
from stickertrendz.ops.runner import Running
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox
from trends import collect as collect_module
from trends.collect import collect
from trends.models import Signal, Source

from .make import make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(db: None) -> Running:
    now = clock.now()
    return Running(Run.objects.create(workflow="trend_monitor", started_at=now, lease_until=now))


@pytest.fixture(autouse=True)
def two_sources(db: None) -> None:
    Source.objects.all().delete()
    make_source("reddit", "aww")
    make_source("google_trends", "US")


def break_it(sandbox: Sandbox, service: str, fault: str = "500") -> None:
    sandbox.faults.add(Fault(service, "*", fault, times=None, seconds=0.05))


def test_all_sources_answer(sandbox: Sandbox, run: Running) -> None:
    collect(run)
    assert set(Source.objects.values_list("state", flat=True)) == {"good"}
    assert run.counts["sources_read"] == 2
    assert run.counts["signals_seen"] == Signal.objects.count() > 10


def test_one_dead_source_is_told_and_the_other_is_used(sandbox: Sandbox, run: Running) -> None:
    break_it(sandbox, "reddit")
    collect(run)
    dead = Source.objects.get(kind="reddit")
    assert (dead.state, dead.reason) == ("dead", "it answered 500")
    assert Source.objects.get(kind="google_trends").state == "good"
    error = ErrorLog.objects.get()
    assert (error.severity, error.service, error.subject) == ("warning", "reddit", f"trends.source:{dead.pk}")
    assert run.notes == ["r/aww gave nothing: it answered 500"]


def test_a_source_that_stays_dead_is_not_told_again(sandbox: Sandbox, run: Running) -> None:
    break_it(sandbox, "reddit")
    collect(run)
    collect(run)
    assert ErrorLog.objects.count() == 1


def test_a_source_that_answers_again_is_good(sandbox: Sandbox, run: Running) -> None:
    make_source("reddit", "aww", state="dead", reason="it slept")
    collect(run)
    source = Source.objects.get(kind="reddit")
    assert (source.state, source.reason) == ("good", "")
    assert source.last_good_at == source.asked_at


def test_all_dead_halts_the_run_with_an_alert(sandbox: Sandbox, run: Running) -> None:
    break_it(sandbox, "reddit")
    break_it(sandbox, "google_trends")
    with pytest.raises(Halt, match="No trend source answered"):
        collect(run)
    assert "it answered 500" in Alert.objects.get(key="trends:all-dead").text


def test_a_service_that_refuses_everybody_is_asked_once(sandbox: Sandbox, run: Running) -> None:
    make_source("reddit", "memes")
    sandbox.faults.add(Fault("reddit", "rising", "429", times=None, retry_after=600))
    collect(run)
    assert sum(call["operation"] == "rising" for call in sandbox.calls()) == 1
    assert set(Source.objects.filter(kind="reddit").values_list("reason", flat=True)) == {"too many requests"}


def test_one_unknown_subreddit_does_not_stop_the_others(sandbox: Sandbox, run: Running) -> None:
    make_source("reddit", "nosuchplace")
    collect(run)
    states = dict(Source.objects.values_list("place", "state"))
    assert states == {"aww": "good", "US": "good", "nosuchplace": "dead"}


def test_disabled_sources_are_not_asked(sandbox: Sandbox, run: Running) -> None:
    make_source("reddit", "aww", enabled=False)
    collect(run)
    assert {call["service"] for call in sandbox.calls()} == {"google_trends"}


def test_a_shop_without_sources_is_a_calm_state(sandbox: Sandbox, run: Running) -> None:
    Source.objects.update(enabled=False)
    collect(run)
    assert run.notes == ["No source is enabled."]


def test_an_open_breaker_leaves_a_dead_source_alone(sandbox: Sandbox, run: Running, settings: Settings) -> None:
    settings.METERS = {**settings.METERS, "google": {**settings.METERS["google"], "limit": 50}}
    break_it(sandbox, "reddit")
    for _ in range(5):
        collect(run)
    asked = len(sandbox.calls())
    collect(run)
    assert {call["service"] for call in sandbox.calls()[asked:]} == {"google_trends"}
    dead = Source.objects.get(kind="reddit")
    assert (dead.state, dead.reason) == ("dead", "reddit failed 5 times in a row and rests")


def test_a_source_asked_often_enough_this_cycle_is_not_dead(sandbox: Sandbox, run: Running, settings: Settings) -> None:
    settings.METERS = {**settings.METERS, "google": {**settings.METERS["google"], "limit": 1}}
    break_it(sandbox, "reddit")
    collect(run)
    collect(run)
    assert Source.objects.get(kind="google_trends").state == "good"


def test_an_unchanged_feed_keeps_the_source_good(sandbox: Sandbox, run: Running) -> None:
    collect(run)
    collect(run)
    source = Source.objects.get(kind="google_trends")
    assert (source.state, bool(source.etag)) == ("good", True)


def test_the_baseline_leans_on_what_was_usual_before(sandbox: Sandbox, run: Running) -> None:
    collect(run)
    first = Source.objects.get(kind="reddit").baseline
    assert first is not None
    make_source("reddit", "aww", baseline=first + 1000)
    collect(run)
    moved = Source.objects.get(kind="reddit").baseline
    assert moved is not None
    assert first < moved < first + 1000


def test_breakout_queries_are_read_where_somebody_wants_them(sandbox: Sandbox, run: Running) -> None:
    make_source("google_breakout", "US")
    collect(run)
    assert Signal.objects.filter(source__kind="google_breakout").exists()
    assert isinstance(Source.objects.get(kind="google_breakout").last_good_at, datetime)


def test_sources_that_hang_do_not_outlast_the_time_box_and_are_asked_first_next_time(
    sandbox: Sandbox, run: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang(source: Source, refusing: object) -> list[object]:
        clock.sleep(250)
        raise OutsideError("reddit", "no answer")

    monkeypatch.setattr(collect_module, "_read", hang)
    collect(run)
    asked, left_out = Source.objects.exclude(asked_at=None).get(), Source.objects.get(asked_at=None)
    assert "1 sources were not asked: the time of this run was up." in run.notes
    again = Run.objects.create(workflow="again", started_at=clock.now(), lease_until=clock.now())
    with pytest.raises(Halt):  # both are dead by now
        collect(Running(again))
    left_out.refresh_from_db()
    assert left_out.asked_at
    assert Source.objects.get(pk=asked.pk).asked_at == asked.asked_at
