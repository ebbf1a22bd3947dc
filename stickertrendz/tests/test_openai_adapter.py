"""The OpenAI adapter with the real SDK against the sandbox."""

import base64
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import transaction
from openai.types.chat import ChatCompletion
from pydantic import BaseModel, Field
from pytest_django import Settings

from stickertrendz.adapters import openai as adapter
from stickertrendz.adapters.openai import Denied, Malformed, complete, moderate, shutdown_date, strict_schema
from stickertrendz.adapters.text import clean, clean_all
from stickertrendz.ops import meters
from stickertrendz.ops.errors import OutsideError, Refused
from stickertrendz.ops.models import Call
from stickertrendz.ops.prompt_files import Prompt
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox

pytestmark = pytest.mark.django_db

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PROMPT = Prompt(
    "score/1", "You judge.", "Trend: happy frog\nContext: - “happy frog” (r/frogs, 900 points)\nSources: reddit"
)


class Verdict(BaseModel):
    velocity: int = Field(ge=1, le=10)
    commercial: int
    safety: int
    uniqueness: int
    overall: float
    reasoning: str


class TooStrict(Verdict):
    velocity: int = Field(ge=11, le=12)


def ask(shape: type[BaseModel] = Verdict) -> adapter.Completion[BaseModel]:
    return complete("trend_score", PROMPT, shape, subject="trends.trend:1")


def break_it(sandbox: Sandbox, fault: str, *, times: int | None = 1, operation: str = "chat.completions") -> None:
    sandbox.faults.add(Fault("openai", operation, fault, times=times, seconds=0.05))


def test_an_answer_comes_parsed_with_what_it_cost_and_what_was_said(sandbox: Sandbox) -> None:
    answer = ask()
    assert isinstance(answer.parsed, Verdict)
    assert answer.model == "gpt-6-luna"
    assert answer.cost_micro > 0
    assert "Trend: happy frog" in answer.request
    assert '"overall"' in answer.answer
    call = Call.objects.get(operation="chat:trend_score")
    assert (call.outcome, call.cost_micro, call.subject) == ("done", answer.cost_micro, "trends.trend:1")
    assert call.request_id.startswith("req_")


def test_the_budget_is_held_at_the_estimate_and_settled_at_the_cost(sandbox: Sandbox) -> None:
    answer = ask()
    assert meters.level("ai").used == answer.cost_micro < adapter.estimate_micro("gpt-6-luna", answer.request)


def test_a_spent_budget_refuses_before_anything_is_sent(sandbox: Sandbox, settings: Settings) -> None:
    settings.METERS = {**settings.METERS, "ai": {"period": "month", "limit": 10, "tells": "AI budget of the month"}}
    with pytest.raises(Refused, match="AI budget"):
        ask()
    assert sandbox.calls() == []


def test_cached_tokens_cost_less() -> None:
    usage = {
        "prompt_tokens": 1000,
        "completion_tokens": 100,
        "total_tokens": 1100,
        "prompt_tokens_details": {"cached_tokens": 600},
    }
    answer = ChatCompletion.model_validate(
        {"id": "1", "object": "chat.completion", "created": 1, "model": "gpt-6-luna", "choices": [], "usage": usage}
    )
    assert adapter._cost(answer, 0) == 40 + 6 + 50


def test_a_value_out_of_range_is_malformed_and_paid(sandbox: Sandbox) -> None:
    with pytest.raises(Malformed, match="velocity") as caught:
        ask(TooStrict)
    assert not caught.value.refused
    assert caught.value.answer.startswith("{")
    assert meters.level("ai").used == caught.value.cost_micro > 0
    assert len(sandbox.calls()) == 1


def test_a_cut_off_answer_is_malformed(sandbox: Sandbox, settings: Settings) -> None:
    luna = settings.OPENAI_MODELS["gpt-6-luna"]
    extra = {"reasoning_effort": "none", "max_completion_tokens": 5}
    settings.OPENAI_MODELS = {"gpt-6-luna": {**luna, "parameters": extra}}
    with pytest.raises(Malformed, match="cut off"):
        ask()


def test_a_refusal_is_malformed_and_says_so(sandbox: Sandbox) -> None:
    break_it(sandbox, "refuse")
    with pytest.raises(Malformed) as caught:
        ask()
    assert caught.value.refused


@pytest.mark.parametrize("fault", ["500", "500_after", "429", "timeout", "timeout_after", "malformed", "html"])
def test_a_passing_fault_heals_by_asking_again(sandbox: Sandbox, fault: str) -> None:
    break_it(sandbox, fault)
    assert isinstance(ask().parsed, Verdict)
    assert [call["fault"] for call in sandbox.calls() if call["status"]] in ([fault, None], [None])


@pytest.mark.parametrize("fault", ["500", "timeout", "malformed", "truncated"])
def test_a_lasting_fault_becomes_one_kind_of_error(sandbox: Sandbox, fault: str) -> None:
    break_it(sandbox, fault, times=None)
    with pytest.raises(OutsideError) as caught:
        ask()
    assert not isinstance(caught.value, Malformed)
    assert caught.value.service == "openai"
    assert not caught.value.permanent


