"""OpenAI: structured answers with what they cost, moderation of texts and images, and when a model is switched off."""

import base64
import json
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Generic, TypeVar

import httpx2
import openai
from django.conf import settings
from openai.types import ModerationCreateResponse
from openai.types.chat import ChatCompletion
from openai.types.moderation import CategoryScores
from pydantic import BaseModel, ValidationError

from stickertrendz.ops.errors import OutsideError
from stickertrendz.ops.guard import Answer, Call, Repeat, send
from stickertrendz.ops.meters import Reserve
from stickertrendz.ops.prompt_files import Prompt
from stickertrendz.ops.redact import redact

from .text import clean, clean_all

SERVICE = "openai"
CHARACTERS_PER_TOKEN = 3
FROM_ROWS = ("messages", "input")  # the only parameters that differ from row to row; the settings make all others
CATEGORIES = tuple(field.alias or name for name, field in CategoryScores.model_fields.items())
Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True)
class Completion(Generic[Shape]):
    """`parsed` is the answer in the wished shape; the rest is what a transcript keeps."""

    parsed: Shape
    model: str
    cost_micro: int
    request: str
    answer: str


@dataclass(frozen=True)
class Moderation:
    """Scores of those categories that were really looked at: an image alone is never judged for hate.

    flagged: the service's own verdict. unscored: categories that should have a score and have none.
    looked_at: the kinds of input, "text" and "image", that any category was judged by.
    """

    scores: dict[str, float]
    flagged: bool
    unscored: tuple[str, ...] = ()
    looked_at: frozenset[str] = frozenset()


class Denied(OutsideError):
    """Key, credit, model or a parameter of ours is refused: no row is at fault, and no other will fare better."""


class Malformed(OutsideError):
    """The model answered, was paid, and the answer is useless: broken, out of range, cut off or refused."""

    def __init__(self, useless: "_Useless", *, model: str, cost_micro: int, request: str, answer: str) -> None:
        super().__init__(SERVICE, str(useless))
        self.model = model
        self.cost_micro = cost_micro
        self.request = request
        self.answer = answer
        self.refused = useless.refused
        self.cut_off = useless.cut_off


def complete(
    purpose: str, prompt: Prompt, shape: type[Shape], *, subject: str, reserve: tuple[Reserve, ...] = (), room: int = 1
) -> Completion[Shape]:
    """One answer of the configured model; Malformed when it is useless. Its share of the AI budget is reserved here.

    room: how many times the configured length the answer may have; more than 1 after one that was cut off.
    """
    model = settings.OPENAI_MODEL
    request = clean(prompt.text())
    budget = Reserve("ai", estimate_micro(model, request, room))
    call = Call(SERVICE, f"chat:{purpose}", Repeat.SAFE, reserve=(budget, *reserve), subject=subject)
    answer, cost_micro = send(call, lambda: _ask(purpose, prompt, shape, budget.amount, room))
    message = answer.choices[0].message
    text = clean(message.content or message.refusal or "")
    try:
        return Completion(_parsed(answer, text, shape), answer.model, cost_micro, request, text)
    except _Useless as useless:
        raise Malformed(useless, model=answer.model, cost_micro=cost_micro, request=request, answer=text) from useless


def moderate(*, text: str = "", image: bytes | None = None, subject: str) -> Moderation:
    """Judges a text and at most one PNG image together."""
    parts: list[Any] = [{"type": "text", "text": clean(text)}] if text else []
    if image is not None:
        address = "data:image/png;base64," + base64.b64encode(image).decode()
        parts.append({"type": "image_url", "image_url": {"url": address}})

    def go() -> Answer[Moderation]:
        with _translated():
            answer = _client().moderations.create(model=settings.OPENAI_MODERATION_MODEL, input=parts)
            return Answer(_moderation(answer), request_id=answer._request_id or "")

    return send(Call(SERVICE, "moderations", Repeat.SAFE, subject=subject), go)


