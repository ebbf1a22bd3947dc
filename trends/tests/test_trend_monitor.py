"""The whole cycle against the sandbox: the rules around the owner's acceptance criteria of step 1."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django_q.models import OrmQ
from pytest_django import Settings

from stickertrendz import clock
from stickertrendz.ops.models import Alert, Run, Switch
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox
from trends import blocklists
from trends.models import BlockedTopic, Source, Trend

from .make import make_signal, make_trend, posts_about

pytestmark = pytest.mark.django_db
SEVEN = [
    "sleepy frog wizard", "tiny otter pirate", "cozy penguin baker", "dreamy axolotl astronaut",
    "grumpy hedgehog knight", "happy raccoon chef", "fluffy alpaca surfer",
]  # fmt: skip


@pytest.fixture(autouse=True)
def noon(sandbox: Sandbox, virtual_time: time_machine.Traveller) -> None:
    """The same hour of the same day, so that the invented world says the same in every run."""
    virtual_time.move_to(datetime(2026, 11, 21, 12, 5, tzinfo=UTC))


def play(sandbox: Sandbox, topics: list[str]) -> None:
    sandbox.worlds["reddit"].play(posts_about(topics))  # type: ignore[attr-defined]
    sandbox.worlds["google_trends"].play([])  # type: ignore[attr-defined]


def break_it(sandbox: Sandbox, *services: str) -> None:
    for service in services:
        sandbox.faults.add(Fault(service, "*", "500", times=None))


def monitor(*, by: str = "schedule") -> Run:
    """One cycle; by hand it may score more than its share of the day."""
    run_job("trend_monitor", by=by)
    return Run.objects.filter(workflow="trend_monitor").latest("pk")


def by_status(status: str) -> set[str]:
    return set(Trend.objects.filter(status=status).values_list("topic", flat=True))


def test_queued_trends_come_first_in_the_next_cycle(sandbox: Sandbox, virtual_time: time_machine.Traveller) -> None:
    play(sandbox, SEVEN)
    monitor(by="ada")
    waiting = by_status("queued")
    assert "2 trends wait in the queue" in monitor(by="ada").note
    assert by_status("queued") == waiting
    virtual_time.shift(timedelta(hours=2))
    monitor()
    assert by_status("queued") == set()
    assert waiting <= by_status("discovered")


def test_a_term_added_while_a_trend_waits_in_the_queue_keeps_it_there_no_longer(sandbox: Sandbox) -> None:
    play(sandbox, [])
    make_trend("zorblax frog", status="queued", score_overall=Decimal("9.0"))
    make_trend("sleepy toad", status="queued", score_overall=Decimal("8.0"))
    blocklists.add("Zorblax", "trademark", by="ada", why="a notice came")
    run = monitor(by="ada")
    assert (by_status("discovered"), by_status("archived")) == ({"sleepy toad"}, {"zorblax frog"})
    assert run.counts["trends_discovered"] == 1
    assert BlockedTopic.objects.filter(topic="zorblax frog").exists()


def test_a_queued_trend_that_went_stale_stays_behind(sandbox: Sandbox) -> None:
    play(sandbox, [])
    old = clock.now() - timedelta(hours=25)
    make_trend(signals=0, status="queued", score_overall=9, last_seen_at=old)
    monitor()
    assert Trend.objects.get().status == "queued"


def test_a_brand_most_of_the_evidence_carries_blocks_the_topic(sandbox: Sandbox) -> None:
    blocklists.add("Zorblax", "trademark", by="ada", why="test")
    play(sandbox, [])
    for n in range(3):
        make_signal(f"zorblax presents, number {n}: the sleepy frog wizard")
    monitor()
    assert not Trend.objects.exists()
    assert BlockedTopic.objects.filter(term="Zorblax").exists()


def test_a_cycle_without_qualifying_trends_is_a_success(sandbox: Sandbox) -> None:
    play(sandbox, [])
    code, _ = run_job("trend_monitor")
    run = Run.objects.get()
    assert (code, run.status) == (0, "completed")
    assert "No qualifying trends found" in run.note
    assert not Alert.objects.exists()


def test_a_day_without_qualifying_trends_is_told_once(sandbox: Sandbox, virtual_time: time_machine.Traveller) -> None:
    play(sandbox, [])
    for _ in range(14):
        monitor()
        virtual_time.shift(timedelta(hours=2))
    alert = Alert.objects.get()
    assert alert.key == "trends:quiet"
    assert "All sources answered; the day was quiet" in alert.text


def test_the_word_about_a_quiet_day_says_which_sources_were_dead(
    sandbox: Sandbox, virtual_time: time_machine.Traveller
) -> None:
    play(sandbox, [])
    monitor()
    virtual_time.shift(timedelta(hours=25))
    break_it(sandbox, "google_trends")
    monitor()
    text = Alert.objects.get().text
    assert "1 of 13 sources are dead; the others were quiet." in text
    assert "Google trending searches US: It answered 500. Dead since " in text


def test_a_day_with_a_qualifying_trend_brings_no_alert(sandbox: Sandbox, virtual_time: time_machine.Traveller) -> None:
    play(sandbox, ["sleepy frog wizard"])
    monitor()
    for _ in range(11):
        virtual_time.shift(timedelta(hours=2))
        monitor()
    assert not Alert.objects.exists()


def test_the_generator_is_woken_only_when_there_is_work(sandbox: Sandbox) -> None:
    play(sandbox, [])
    monitor()
    assert not OrmQ.objects.exists()
    play(sandbox, ["sleepy frog wizard"])
    monitor()
    assert [task.group() for task in OrmQ.objects.all()] == ["job sticker_generator"]


def test_a_scheduled_cycle_leaves_scores_for_the_rest_of_the_day(sandbox: Sandbox, settings: Settings) -> None:
    play(sandbox, SEVEN)
    run = monitor()
    cycles_left_today = 6
    assert run.counts["trends_scored"] == settings.MAX_TRENDS_SCORED_PER_DAY // cycles_left_today


def test_no_more_trends_are_scored_in_a_day_than_allowed(sandbox: Sandbox, settings: Settings) -> None:
    settings.METERS = {**settings.METERS, "scores": {"period": "day", "limit": 2, "tells": "trends scored today"}}
    play(sandbox, SEVEN)
    monitor(by="ada")
    run = monitor(by="ada")
    assert Trend.objects.exclude(scored_at=None).count() == 2
    assert "The day's scores are used up" in run.note


def test_what_was_scored_low_is_scored_again_only_when_its_evidence_doubled(
    sandbox: Sandbox, settings: Settings, virtual_time: time_machine.Traveller
) -> None:
    settings.TREND_SCORE_THRESHOLD = Decimal("9.9")
    play(sandbox, ["sleepy frog wizard"])
    monitor()
    first = Trend.objects.get()
    assert (first.status, first.scored_evidence) == ("watching", 3)
    virtual_time.shift(timedelta(hours=2))
    monitor()
    assert Trend.objects.get().scored_at == first.scored_at
    for n in range(3):
        make_signal(f"sleepy frog wizard again {n}")
    monitor()
    again = Trend.objects.get()
    assert first.scored_at is not None
    assert again.scored_at is not None
    assert again.scored_at > first.scored_at
    assert again.scored_evidence == 6


def test_an_unsafe_topic_is_not_scored_again(sandbox: Sandbox) -> None:
    play(sandbox, ["sleepy frog wizard"])
    make_trend("sleepy frog wizard", signals=0, status="unsafe")
    run = monitor()
    assert run.counts.get("stays_shut") == 1
    assert Trend.objects.get().status == "unsafe"
    assert not [call for call in sandbox.calls() if call["service"] == "openai"]


def test_a_thrown_switch_stops_the_monitor_before_anything_is_asked(sandbox: Sandbox) -> None:
    Switch.objects.create(name="trends", reason="holiday", thrown_by="ada", thrown_at=clock.now())
    code, _ = run_job("trend_monitor")
    assert code == 0
    assert sandbox.calls() == []


def test_an_evaluation_scores_without_asking_the_sources(sandbox: Sandbox) -> None:
    for opening in ("Need this", "Drew a", "Meet the"):
        make_signal(f"{opening} sleepy frog wizard")
    run_job("trend_evaluation", by="ada")
    assert by_status("discovered") == {"sleepy frog wizard"}
    assert {call["service"] for call in sandbox.calls()} == {"openai"}


def test_detection_of_one_cycle_takes_less_than_a_minute(sandbox: Sandbox) -> None:
    assert Source.objects.filter(enabled=True).count() > 10
    run = monitor()
    assert run.seconds is not None
    assert run.seconds < 60
