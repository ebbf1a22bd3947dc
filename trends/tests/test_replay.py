"""A verdict looked into: the same question asked again, shown beside the old answer, taken over only when asked."""

import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django_q.models import OrmQ
from pytest_django import Settings

from stickertrendz import clock
from stickertrendz.ops import meters, prompt_files, transcripts
from stickertrendz.ops.errors import IllegalMove
from stickertrendz.ops.models import AuditEntry, Run, Transcript
from stickertrendz.ops.runner import run_job
from stickertrendz.ops.work import Outcome, attempt, claim
from stickertrendz.sandbox.server import Sandbox
from trends import candidates, replay
from trends.models import Cycle, Replay, Signal, Trend
from trends.score import REPLAY, score_trend

from .make import make_signal, make_trend
from .scripted_model import NO_JSON, ScriptedModel, overall, scores

pytestmark = pytest.mark.django_db


@pytest.fixture
def scored(model: ScriptedModel) -> Trend:
    model.says(scores(overall=8.1, reasoning="the first verdict"))
    trend = make_trend("sleepy frog in a teacup")
    attempt(trend, score_trend)
    # Nothing fresh and nothing qualified: a run of the job has only replays to do.
    Signal.objects.update(observed_at=clock.now() - timedelta(days=2))
    Trend.objects.update(status="watching")
    trend.refresh_from_db()
    return trend


def as_it_is(trend: Trend) -> dict[str, Any]:
    return dict(Trend.objects.filter(pk=trend.pk).values().get())


def test_a_replay_waits_as_a_wish_for_the_job_that_it_wakes(scored: Trend, model: ScriptedModel) -> None:
    row = replay.ask(scored, by="ada")
    assert (row.status, row.asked_by, len(model.asked)) == ("asked", "ada", 1)
    assert [task.group() for task in OrmQ.objects.all()] == ["job trend_evaluation"]
    assert AuditEntry.objects.get().action == "asked for a replay"


def test_a_replay_shows_the_new_verdict_and_leaves_the_trend_as_it_is(scored: Trend, model: ScriptedModel) -> None:
    before, used = as_it_is(scored), meters.level("scores").used
    row = replay.ask(scored, by="ada", samples=3)
    model.says(overall(5.0), overall(9.0), overall(6.0))
    run_job("trend_evaluation")
    row.refresh_from_db()
    assert (row.status, row.found["overall"], row.found["spread"]) == ("done", "6.00", "4.00")
    assert row.found["samples"] == ["5.00", "6.00", "9.00"]
    assert row.cost_micro == sum(Transcript.objects.filter(purpose=REPLAY).values_list("cost_micro", flat=True)) > 0
    assert (as_it_is(scored), meters.level("scores").used) == (before, used)


def test_a_kept_request_is_sent_again_word_for_word(scored: Trend, model: ScriptedModel) -> None:
    kept = Transcript.objects.get()
    make_signal("evidence that came later").trends.add(scored)
    attempt(replay.ask(scored, by="ada", transcript=kept), replay.replay)
    assert model.asked[1]["messages"] == model.asked[0]["messages"]
    attempt(replay.ask(scored, by="ada"), replay.replay)
    assert "evidence that came later" in model.asked[2]["messages"][1]["content"]


def test_a_prompt_is_read_back_from_its_transcript_as_it_was() -> None:
    prompt = prompt_files.load("trends", "score")
    assert prompt_files.parse(prompt.version, prompt.text()) == prompt


def test_the_new_score_is_taken_over_only_when_asked(scored: Trend, model: ScriptedModel) -> None:
    row = replay.ask(scored, by="ada")
    model.says(scores(velocity=2, overall=3.0, reasoning="the second verdict"))
    attempt(row, replay.replay)
    replay.take_over(Replay.objects.get(), by="ada")
    trend = Trend.objects.get()
    assert (trend.status, trend.score_overall, trend.reasoning) == ("watching", Decimal("3.00"), "the second verdict")
    assert Replay.objects.get().status == "taken"
    assert AuditEntry.objects.latest("pk").action == "took over a replayed score"


def test_a_trend_that_designs_are_made_of_keeps_its_score(scored: Trend, model: ScriptedModel) -> None:
    row = replay.ask(scored, by="ada")
    attempt(row, replay.replay)
    Trend.objects.update(status="generated")
    with pytest.raises(IllegalMove, match="stays as it was"):
        replay.take_over(Replay.objects.get(), by="ada")
    assert Replay.objects.get().status == "done"


