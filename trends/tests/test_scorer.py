"""What a trend is worth, by the model and within the rules."""

import re
from decimal import Decimal

import pytest
from django.db.models import Sum
from pydantic import ValidationError
from pytest_django import Settings

from stickertrendz.ops import meters, prompt_files
from stickertrendz.ops.errors import Halt, Refused
from stickertrendz.ops.models import ErrorLog, Transcript
from stickertrendz.ops.work import Outcome, attempt, retry
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox
from trends import blocklists
from trends.discover import to_score
from trends.models import Trend
from trends.score import NoScore, Score, TrendScore, sample_posts, score, score_trend, verdict

from .make import make_signal, make_source, make_trend
from .scripted_model import CUT_OFF, GOOD, NO_JSON, REFUSED, Says, ScriptedModel, overall, scores

pytestmark = pytest.mark.django_db


def judged(value: str, safety: int = 9) -> Score:
    return Score(8, 8, safety, 8, Decimal(value), Decimal(0), "because", "gpt-6-luna", "score/1.abcdef")


def test_a_scored_trend_has_all_its_scores_and_where_they_came_from(sandbox: Sandbox) -> None:
    trend = make_trend("sleepy frog in a teacup")
    assert attempt(trend, score_trend).outcome is Outcome.DONE
    trend.refresh_from_db()
    scores = (trend.score_velocity, trend.score_commercial, trend.score_safety, trend.score_uniqueness)
    assert all(1 <= number <= 10 for number in scores if number is not None)
    assert None not in (*scores, trend.score_overall, trend.score_spread, trend.scored_at)
    assert (trend.model, trend.scored_evidence) == ("gpt-6-luna", 2)
    assert trend.prompt_version == prompt_files.load("trends", "score").version
    assert re.fullmatch(r"score/\d+\.[0-9a-f]{6}", trend.prompt_version)
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


@pytest.mark.parametrize("useless", [NO_JSON, scores(velocity=11), scores(overall=9.5), CUT_OFF])
def test_two_useless_answers_are_forgiven_and_the_third_counts(model: ScriptedModel, useless: Says) -> None:
    model.says(useless, useless, scores())
    trend = make_trend("sleepy frog in a teacup")
    assert attempt(trend, score_trend).outcome is Outcome.DONE
    trend.refresh_from_db()
    assert trend.score_overall == Decimal("8.50")
    assert Transcript.objects.count() == 3


@pytest.mark.parametrize(
    ("useless", "asked", "words"),
    [
        (NO_JSON, 3, "no usable score in 3 answers; the last: the answer is not JSON"),
        (scores(safety=0), 3, "no usable score in 3 answers; the last: safety"),
        (scores(overall=9.5), 3, "lies outside its four scores"),
        (CUT_OFF, 3, "cut off (3 answers): raise max_completion_tokens in OPENAI_MODELS"),
        (REFUSED, 2, "The model refused to judge this topic"),
    ],
)
def test_a_trend_without_a_usable_answer_is_parked_in_words_that_say_what_to_do(
    model: ScriptedModel, useless: Says, asked: int, words: str
) -> None:
    model.says(useless)
    trend = make_trend("sleepy frog in a teacup")
    result = attempt(trend, score_trend)
    assert (result.outcome, type(result.error)) == (Outcome.PARKED, NoScore)
    assert (len(model.asked), Transcript.objects.count()) == (asked, asked)
    trend.refresh_from_db()
    assert (trend.status, trend.score_overall) == ("found", None)
    assert words in trend.needs_attention
    assert words in ErrorLog.objects.get(subject=f"trends.trend:{trend.pk}").error_message
    assert (meters.level("scores").used, meters.level("ai").used > 0) == (1, True)


def test_an_answer_that_was_cut_off_is_asked_for_again_with_twice_the_room(model: ScriptedModel) -> None:
    model.says(CUT_OFF, CUT_OFF, scores())
    attempt(make_trend(), score_trend)
    room = [request["max_completion_tokens"] for request in model.asked]
    assert room == [room[0], 2 * room[0], 4 * room[0]]


def test_one_refusal_may_be_a_whim(model: ScriptedModel) -> None:
    model.says(REFUSED, scores())
    assert attempt(make_trend(), score_trend).outcome is Outcome.DONE


def test_a_parked_trend_is_not_asked_about_again_until_a_person_says_so(model: ScriptedModel) -> None:
    model.says(REFUSED)
    trend = make_trend()
    attempt(trend, score_trend)
    assert not to_score().filter(pk=trend.pk).exists()
    retry(trend, by="ada")
    assert to_score().filter(pk=trend.pk).exists()


