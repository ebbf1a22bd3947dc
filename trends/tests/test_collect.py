"""Asking the sources: each may fail alone."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as django_settings
from pytest_django import Settings

from stickertrendz import clock
from stickertrendz.ops import switches
from stickertrendz.ops.errors import Halt, OutsideError
from stickertrendz.ops.models import Alert, ErrorLog, Run
from stickertrendz.ops.runner import Running
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox
from trends import standing
from trends.adapters.protocol import Adapter, Look
from trends.adapters.registry import ADAPTERS
from trends.collect import collect
from trends.models import Signal, Source

from .make import make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(db: None) -> Running:
    return another_run()


def another_run(workflow: str = "trend_monitor") -> Running:
    now = clock.now()
    return Running(Run.objects.create(workflow=workflow, status="running", started_at=now, lease_until=now))


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


def test_a_source_that_stays_dead_is_told_once_and_asked_less_and_less_often(
    sandbox: Sandbox, run: Running, virtual_time: time_machine.Traveller
) -> None:
    sandbox.faults.add(Fault("reddit", "rising", "401", times=None))
    asked_in = []
    for cycle in range(40):
        before = Source.objects.get(kind="reddit").failures
        collect(another_run(f"cycle {cycle}"))
        if Source.objects.get(kind="reddit").failures > before:
            asked_in.append(cycle)
        virtual_time.shift(timedelta(hours=2))
    assert asked_in == [0, 1, 3, 7, 15, 27, 39]  # after 2, 4, 8, 16 hours, then once a day
    assert ErrorLog.objects.filter(service="reddit").count() == 1


def test_a_source_that_answers_again_is_good_and_said_to_be(sandbox: Sandbox, run: Running) -> None:
    since = clock.now() - timedelta(hours=6)
    make_source("reddit", "aww", state="dead", reason="it slept", dead_since=since, failures=3)
    collect(run)
    source = Source.objects.get(kind="reddit")
    assert (source.state, source.reason, source.dead_since, source.failures) == ("good", "", None, 0)
    assert source.last_good_at == source.asked_at
    assert run.notes == ["r/aww answers again after 6 h."]
    collect(another_run("the next"))
    assert not ErrorLog.objects.exists()


def test_the_page_says_why_since_when_and_what_comes_next(sandbox: Sandbox, run: Running) -> None:
    make_source("reddit", "nosuchplace")
    collect(run)
    dead = Source.objects.get(place="nosuchplace")
    said = standing.explain(dead)
    assert said.startswith("There is no such subreddit; check its spelling, or disable it. Dead since ")
    assert "it never answered. Next try from " in said
    dead.enabled = False
    assert standing.explain(dead) == "Not asked; enable it to hear from it again."


def test_a_whole_service_dying_is_one_line_in_the_log(sandbox: Sandbox, run: Running) -> None:
    for n in range(10):
        make_source("reddit", f"place{n}")
    sandbox.faults.add(Fault("reddit", "rising", "429", times=None, retry_after=600))
    collect(run)
    error = ErrorLog.objects.get()
    assert error.error_message.startswith("r/aww, r/place0, ")
    assert error.error_message.endswith("r/place6 and 3 more gave nothing: too many requests")


def test_a_long_wait_asked_for_is_kept(sandbox: Sandbox, run: Running) -> None:
    sandbox.faults.add(Fault("reddit", "rising", "429", times=None, retry_after=5 * 3600))
    collect(run)
    next_try = Source.objects.get(kind="reddit").next_try_at
    assert next_try
    assert next_try - clock.now() > timedelta(hours=4, minutes=45)


def test_when_all_rest_the_one_that_waited_longest_is_asked(
    sandbox: Sandbox, virtual_time: time_machine.Traveller
) -> None:
    later = clock.now() + timedelta(hours=9)
    make_source("reddit", "aww", state="dead", next_try_at=later, asked_at=clock.now() - timedelta(hours=3))
    make_source("google_trends", "US", state="dead", next_try_at=later, asked_at=clock.now())
    collect(another_run("resting"))
    assert dict(Source.objects.values_list("place", "state")) == {"aww": "good", "US": "dead"}


def test_reddit_can_be_switched_off(sandbox: Sandbox, run: Running, settings: Settings) -> None:
    settings.REDDIT_ENABLED = False
    make_source("reddit", "memes", state="dead", reason="it slept")
    collect(run)
    assert set(Source.objects.filter(kind="reddit").values_list("state", flat=True)) == {"off"}
    assert run.notes == ["Reddit is switched off; set REDDIT_ENABLED=true to ask it again."] * 2
    assert {call["service"] for call in sandbox.calls()} == {"google_trends"}
    settings.REDDIT_ENABLED = True
    collect(another_run("on again"))
    assert set(Source.objects.filter(kind="reddit").values_list("state", flat=True)) == {"good"}


def test_a_reader_that_breaks_does_not_silence_the_others(
    sandbox: Sandbox, run: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(place: str, mark: str) -> Look:
        raise ZeroDivisionError

    monkeypatch.setitem(ADAPTERS, "reddit", Adapter("reddit", stumble, str))
    collect(run)
    assert dict(Source.objects.values_list("kind", "state")) == {"reddit": "dead", "google_trends": "good"}
    assert "could not read its answer (ZeroDivisionError)" in Source.objects.get(kind="reddit").reason


def test_entries_that_cannot_be_read_are_counted_and_noted(
    sandbox: Sandbox, run: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ADAPTERS, "reddit", Adapter("reddit", lambda p, m: Look([], "", ("entry 2: odd",) * 3), str))
    collect(run)
    assert run.counts["entries_skipped"] == 3
    assert run.notes == ["r/aww: 3 entries could not be read; entry 2: odd"]


def test_a_source_disabled_or_weighed_while_it_is_asked_stays_so(
    sandbox: Sandbox, run: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(place: str, mark: str) -> Look:
        Source.objects.filter(kind="reddit").update(enabled=False, weight=3)
        return Look([])

    monkeypatch.setitem(ADAPTERS, "reddit", Adapter("reddit", slow, str))
    collect(run)
    assert Source.objects.filter(kind="reddit", enabled=False, weight=3, state="good").exists()


def test_every_kind_of_source_has_its_door_and_its_rules() -> None:
    assert set(ADAPTERS) == set(Source.Kind.values)
    assert all(adapter.service in django_settings.SERVICES for adapter in ADAPTERS.values())
    assert all(adapter.meter in {"", *django_settings.METERS} for adapter in ADAPTERS.values())


def test_all_dead_halts_the_run_with_an_alert(sandbox: Sandbox, run: Running) -> None:
    break_it(sandbox, "reddit")
    break_it(sandbox, "google_trends")
    with pytest.raises(Halt, match="No trend source answered"):
        collect(run)
    assert "It answered 500" in Alert.objects.get(key="trends:all-dead").text


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


def test_an_open_breaker_leaves_the_other_places_alone(sandbox: Sandbox, run: Running) -> None:
    for n in range(7):
        make_source("reddit", f"place{n}")
    sandbox.faults.add(Fault("reddit", "*", "500", times=None))
    collect(run)
    reasons = Source.objects.filter(kind="reddit").values_list("reason", flat=True)
    assert sorted(reasons) == ["it answered 500"] * 5 + ["reddit failed 5 times in a row and rests"] * 3
    assert set(Source.objects.filter(kind="reddit").values_list("state", flat=True)) == {"dead"}


def test_a_thrown_switch_does_not_make_a_source_dead(sandbox: Sandbox, run: Running) -> None:
    switches.throw("trends", "holiday", by="ada")
    collect(run)
    assert set(Source.objects.values_list("state", flat=True)) == {"fresh"}
    assert sandbox.calls() == []


def test_a_source_asked_often_enough_this_cycle_is_not_dead(sandbox: Sandbox, run: Running, settings: Settings) -> None:
    settings.METERS = {**settings.METERS, "google": {**settings.METERS["google"], "limit": 1}}
    break_it(sandbox, "reddit")
    collect(run)
    collect(run)
    assert Source.objects.get(kind="google_trends").state == "good"


def test_an_unchanged_feed_is_a_good_answer_without_news(sandbox: Sandbox, run: Running) -> None:
    sandbox.worlds["google_trends"].play([], [{"query": "frog", "traffic": 500, "started": clock.now().timestamp()}])  # type: ignore[attr-defined]
    collect(run)
    seen = Signal.objects.filter(source__kind="google_trends").count()
    collect(another_run("the next"))
    source = Source.objects.get(kind="google_trends")
    assert (source.state, bool(source.mark)) == ("good", True)
    assert Signal.objects.filter(source=source).count() == seen == 1
    asked = [call for call in sandbox.calls() if call["service"] == "google_trends"]
    assert [call["status"] for call in asked] == [200, 304]


def test_the_baseline_leans_on_what_was_usual_before(sandbox: Sandbox, run: Running) -> None:
    collect(run)
    first = Source.objects.get(kind="reddit").baseline
    assert first is not None
    make_source("reddit", "aww", baseline=first + 1000)
    collect(run)
    moved = Source.objects.get(kind="reddit").baseline
    assert moved is not None
    assert first < moved < first + 1000


def test_sources_that_hang_do_not_outlast_the_time_box_and_are_asked_first_next_time(
    sandbox: Sandbox, run: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang(place: str, mark: str) -> Look:
        clock.sleep(250)
        raise OutsideError("reddit", "no answer")

    for kind in ("reddit", "google_trends"):
        monkeypatch.setitem(ADAPTERS, kind, Adapter("reddit", hang, str))
    collect(run)
    asked, left_out = Source.objects.exclude(asked_at=None).get(), Source.objects.get(asked_at=None)
    assert "1 sources were not asked: the time of this run was up." in run.notes
    with pytest.raises(Halt):  # both are dead by now
        collect(another_run("again"))
    left_out.refresh_from_db()
    assert left_out.asked_at
    assert Source.objects.get(pk=asked.pk).asked_at == asked.asked_at