def test_a_replay_without_a_usable_answer_is_parked_in_words(scored: Trend, model: ScriptedModel) -> None:
    model.says(NO_JSON)
    assert attempt(replay.ask(scored, by="ada"), replay.replay).outcome is Outcome.PARKED
    assert "no usable score" in Replay.objects.get().needs_attention


def shell(trend: int, *options: str) -> str:
    told = io.StringIO()
    call_command("replay_score", str(trend), *options, stdout=told)
    return told.getvalue()


def test_the_command_tells_the_cost_before_and_shows_old_and_new(
    scored: Trend, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def yes(words: str) -> str:
        asked.append(words)
        return "y"

    monkeypatch.setattr("builtins.input", yes)
    model.says(scores(overall=8.7, reasoning="the second verdict"))
    told = shell(scored.pk, "--samples", "2")
    assert asked[0].startswith("2 answer(s) cost at most $0.00")
    assert all(word in told for word in ("8.10", "8.70", "the first verdict", "the second verdict", "unchanged"))
    assert (len(model.asked), Trend.objects.get().score_overall) == (3, Decimal("8.10"))


def test_the_command_spends_nothing_without_a_yes(
    scored: Trend, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda words: "")
    assert "Nothing was asked" in shell(scored.pk)
    assert (len(model.asked), Replay.objects.count()) == (1, 0)


def test_the_command_spends_nothing_where_nobody_can_answer(
    scored: Trend, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert "Nothing was asked" in shell(scored.pk)
    assert (len(model.asked), Replay.objects.count()) == (1, 0)


@pytest.mark.parametrize(("name", "wrong"), [("OPENAI_API_KEY", "sandbox-wrong-key"), ("OPENAI_MODEL", "gpt-4")])
def test_the_command_says_when_the_service_refuses_us_and_leaves_no_wish(
    scored: Trend, sandbox: Sandbox, settings: Settings, name: str, wrong: str
) -> None:
    settings.OPENAI_BASE_URL = f"{sandbox.url}/v1"
    setattr(settings, name, wrong)
    with pytest.raises(CommandError, match=name if name == "OPENAI_MODEL" else "API key"):
        shell(scored.pk, "--yes")
    assert not Replay.objects.exists()


def test_the_command_leaves_a_wish_to_the_run_that_took_it(
    scored: Trend, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken_at_once(*given: Any, **named: Any) -> Replay:
        row = replay.wish(*given, **named)
        assert claim(Replay.objects.get(pk=row.pk))
        return row

    monkeypatch.setattr("trends.management.commands.replay_score.wish", taken_at_once)
    with pytest.raises(CommandError, match="A run was faster"):
        shell(scored.pk, "--yes")
    assert (len(model.asked), Replay.objects.get().status) == (1, "asked")


def test_the_command_stays_within_the_budget(scored: Trend, model: ScriptedModel, settings: Settings) -> None:
    settings.METERS = {**settings.METERS, "ai": {**settings.METERS["ai"], "limit": 100}}
    with pytest.raises(CommandError, match="AI budget of the month: the limit is reached"):
        shell(scored.pk, "--yes")
    assert (len(model.asked), Replay.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["999"], "There is no trend 999"),
        (["--samples", "0"], "takes 1 to"),
        (["--transcript", "999"], "is not one of"),
    ],
)
def test_the_command_says_what_is_wrong_with_its_arguments(scored: Trend, arguments: list[str], words: str) -> None:
    trend = 999 if arguments == ["999"] else scored.pk
    with pytest.raises(CommandError, match=words):
        shell(trend, *[word for word in arguments if word != "999" or len(arguments) > 1], "--yes")


def test_what_is_kept_to_look_into_verdicts_goes_after_30_days(
    scored: Trend, virtual_time: time_machine.Traveller
) -> None:
    attempt(replay.ask(scored, by="ada"), replay.replay)
    run_job("trend_evaluation")
    assert (Transcript.objects.count(), Replay.objects.count(), Cycle.objects.count()) == (2, 1, 1)
    virtual_time.shift(timedelta(days=29))
    assert (transcripts.purge(), replay.purge(), candidates.purge()) == (0, 0, 0)
    virtual_time.shift(timedelta(days=2))
    assert (transcripts.purge(), replay.purge(), candidates.purge()) == (2, 1, 1)
    assert Run.objects.exists()
    assert Trend.objects.get().score_overall is not None