def test_an_unclear_failure_is_booked_at_its_estimate(sandbox: Sandbox) -> None:
    break_it(sandbox, "timeout", times=None)
    with pytest.raises(OutsideError):
        ask()
    estimate = adapter.estimate_micro("gpt-6-luna", f"[system]\n{PROMPT.system}\n\n[user]\n{PROMPT.user}")
    assert meters.level("ai").used == 4 * estimate


def test_a_refused_connection_costs_nothing(sandbox: Sandbox, settings: Settings) -> None:
    settings.OPENAI_BASE_URL = "http://127.0.0.1:9/v1"
    with pytest.raises(OutsideError) as caught:
        ask()
    assert not caught.value.ambiguous
    assert meters.level("ai").used == 0


def test_a_wrong_key_is_denied_at_once(sandbox: Sandbox, settings: Settings) -> None:
    settings.OPENAI_API_KEY = "sandbox-wrong-key"
    with pytest.raises(Denied) as caught:
        ask()
    assert caught.value.status == 401
    assert len(sandbox.calls()) == 1


def test_a_model_that_was_switched_off_is_denied(
    sandbox: Sandbox, settings: Settings, virtual_time: time_machine.Traveller
) -> None:
    settings.OPENAI_MODEL = "gpt-4o-mini"
    virtual_time.move_to(datetime(2027, 1, 15, tzinfo=UTC))
    with pytest.raises(Denied, match="does not exist"):
        ask()


def test_a_model_without_prices_is_denied_before_sending(sandbox: Sandbox, settings: Settings) -> None:
    settings.OPENAI_MODEL = "gpt-4"
    with pytest.raises(Denied, match="OPENAI_MODELS"):
        ask()
    assert sandbox.calls() == []


@pytest.mark.parametrize("wrong", [{"max_tokens": 10**9}, {"reasoning_effort": "very"}, {"temperature": 0.2}])
def test_a_parameter_the_model_refuses_is_our_settings_fault(
    sandbox: Sandbox, settings: Settings, wrong: dict[str, object]
) -> None:
    model = settings.OPENAI_MODELS["gpt-6-luna"]
    settings.OPENAI_MODELS = {"gpt-6-luna": {**model, "parameters": {"max_completion_tokens": 1200, **wrong}}}
    with pytest.raises(Denied, match=next(iter(wrong))):
        ask()


def test_words_the_service_refuses_are_one_rows_fault(sandbox: Sandbox) -> None:
    with pytest.raises(OutsideError) as caught:
        complete("trend_score", Prompt("score/1", "You judge.", "no line names a trend"), Verdict, subject="")
    assert caught.value.permanent
    assert not isinstance(caught.value, Denied)


def test_the_older_model_gets_no_reasoning_parameters(sandbox: Sandbox, settings: Settings) -> None:
    settings.OPENAI_MODEL = "gpt-4o-mini"
    assert ask().model == "gpt-4o-mini"


def test_texts_databases_refuse_are_cleaned_on_both_ways(sandbox: Sandbox) -> None:
    prompt = Prompt("score/1", "You \ud800 judge.", "Trend: happy\x00 frog\nContext: x\nSources: reddit")
    answer = complete("trend_score", prompt, Verdict, subject="")
    assert "happy frog" in answer.parsed.reasoning
    assert clean("a\x00b\udfffc", 2) == "ab"
    assert clean_all({"k\x00": ["\ud800x", 1, None]}) == {"k": ["x", 1, None]}


def test_moderation_of_a_text_scores_all_categories(sandbox: Sandbox) -> None:
    verdict = moderate(text="a happy frog", subject="stickers.sticker:1")
    assert {"hate", "sexual/minors", "violence/graphic"} <= set(verdict.scores)
    assert not verdict.flagged


def test_moderation_of_an_image_leaves_out_what_was_not_looked_at(sandbox: Sandbox) -> None:
    verdict = moderate(image=PNG, subject="stickers.sticker:1")
    assert "violence" in verdict.scores
    assert "hate" not in verdict.scores


def test_moderation_says_when_something_is_flagged(sandbox: Sandbox) -> None:
    break_it(sandbox, "refuse", operation="moderations")
    assert moderate(text="a frog", image=PNG, subject="").flagged


def test_the_last_day_of_a_model_is_known(sandbox: Sandbox) -> None:
    assert shutdown_date("gpt-4o-mini") == date(2027, 1, 14)
    assert shutdown_date("gpt-6-luna") is None


def test_an_unknown_model_is_a_permanent_error(sandbox: Sandbox) -> None:
    with pytest.raises(OutsideError) as caught:
        shutdown_date("gpt-0")
    assert caught.value.permanent
    assert caught.value.status == 404


def test_the_schema_is_closed_and_everything_in_it_required() -> None:
    class Line(BaseModel):
        word: str = Field(max_length=5)

    class Page(BaseModel):
        lines: list[Line]
        title: str = "none"

    schema = strict_schema(Page)
    assert schema["required"] == ["lines", "title"]
    assert schema["additionalProperties"] is False
    assert schema["$defs"]["Line"]["additionalProperties"] is False
    assert "maxLength" not in schema["$defs"]["Line"]["properties"]["word"]


@pytest.mark.django_db(transaction=True)
def test_a_call_inside_a_transaction_is_an_error(sandbox: Sandbox) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        ask()