def test_a_score_near_the_threshold_is_the_median_of_three(model: ScriptedModel) -> None:
    model.says(overall(7.4), overall(6.2), overall(6.9))
    found = score("frog", [make_signal()])
    assert (found.overall, found.spread) == (Decimal("6.90"), Decimal("1.20"))
    assert found.samples == (Decimal("6.20"), Decimal("6.90"), Decimal("7.40"))
    assert len(model.asked) == 3
    assert found.cost_micro == Transcript.objects.aggregate(total=Sum("cost_micro"))["total"]


def test_a_danger_that_one_sample_sees_shuts_the_trend_out_in_its_words(model: ScriptedModel) -> None:
    warning = scores(velocity=1, safety=4, uniqueness=10, overall=7.4, reasoning="it mocks a real child")
    model.says(overall(7.2), warning, overall(7.1))
    trend = make_trend()
    attempt(trend, score_trend)
    trend.refresh_from_db()
    assert (trend.status, trend.score_safety, trend.score_overall) == ("unsafe", 4, Decimal("7.20"))
    assert trend.reasoning == "it mocks a real child"


@pytest.mark.parametrize(("first", "asked"), [(6.49, 1), (6.5, 3), (7.5, 3), (7.51, 1)])
def test_only_scores_within_half_a_point_of_the_threshold_are_asked_again(
    model: ScriptedModel, first: float, asked: int
) -> None:
    model.says(overall(first), overall(7.0))
    score("frog", [make_signal()])
    assert len(model.asked) == asked


@pytest.mark.parametrize(
    ("value", "safety", "status"),
    [
        ("7.00", 6, "queued"),
        ("6.99", 9, "watching"),
        ("9.50", 5, "unsafe"),
        ("3.00", 5, "unsafe"),
        ("10.00", 10, "queued"),
    ],
)
def test_both_stages_must_pass(value: str, safety: int, status: str) -> None:
    assert verdict(judged(value, safety)) == status


def test_the_days_cap_refuses_before_the_model_is_asked(sandbox: Sandbox, settings: Settings) -> None:
    settings.METERS = {**settings.METERS, "scores": {"period": "day", "limit": 1, "tells": "trends scored today"}}
    assert attempt(make_trend("sleepy frog in a teacup"), score_trend).outcome is Outcome.DONE
    asked = len(sandbox.calls())
    result = attempt(make_trend("cozy otter with a scarf"), score_trend)
    assert isinstance(result.error, Refused)
    assert len(sandbox.calls()) == asked


def test_a_trend_counts_once_however_many_samples_it_took(model: ScriptedModel) -> None:
    model.says(overall(7.0))
    attempt(make_trend(), score_trend)
    assert len(model.asked) == 3
    assert meters.level("scores").used == 1


def test_the_budget_is_reserved_before_and_settled_at_what_it_cost(model: ScriptedModel, settings: Settings) -> None:
    model.says(scores())
    attempt(make_trend(), score_trend)
    cost = int(400 * Decimal("0.10") + 100 * Decimal("0.50"))
    assert meters.level("ai").used == cost
    settings.METERS = {**settings.METERS, "ai": {**settings.METERS["ai"], "limit": cost + 100}}
    result = attempt(make_trend("cozy otter"), score_trend)
    assert isinstance(result.error, Refused)
    assert (len(model.asked), meters.level("ai").used, meters.level("scores").used) == (1, cost, 1)


def test_an_unsafe_trend_is_shut_out_whatever_its_overall(model: ScriptedModel) -> None:
    model.says(scores(velocity=10, commercial=10, uniqueness=10, safety=5, overall=9.5))
    trend = make_trend()
    attempt(trend, score_trend)
    trend.refresh_from_db()
    assert (trend.status, trend.is_shut) == ("unsafe", True)


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


def test_a_parameter_the_model_refuses_halts_the_run_and_parks_no_trend(sandbox: Sandbox, settings: Settings) -> None:
    parameters = {"max_completion_tokens": 1200, "reasoning_effort": "very"}
    settings.OPENAI_MODELS = {"gpt-6-luna": {**settings.OPENAI_MODELS["gpt-6-luna"], "parameters": parameters}}
    trend = make_trend()
    with pytest.raises(Halt, match=r"very.*parameters"):
        attempt(trend, score_trend)
    trend.refresh_from_db()
    assert (trend.status, trend.attempts, trend.needs_attention) == ("found", 0, "")
    assert meters.level("scores").used == 0


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
