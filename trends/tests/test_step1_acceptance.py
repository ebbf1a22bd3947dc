"""The owner's seven acceptance criteria of step 1, each by the command that the queue's job stands for.

`manage.py run_job trend_monitor` runs against the sandbox over HTTP on loopback, with the real clients of Reddit,
Google and OpenAI; only where the sandbox's model is too well behaved does a scripted one answer in its place.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.management import call_command

from stickertrendz.ops.models import ErrorLog, Run, Transcript
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.children import PATIENCE, database_url
from trends import blocklists
from trends.models import BlockedTopic, Cycle, Source, Trend

from .make import make_signal, make_source, posts_about
from .scripted_model import NO_JSON, ScriptedModel, scores

pytestmark = pytest.mark.django_db
SEVEN = [
    "sleepy frog wizard", "tiny otter pirate", "cozy penguin baker", "dreamy axolotl astronaut",
    "grumpy hedgehog knight", "happy raccoon chef", "fluffy alpaca surfer",
]  # fmt: skip


@pytest.fixture
def noon(sandbox: Sandbox, virtual_time: time_machine.Traveller) -> time_machine.Traveller:
    """The same hour of the same day, so that the invented world says the same in every run."""
    virtual_time.move_to(datetime(2026, 11, 21, 12, 5, tzinfo=UTC))
    return virtual_time


def run_job(name: str = "trend_monitor") -> int:
    """What the command leaves the shell with."""
    with pytest.raises(SystemExit) as left:
        call_command("run_job", name)
    assert isinstance(left.value.code, int)
    return left.value.code


def last_run() -> Run:
    return Run.objects.filter(workflow="trend_monitor").latest("pk")


def play(sandbox: Sandbox, topics: Sequence[str]) -> None:
    sandbox.worlds["reddit"].play(posts_about(topics))  # type: ignore[attr-defined]
    sandbox.worlds["google_trends"].play([])  # type: ignore[attr-defined]


def break_it(sandbox: Sandbox, *services: str, fault: str = "500") -> None:
    for service in services:
        sandbox.faults.add(Fault(service, "*", fault, times=None))


def asked_of_the_model(sandbox: Sandbox) -> int:
    return sum(call["service"] == "openai" for call in sandbox.calls())


@pytest.mark.usefixtures("noon")
def test_a_topic_that_scores_seven_is_stored_as_discovered_with_all_scores_and_every_contributing_platform() -> None:
    assert run_job() == 0
    found = list(Trend.objects.filter(status="discovered"))
    assert last_run().status == "completed"
    assert last_run().counts["trends_discovered"] == len(found) > 0
    for trend in found:
        assert trend.score_overall is not None
        assert trend.score_overall >= 7
        four = [trend.score_velocity, trend.score_commercial, trend.score_safety, trend.score_uniqueness]
        assert all(1 <= number <= 10 for number in four if number is not None)
        assert None not in (*four, trend.score_spread, trend.scored_at)
        assert all([trend.reasoning, trend.model, trend.prompt_version])
        assert set(trend.sources) == set(trend.signals.values_list("source__kind", flat=True))
    assert ["google_trends", "reddit"] in [trend.sources for trend in found]


@pytest.mark.usefixtures("noon")
def test_a_known_topic_met_again_from_another_source_grows_its_sources_and_adds_no_row(sandbox: Sandbox) -> None:
    play(sandbox, ["sleepy frog wizard"])
    assert run_job() == 0
    known = Trend.objects.get()
    assert known.sources == ["reddit"]
    make_signal("sleepy frog wizard hats", make_source("google_trends", "US"))
    assert run_job() == 0
    again = Trend.objects.get()
    assert (again.pk, again.sources) == (known.pk, ["google_trends", "reddit"])


def test_of_more_than_five_that_qualify_the_best_five_go_on_and_the_rest_are_queued_for_the_next_cycle(
    sandbox: Sandbox, noon: time_machine.Traveller
) -> None:
    play(sandbox, SEVEN)
    assert run_job() == 0
    queued, discovered = Trend.objects.filter(status="queued"), Trend.objects.filter(status="discovered")
    assert (discovered.count(), queued.count()) == (5, 2)
    worst = min(trend.score_overall or 0 for trend in discovered)
    assert all((trend.score_overall or 0) <= worst for trend in queued)
    waiting, asked = set(queued.values_list("pk", flat=True)), asked_of_the_model(sandbox)
    noon.shift(timedelta(hours=2))
    assert run_job() == 0
    assert waiting <= set(discovered.values_list("pk", flat=True))
    assert asked_of_the_model(sandbox) == asked, "nothing is scored twice for nothing"


@pytest.mark.usefixtures("noon")
def test_with_all_sources_unreachable_it_logs_errors_mails_and_leaves_with_a_non_zero_code(sandbox: Sandbox) -> None:
    break_it(sandbox, "reddit", "google_trends")
    assert run_job() == 1
    assert last_run().status == "failed"
    assert ErrorLog.objects.filter(severity="error", workflow="trend_monitor", run=last_run()).exists()
    assert run_job("send_mail") == 0
    (alert,) = mail.outbox
    assert alert.to == [settings.ALERT_EMAIL]
    assert "No trend source answers" in alert.subject


@pytest.mark.usefixtures("noon")
@pytest.mark.parametrize("dead", ["reddit", "google_trends"])
def test_with_one_source_dead_it_goes_on_with_the_others_and_logs_the_failure(sandbox: Sandbox, dead: str) -> None:
    break_it(sandbox, dead)
    assert run_job() == 0
    assert last_run().status == "completed"
    assert ErrorLog.objects.filter(service=dead, step="trend_fetch", run=last_run()).exists()
    assert "gave nothing" in last_run().note
    alive = {"reddit", "google_trends"} - {dead}
    assert {source for trend in Trend.objects.all() for source in trend.sources} == alive


@pytest.mark.usefixtures("noon")
def test_a_topic_on_the_trademark_blocklist_is_rejected_as_trademark_blocked_and_not_stored(sandbox: Sandbox) -> None:
    blocklists.add("Zorblax", "trademark", by="ada", why="a brand of this test")
    play(sandbox, ["zorblax frog wizard", "sleepy otter pirate"])
    assert run_job() == 0
    assert last_run().counts["trademark_blocked"] == 1
    assert set(Trend.objects.values_list("topic", flat=True)) == {"sleepy otter pirate"}
    assert BlockedTopic.objects.get().term == "Zorblax"
    assert asked_of_the_model(sandbox) == 1, "it was not paid for"
    fates = {candidate["topic"]: candidate["fate"] for candidate in Cycle.objects.get().candidates}
    assert fates["zorblax frog wizard"] == "blocked"


@pytest.mark.usefixtures("noon")
def test_malformed_json_is_asked_for_again_twice_then_the_trend_is_skipped_and_the_error_logged(
    sandbox: Sandbox, model: ScriptedModel
) -> None:
    play(sandbox, ["sleepy frog wizard", "tiny otter pirate"])
    model.says(NO_JSON, NO_JSON, NO_JSON, scores())
    assert run_job() == 0
    assert len(model.asked) == 4
    skipped, scored = Trend.objects.get(score_overall=None), Trend.objects.get(status="discovered")
    assert skipped.status == "found"
    error = ErrorLog.objects.get(subject=f"trends.trend:{skipped.pk}")
    assert "the answer is not JSON" in error.error_message
    assert Transcript.objects.filter(subject=f"trends.trend:{skipped.pk}").count() == 3
    assert Transcript.objects.filter(subject=f"trends.trend:{scored.pk}").count() == 1
    assert run_job() == 0
    assert len(model.asked) == 4, "a skipped trend waits for a person instead of being paid for every cycle"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("dead", "code", "words"),
    [((), 0, "No qualifying trends found"), (("reddit", "google_trends"), 1, "trend_monitor: failed")],
)
def test_the_shell_sees_exit_code_0_for_a_quiet_cycle_and_1_for_one_without_sources(
    live_sandbox: Sandbox, dead: tuple[str, ...], code: int, words: str
) -> None:
    Source.objects.all().delete()
    for kind, place in (("reddit", "frogs"), ("google_trends", "US")):
        make_source(kind, place)
    play(live_sandbox, [])
    break_it(live_sandbox, *dead, fault="401")  # which nobody waits and asks again after
    done = subprocess.run(
        [sys.executable, "manage.py", "run_job", "trend_monitor"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": database_url()},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, words in done.stdout) == (code, True), done.stderr