def shutdown_date(model: str) -> date | None:
    """The announced last day of a model, None while there is none."""

    def go() -> Answer[date | None]:
        with _translated():
            answer = _client().models.retrieve(model)
            day = answer.shutdown_date
            return Answer(date.fromisoformat(day) if day else None, request_id=answer._request_id or "")

    return send(Call(SERVICE, "models.get", Repeat.SAFE), go)


def estimate_micro(model: str, request: str, room: int = 1) -> int:
    """The most that this request can cost, in micro-dollars: every output token the settings allow."""
    price = _prices(model)
    tokens_in = len(request) // CHARACTERS_PER_TOKEN + 400  # 400: the schema and the frame around the messages
    most: Decimal = tokens_in * price["input"] + _parameters(model, room)["max_completion_tokens"] * price["output"]
    return math.ceil(most)


def _parameters(model: str, room: int) -> dict[str, Any]:
    """What this model takes beside the messages, from the settings, with room for a longer answer."""
    wanted: dict[str, Any] = _prices(model)["parameters"]
    return {**wanted, "max_completion_tokens": room * wanted["max_completion_tokens"]}


def _prices(model: str) -> dict[str, Any]:
    prices: dict[str, Any] | None = settings.OPENAI_MODELS.get(model)
    if prices is None:
        raise Denied(SERVICE, f"OPENAI_MODEL is {model}, which has no prices in OPENAI_MODELS", permanent=True)
    return prices


def _cost(answer: ChatCompletion, estimate: int) -> int:
    """Dollars per million tokens are micro-dollars per token."""
    usage, price = answer.usage, _prices(settings.OPENAI_MODEL)
    if usage is None:
        return estimate
    cached = (usage.prompt_tokens_details.cached_tokens if usage.prompt_tokens_details else 0) or 0
    cost: Decimal = (
        (usage.prompt_tokens - cached) * price["input"]
        + cached * price["cached"]
        + usage.completion_tokens * price["output"]
    )
    return math.ceil(cost)


def _ask(
    purpose: str, prompt: Prompt, shape: type[BaseModel], estimate: int, room: int
) -> Answer[tuple[ChatCompletion, int]]:
    schema = {"name": purpose, "strict": True, "schema": strict_schema(shape)}
    wish: dict[str, Any] = {
        "model": settings.OPENAI_MODEL,
        "messages": [
            {"role": "system", "content": clean(prompt.system)},
            {"role": "user", "content": clean(prompt.user)},
        ],
        "response_format": {"type": "json_schema", "json_schema": schema},
        **_parameters(settings.OPENAI_MODEL, room),
    }
    with _translated():
        answer: ChatCompletion = _client().chat.completions.create(**wish)
        if not answer.choices:
            raise ValueError("there is no choice in it")
        cost_micro = _cost(answer, estimate)
        return Answer((answer, cost_micro), cost_micro=cost_micro, request_id=answer._request_id or "")


class _Useless(ValueError):
    def __init__(self, why: str, *, refused: bool = False, cut_off: bool = False) -> None:
        super().__init__(why)
        self.refused = refused
        self.cut_off = cut_off


def _parsed(answer: ChatCompletion, text: str, shape: type[Shape]) -> Shape:
    choice = answer.choices[0]
    if choice.message.refusal or choice.finish_reason == "content_filter":
        raise _Useless("the model refused to answer", refused=True)
    if choice.finish_reason == "length":
        raise _Useless("the answer was cut off", cut_off=True)
    try:
        return shape.model_validate(clean_all(json.loads(text)))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, part['loc']))}: {part['msg']}" for part in error.errors())
        raise _Useless(wrong) from error
    except ValueError as error:
        raise _Useless(f"the answer is not JSON: {error}") from error


def strict_schema(shape: type[BaseModel]) -> dict[str, Any]:
    """The shape's JSON schema in the form structured output demands: closed objects, every field required."""
    schema: dict[str, Any] = _strict(shape.model_json_schema())
    return schema


