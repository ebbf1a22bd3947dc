"""What a trend is worth, by the model and within the rules."""

from decimal import Decimal

import pytest
from django.db.models import Sum
from pydantic import ValidationError
from pytest_django import Settings

from stickertrendz.adapters.openai import Completion, Malformed
from stickertrendz.ops import meters
from stickertrendz.ops.errors import Halt, Refused
from stickertrendz.ops.models import ErrorLog, Transcript
from stickertrendz.ops.work import Outcome, attempt
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox
from trends import blocklists
from trends import score as scoring
from trends.models import Trend
from trends.score import Score, TrendScore, sample_posts, score, score_trend, verdict

from .make import make_signal, make_source, make_trend

pytestmark = pytest.mark.django_db
GOOD = {"velocity": 8, "commercial": 9, "safety": 9, "uniqueness": 8, "overall": 8.5, "reasoning": "because"}


def refuse(sandbox: Sandbox, times: int) -> None:
    """The model gives an answer that is no score."""
    sandbox.faults.add(Fault("openai", "chat.completions", "refuse", times=times))


def judged(overall: str, safety: int = 9) -> Score:
    return Score(8, 8, safety, 8, Decimal(overall), Decimal(0), "because", "gpt-6-luna", "score/1")


def _answer(overall: float) -> TrendScore:
    return TrendScore.model_validate({**GOOD, "velocity": 1, "overall": overall})


def samples(monkeypatch: pytest.MonkeyPatch, *overalls: float) -> list[float]:
    """The model's answers in the order it gives them; what is left over was not asked for."""
    left = list(overalls)

    def sample(prompt: object, subject: str) -> Completion[TrendScore]:
        return Completion(_answer(left.pop(0)), "gpt-6-luna", 5, "", "")

    monkeypatch.setattr(scoring, "_sample", sample)
    return left


def test_a_scored_trend_has_all_its_scores_and_where_they_came_from(sandbox: Sandbox) -> None:
    trend = make_trend("sleepy frog in a teacup")
    assert attempt(trend, score_trend).outcome is Outcome.DONE
    trend.refresh_from_db()
    scores = (trend.score_velocity, trend.score_commercial, trend.score_safety, trend.score_uniqueness)
    assert all(1 <= number <= 10 for number in scores if number is not None)
    assert None not in (*scores, trend.score_overall, trend.score_spread, trend.scored_at)
    assert (trend.model, trend.prompt_version, trend.scored_evidence) == ("gpt-6-luna", "score/1", 2)
    assert trend.reasoning
    transcript = Transcript.objects.get()
    assert transcript.subject == f"trends.trend:{trend.pk}"
    assert transcript.cost_micro > 0


def test_scoring_takes_seconds_and_less_than_a_cent(sandbox: Sandbox) -> None:
    attempt(make_trend("sleepy frog in a teacup"), score_trend)
    cost = Transcript.objects.aggregate(total=Sum("cost_micro"))["total"]
    assert 0 < cost < 10_000


