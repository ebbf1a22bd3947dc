"""OpenAI of the sandbox, driven by the official client."""

import base64
import hashlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import httpx
import pytest
from openai import AuthenticationError, BadRequestError, LengthFinishReasonError, NotFoundError, OpenAI, RateLimitError
from PIL import Image
from pydantic import BaseModel

from stickertrendz.sandbox.moderation import CATEGORIES, moderate
from stickertrendz.sandbox.server import Sandbox

PROMPT = "Score this trend.\n\nTrend: {topic}\nContext: r/aww: {topic} (score 12000)\nSources: reddit, google_trends\n"


class TrendScore(BaseModel):
    velocity: int
    commercial: int
    safety: int
    uniqueness: int
    overall: float
    reasoning: str


class Prompt(BaseModel):
    composition: str
    prompt: str


class Prompts(BaseModel):
    prompts: list[Prompt]


class Copy(BaseModel):
    topic_title: str
    style: str
    category: str
    description: str
    topic_tags: list[str]
    audience_tags: list[str]


@pytest.fixture
def openai_client(sandbox: Sandbox) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{sandbox.url}/v1", api_key="sandbox-openai-key", max_retries=0, timeout=60) as client:
        yield client


def form_of(model: type[BaseModel], name: str) -> Any:
    schema = model.model_json_schema()
    for part in (schema, *schema.get("$defs", {}).values()):
        part["additionalProperties"] = False
    return {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": schema}}


def ask(client: OpenAI, shape: type[BaseModel], name: str, text: str, **more: Any) -> Any:
    given: dict[str, Any] = {"model": "gpt-6-luna", "reasoning_effort": "none", "max_completion_tokens": 600, **more}
    form = form_of(shape, name)
    return client.chat.completions.create(messages=[{"role": "user", "content": text}], response_format=form, **given)


def data_url(image: Image.Image) -> str:
    out = BytesIO()
    image.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def test_a_topic_is_scored_with_usage(openai_client: OpenAI) -> None:
    answer = ask(openai_client, TrendScore, "trend_score", PROMPT.format(topic="sleepy capybara in a bathtub"))
    score = TrendScore.model_validate_json(answer.choices[0].message.content)
    assert score.overall >= 7
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.usage.completion_tokens_details.reasoning_tokens == 0
    assert answer._request_id.startswith("req_")


def test_three_image_prompts_show_three_compositions_of_the_topic_without_text(openai_client: OpenAI) -> None:
    answer = ask(openai_client, Prompts, "image_prompts", "Trend: grumpy frog with a crown")
    prompts = Prompts.model_validate_json(answer.choices[0].message.content).prompts
    assert len({p.composition for p in prompts}) == len({p.prompt for p in prompts}) == 3
    assert all(p.prompt.startswith("A die-cut vinyl sticker design of a grumpy frog with a crown") for p in prompts)


@pytest.mark.parametrize(
    "topic", ["grumpy frog with a crown", "lovestruck watermelon", "moo deng baby hippo", "42", "ramen"]
)
def test_listing_copy_keeps_to_etsys_tag_length(openai_client: OpenAI, topic: str) -> None:
    answer = ask(openai_client, Copy, "listing_copy", f"Trend: {topic}\nDesign: full body")
    copy = Copy.model_validate_json(answer.choices[0].message.content)
    tags = [*copy.topic_tags, *copy.audience_tags]
    assert (len(copy.topic_tags), len(copy.audience_tags)) == (7, 3)
    assert len(set(tags)) == len(tags)
    assert all(len(tag) <= 20 for tag in tags)
    assert topic in copy.description


def test_a_refusal_has_no_content(sandbox: Sandbox, openai_client: OpenAI, client: httpx.Client) -> None:
    client.post("/_sandbox/faults", json={"service": "openai", "operation": "chat.completions", "fault": "refuse"})
    answer = ask(openai_client, TrendScore, "trend_score", PROMPT.format(topic="happy otter"))
    assert answer.choices[0].message.content is None
    assert answer.choices[0].message.refusal


def test_a_tight_token_limit_cuts_the_answer(openai_client: OpenAI) -> None:
    with pytest.raises(LengthFinishReasonError):
        openai_client.chat.completions.parse(
            model="gpt-6-luna",
            reasoning_effort="none",
            max_completion_tokens=20,
            messages=[{"role": "user", "content": "Trend: happy otter"}],
            response_format={"type": "json_schema", "json_schema": form_of(Prompts, "image_prompts")["json_schema"]},  # type: ignore[arg-type] # the client takes dicts too
        )


@pytest.mark.parametrize(
    "more",
    [
        {"max_tokens": 100},
        {"temperature": 0.2, "reasoning_effort": "low"},
        {"reasoning_effort": "huge"},
        {"extra_body": {"temprature": 1}},
        {"model": "gpt-4o-mini"},
        {"n": 2},
    ],
)
def test_parameters_the_model_does_not_take_are_refused(openai_client: OpenAI, more: dict[str, Any]) -> None:
    with pytest.raises(BadRequestError):
        ask(openai_client, TrendScore, "trend_score", PROMPT.format(topic="happy otter"), **more)


def test_temperature_is_allowed_without_reasoning_and_reasoning_costs_tokens(openai_client: OpenAI) -> None:
    text = PROMPT.format(topic="happy otter")
    assert ask(openai_client, TrendScore, "trend_score", text, temperature=0.2).choices[0].finish_reason == "stop"
    thought = ask(openai_client, TrendScore, "trend_score", text, reasoning_effort="medium")
    assert thought.usage.completion_tokens_details.reasoning_tokens > 0


def test_a_loose_schema_is_refused(openai_client: OpenAI) -> None:
    form = form_of(TrendScore, "trend_score")
    del form["json_schema"]["schema"]["additionalProperties"]
    with pytest.raises(BadRequestError, match="additionalProperties"):
        openai_client.chat.completions.create(
            model="gpt-6-luna", messages=[{"role": "user", "content": PROMPT}], response_format=form
        )


def test_a_wrong_key_and_an_unknown_model_are_refused(sandbox: Sandbox, openai_client: OpenAI) -> None:
    with (
        OpenAI(base_url=f"{sandbox.url}/v1", api_key="wrong", max_retries=0) as stranger,
        pytest.raises(AuthenticationError),
    ):
        stranger.models.list()
    with pytest.raises(NotFoundError):
        openai_client.models.retrieve("gpt-3.5-turbo")


def test_a_rate_limit_has_openais_shape(openai_client: OpenAI, client: httpx.Client) -> None:
    fault = {"service": "openai", "operation": "*", "fault": "429", "retry_after": 3}
    client.post("/_sandbox/faults", json=fault)
    with pytest.raises(RateLimitError) as caught:
        openai_client.models.list()
    assert caught.value.response.headers["retry-after"] == "3"


def test_models_tell_their_last_day_and_go_after_it(sandbox: Sandbox, openai_client: OpenAI) -> None:
    listed = {m.id: m.model_dump() for m in openai_client.models.list()}
    assert listed["gpt-4o-mini"]["shutdown_date"] == "2027-01-14"
    assert listed["gpt-6-luna"]["shutdown_date"] is None
    sandbox.offset += 20 * 365 * 86400
    assert "gpt-4o-mini" not in {m.id for m in openai_client.models.list()}


def test_moderation_of_an_image_scores_only_what_images_show(openai_client: OpenAI) -> None:
    url = data_url(Image.new("RGB", (64, 64), "teal"))
    part: Any = {"type": "image_url", "image_url": {"url": url}}
    result = openai_client.moderations.create(model="omni-moderation-latest", input=[part]).results[0]
    scores = result.category_scores.model_dump(by_alias=True)
    kinds = result.category_applied_input_types.model_dump(by_alias=True)
    assert set(scores) == set(CATEGORIES)
    assert scores["hate"] == 0
    assert kinds["hate"] == []
    assert kinds["violence"] == ["image"]


def test_moderation_of_text_finds_words(openai_client: OpenAI) -> None:
    clean, rude = openai_client.moderations.create(input=["a happy otter", "a naked otter with a gun"]).results
    assert not clean.flagged
    assert max(clean.category_scores.model_dump().values()) < 0.1
    assert rude.flagged
    assert rude.category_scores.sexual > 0.7
    assert 0.4 <= rude.category_scores.violence <= 0.7


@pytest.mark.parametrize("url", ["data:image/png;base64,AAAA", "data:image/png;base64,%%", "https://example.com/a.png"])
def test_an_undecodable_image_is_refused(openai_client: OpenAI, url: str) -> None:
    part: Any = {"type": "image_url", "image_url": {"url": url}}
    with pytest.raises(BadRequestError):
        openai_client.moderations.create(model="omni-moderation-latest", input=[part])


def test_about_one_design_in_twenty_five_is_doubtful_and_one_in_a_hundred_refused() -> None:
    worst = []
    for n in range(4000):
        result = moderate(1, [], [hashlib.sha256(str(n).encode()).digest()])
        worst.append(max(result["category_scores"].values()))
    doubtful = sum(0.4 <= score <= 0.7 for score in worst) / len(worst)
    refused = sum(score > 0.7 for score in worst) / len(worst)
    assert 0.03 < doubtful < 0.05
    assert 0.006 < refused < 0.015