def _strict(node: Any) -> Any:
    if isinstance(node, list):
        return [_strict(part) for part in node]
    if not isinstance(node, dict):
        return node
    # Lengths of texts are not part of the strict subset; they are still checked when the answer is read.
    kept = {key: _strict(part) for key, part in node.items() if key not in ("default", "minLength", "maxLength")}
    if isinstance(kept.get("properties"), dict):
        kept |= {"additionalProperties": False, "required": list(kept["properties"])}
    return kept


def _moderation(answer: ModerationCreateResponse) -> Moderation:
    """The worst of all results; one is usual, none cannot be read."""
    each = [_judged(result) for result in answer.results]
    scores: dict[str, float] = {}
    for one in each:
        scores |= {name: max(score, scores.get(name, 0.0)) for name, score in one.scores.items()}
    return Moderation(
        scores,
        any(one.flagged for one in each),
        tuple(dict.fromkeys(name for one in each for name in one.unscored)),
        each[0].looked_at.union(*(one.looked_at for one in each)),
    )


def _judged(result: openai.types.Moderation) -> Moderation:
    told = result.category_scores.model_dump(by_alias=True, warnings=False)
    inputs = result.category_applied_input_types.model_dump(by_alias=True, warnings=False)
    scores = {name: float(score) for name, score in told.items() if score is not None and inputs.get(name)}
    if not all(0 <= score <= 1 for score in scores.values()):  # NaN too: it would pass every threshold
        raise ValueError(f"scores outside 0 to 1: {scores}")
    unscored = [
        name for name in dict.fromkeys([*CATEGORIES, *told]) if told.get(name) is None and inputs.get(name) != []
    ]
    looked_at = frozenset(kind for name in scores for kind in inputs[name])
    return Moderation(scores, result.flagged is not False, tuple(unscored), looked_at)


@lru_cache(maxsize=4)
def _client_for(process: int, key: str, address: str, timeout: int) -> openai.OpenAI:
    """One per process: a forked worker must not share its parent's connections."""
    return openai.OpenAI(api_key=key, base_url=address, timeout=timeout, max_retries=0)


def _client() -> openai.OpenAI:
    return _client_for(os.getpid(), settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL, settings.OPENAI_TIMEOUT)


@contextmanager
def _translated() -> Iterator[None]:
    """Turns whatever the SDK raises into OutsideError."""
    try:
        yield
    except openai.APIStatusError as error:
        raise _status_error(error) from error
    except openai.APIConnectionError as error:  # its subclass APITimeoutError too
        raise OutsideError(SERVICE, f"no answer: {error.__cause__ or error}", ambiguous=_was_sent(error)) from error
    except (openai.OpenAIError, ValueError, AttributeError, TypeError, LookupError) as error:
        # A body that is no JSON comes out of the SDK as a bare ValueError, one of another form as the rest of these.
        raise OutsideError(SERVICE, f"an answer we cannot read: {error}", ambiguous=True) from error


def _was_sent(error: openai.APIConnectionError) -> bool:
    """Whether the request may have arrived: everything but a connection that never came about."""
    return not isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout)


def _status_error(error: openai.APIStatusError) -> OutsideError:
    status, message = error.status_code, clean(redact(str(error.message)), 500)
    if _refuses_settings(error):
        return Denied(SERVICE, f"{message} (parameter {error.param})", permanent=True, status=status)
    if status in (401, 403, 404) or error.code == "insufficient_quota":
        return Denied(SERVICE, message, permanent=True, status=status)
    return OutsideError(
        SERVICE, message, permanent=status < 500 and status not in (408, 409, 429), retry_after=_retry_after(error),
        ambiguous=status >= 500, status=status,
    )  # fmt: skip


def _refuses_settings(error: openai.APIStatusError) -> bool:
    return error.status_code == 400 and bool(error.param) and not str(error.param).startswith(FROM_ROWS)


def _retry_after(error: openai.APIStatusError) -> float | None:
    told = error.response.headers.get("retry-after", "")
    return float(told) if told.replace(".", "", 1).isdigit() else None