@pytest.mark.parametrize(
    "broken",
    [
        {"velocity": 0}, {"velocity": 11}, {"safety": "high"}, {"overall": 10.5}, {"overall": 7.9}, {"overall": 9.1},
        {"commercial": 8.5}, {"reasoning": None},
    ],
)  # fmt: skip
def test_scores_out_of_range_or_out_of_line_are_malformed(broken: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        TrendScore.model_validate({**GOOD, **broken})


def test_given_malformed_answers_when_one_of_three_is_good_then_it_counts(sandbox: Sandbox) -> None:
    refuse(sandbox, times=2)
    trend = make_trend("sleepy frog in a teacup")
    assert attempt(trend, score_trend).outcome is Outcome.DONE
    assert Transcript.objects.count() == 3


def test_given_malformed_json_when_two_retries_fail_too_then_the_trend_is_skipped_and_logged(
    sandbox: Sandbox, settings: Settings
) -> None:
    luna = settings.OPENAI_MODELS["gpt-6-luna"]
    cut_off = {"reasoning_effort": "none", "max_completion_tokens": 5}
    settings.OPENAI_MODELS = {"gpt-6-luna": {**luna, "extra": cut_off}}
    trend = make_trend("sleepy frog in a teacup")
    result = attempt(trend, score_trend)
    assert result.outcome is Outcome.PASSING
    assert isinstance(result.error, Malformed)
    assert len(sandbox.calls()) == 3
    trend.refresh_from_db()
    assert (trend.status, trend.score_overall) == ("found", None)
    assert trend.not_before is not None
    assert "cut off" in ErrorLog.objects.get(subject=f"trends.trend:{trend.pk}").error_message


def test_a_score_near_the_threshold_is_the_median_of_three(monkeypatch: pytest.MonkeyPatch) -> None:
    left = samples(monkeypatch, 7.4, 6.2, 6.9)
    found = score("frog", [make_signal()])
    assert (found.overall, found.spread) == (Decimal("6.90"), Decimal("1.20"))
    assert left == []


@pytest.mark.parametrize(("first", "asked"), [(6.49, 1), (6.5, 3), (7.5, 3), (7.51, 1)])
def test_only_scores_within_half_a_point_of_the_threshold_are_asked_again(
    monkeypatch: pytest.MonkeyPatch, first: float, asked: int
) -> None:
    left = samples(monkeypatch, first, 7.0, 7.0)
    score("frog", [make_signal()])
    assert 3 - len(left) == asked


@pytest.mark.parametrize(
    ("overall", "safety", "status"),
    [
        ("7.00", 6, "queued"),
        ("6.99", 9, "watching"),
        ("9.50", 5, "unsafe"),
        ("3.00", 5, "unsafe"),
        ("10.00", 10, "queued"),
    ],
)
def test_both_stages_must_pass(overall: str, safety: int, status: str) -> None:
    assert verdict(judged(overall, safety)) == status


def test_the_days_cap_refuses_before_the_model_is_asked(sandbox: Sandbox, settings: Settings) -> None:
    settings.METERS = {**settings.METERS, "scores": {"period": "day", "limit": 1, "tells": "trends scored today"}}
    assert attempt(make_trend("sleepy frog in a teacup"), score_trend).outcome is Outcome.DONE
    asked = len(sandbox.calls())
    result = attempt(make_trend("cozy otter with a scarf"), score_trend)
    assert isinstance(result.error, Refused)
    assert len(sandbox.calls()) == asked


def test_a_trend_counts_once_however_many_samples_it_took(monkeypatch: pytest.MonkeyPatch) -> None:
    samples(monkeypatch, 7.0, 7.0, 7.0)
    attempt(make_trend(), score_trend)
    assert meters.level("scores").used == 1


def test_a_failure_of_the_service_does_not_use_up_the_day(sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("openai", "chat.completions", "500", times=None))
    assert attempt(make_trend(), score_trend).outcome is Outcome.PASSING
    assert meters.level("scores").used == 0


def test_a_refused_key_halts_the_run_and_leaves_the_trend_as_it_was(sandbox: Sandbox, settings: Settings) -> None:
    settings.OPENAI_API_KEY = "sandbox-wrong-key"
    trend = make_trend()
    with pytest.raises(Halt, match="API key"):
        attempt(trend, score_trend)
    trend.refresh_from_db()
    assert (trend.status, trend.attempts, trend.needs_attention, trend.claimed_until) == ("found", 0, "", None)


def test_a_term_added_meanwhile_keeps_the_trend_from_being_paid_for(sandbox: Sandbox) -> None:
    trend = make_trend("zorblax frog")
    blocklists.add("Zorblax", "trademark", by="ada", why="a notice came")
    attempt(trend, score_trend)
    assert Trend.objects.get().status == "archived"
    assert sandbox.calls() == []


def test_the_model_sees_numbers_and_each_wording_once() -> None:
    google = make_source("google_trends", "US")
    shown = sample_posts(
        [make_signal("a frog", score=10), make_signal("a  frog", score=900), make_signal("frog", google, score=5000)]
    )
    assert shown.splitlines() == [
        "- “frog” (Google trending searches US, 5000 searches)",
        "- “a frog” (r/frogs, 900 points, 1800 points/h)",
    ]


def test_the_prompt_is_the_owners(sandbox: Sandbox) -> None:
    score("sleepy frog", [make_signal("a sleepy frog")])
    request = Transcript.objects.get().request
    assert "You are a trend analyst for a sticker business." in request
    assert "Trend: sleepy frog\nContext: - “a sleepy frog”" in request
    assert "Sources: reddit\n" in request
    assert "Moo Deng baby hippo" in request
