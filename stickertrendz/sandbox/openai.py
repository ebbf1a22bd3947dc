"""OpenAI: chat completions with a JSON schema, moderations, models."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from stickertrendz.sandbox import copywriter, rubric
from stickertrendz.sandbox.chat_rules import (
    CHAT_FIELDS,
    MODELS,
    MODERATION_FIELDS,
    REASONING,
    Refused,
    check_fields,
    check_parameters,
    conversation,
    strict_schema,
)
from stickertrendz.sandbox.moderation import BadImage, decoded_image, edited, moderate
from stickertrendz.sandbox.routing import Reply, Request, Route, Service

KEY = "sandbox-openai-key"
REFUSAL = "I'm sorry, but I can't help with that."


class OpenAIWorld:
    def __init__(self, seed: int, clock: Callable[[], float]) -> None:
        self.seed = seed
        self.clock = clock
        self.requests = 0
        self.moderated: list[dict[str, Any]] = [{}]  # one edit of each result that a moderation answers
        self._said: list[Any] = []

    def say(self, *answers: Any) -> None:
        """Puts these answers, one a chat, in place of its own next ones."""
        self._said += answers

    def dump(self) -> dict[str, Any]:
        return {"requests": self.requests, "moderated": self.moderated}

    def load(self, state: Mapping[str, Any]) -> None:
        self.requests = state["requests"]
        self.moderated = state["moderated"]

    def alive(self, model: str) -> bool:
        last = MODELS.get(model)
        today = datetime.fromtimestamp(self.clock(), UTC).date().isoformat()
        return model in MODELS and (last is None or today < last)

    def model(self, name: str) -> dict[str, Any]:
        if not self.alive(name):
            raise Refused(
                f"The model '{name}' does not exist or you do not have access to it.",
                status=404,
                param="model",
                code="model_not_found",
            )
        return {
            "id": name,
            "object": "model",
            "created": 1778000000,
            "owned_by": "system",
            "shutdown_date": MODELS[name],
        }

    def chat(self, body: dict[str, Any], refused: bool) -> dict[str, Any]:
        check_fields(body, CHAT_FIELDS)
        model = str(body.get("model"))
        self.model(model)
        check_parameters(model, body)
        name, schema = strict_schema(body)
        text = conversation(body)
        said = self._said.pop(0) if self._said else _answer(name, schema, text)
        answer = None if refused else json.dumps(said)
        return self._completion(body, text, answer)

    def _completion(self, body: dict[str, Any], prompt: str, content: str | None) -> dict[str, Any]:
        """Without content it is a refusal; what does not fit the token limit is cut, as the service does."""
        thinking = body["model"] in REASONING and body.get("reasoning_effort", "medium") != "none"
        reasoning = 192 if thinking else 0
        allowed = body.get("max_completion_tokens") or body.get("max_tokens") or 128_000
        written = _tokens(content or REFUSAL)
        finish = "stop"
        if content is not None and reasoning + written > allowed:
            written = max(0, allowed - reasoning)
            content, finish = content[: written * 4], "length"
        self.requests += 1
        asked = _tokens(prompt)
        return {
            "id": f"chatcmpl-{_digest(self.seed, self.requests, prompt)[:29]}", "object": "chat.completion",
            "created": int(self.clock()),
            "model": body["model"], "service_tier": "default", "system_fingerprint": None,
            "choices": [{
                "index": 0, "finish_reason": finish, "logprobs": None,
                "message": {"role": "assistant", "content": content, "refusal": REFUSAL if content is None else None,
                "annotations": []},
            }],
            "usage": {
                "prompt_tokens": asked, "completion_tokens": written + reasoning,
                "total_tokens": asked + written + reasoning,
                "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
                "completion_tokens_details": {"reasoning_tokens": reasoning, "audio_tokens": 0,
                "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0},
            },
        }  # fmt: skip

    def moderation(self, body: dict[str, Any], refused: bool) -> dict[str, Any]:
        check_fields(body, MODERATION_FIELDS)
        model = body.get("model", "omni-moderation-latest")
        if model != "omni-moderation-latest":
            raise Refused(f"Invalid value for 'model' = {model}.", param="model")
        results = [moderate(self.seed, texts, images) for texts, images in _moderation_inputs(body.get("input"))]
        if refused:
            for result in results:
                result["flagged"] = result["categories"]["violence"] = True
                result["category_scores"]["violence"] = 0.93
        results = [edited(result, edit) for result in results for edit in self.moderated]
        self.requests += 1
        return {"id": f"modr-{_digest(self.seed, self.requests)[:24]}", "model": model, "results": results}


def _answer(name: str, schema: dict[str, Any], text: str) -> dict[str, Any]:
    topic = _line(text, "Trend")
    if name == "trend_score":
        answer: dict[str, Any] = rubric.score(topic, _block(text, "Context", "Sources"), _line(text, "Sources"))
    elif name == "image_prompts":
        answer = copywriter.image_prompts(topic)
    elif name == "listing_copy":
        answer = copywriter.listing_copy(topic, _line(text, "Design"))
    else:
        raise Refused(
            f"The sandbox has no answer for a schema named '{name}'.", param="response_format.json_schema.name"
        )
    if set(schema.get("properties", {})) != set(answer):
        raise Refused(
            f"The sandbox answers '{name}' with the keys {sorted(answer)} only.",
            param="response_format.json_schema.schema",
        )
    return answer


def _line(text: str, label: str) -> str:
    found = re.search(rf"^{label}:[ \t]*(.+)$", text, re.MULTILINE)
    if not found:
        raise Refused(f"The sandbox looks for a line '{label}: …' in the messages and found none.", param="messages")
    return found[1].strip()


def _block(text: str, label: str, following: str) -> str:
    found = re.search(rf"^{label}:(.*?)^{following}:", text, re.MULTILINE | re.DOTALL)
    return found[1].strip() if found else ""


def _moderation_inputs(value: Any) -> list[tuple[list[str], list[bytes]]]:
    if isinstance(value, str):
        return [([value], [])]
    if isinstance(value, list) and value and all(isinstance(v, str) for v in value):
        return [([v], []) for v in value]
    if not isinstance(value, list) or not value or not all(isinstance(v, dict) for v in value):
        raise Refused("Invalid type for 'input'.", param="input")
    texts = [str(part["text"]) for part in value if part.get("type") == "text" and "text" in part]
    urls = [
        part["image_url"]["url"]
        for part in value
        if part.get("type") == "image_url" and "url" in part.get("image_url", {})
    ]
    if len(texts) + len(urls) != len(value):
        raise Refused("Each part of 'input' is of type text or image_url.", param="input")
    if len(urls) > 1:
        raise Refused("Only one image is accepted per request.", param="input")
    try:
        return [(texts, [decoded_image(url) for url in urls])]
    except BadImage as error:
        raise Refused(str(error), param="input", code="invalid_image") from error


def _tokens(text: str) -> int:
    return len(text) // 4 + 1


def _digest(*key: object) -> str:
    return hashlib.sha256("|".join(map(str, key)).encode()).hexdigest()


def service(sandbox_seed: int, clock: Callable[[], float], base_url: Callable[[], str]) -> Service:
    world = OpenAIWorld(sandbox_seed, clock)

    def guarded(work: Callable[[Request], dict[str, Any]]) -> Callable[[Request], Reply]:
        def handler(request: Request) -> Reply:
            try:
                if request.headers.get("authorization") != f"Bearer {KEY}":
                    raise Refused("Incorrect API key provided.", status=401, code="invalid_api_key")
                reply = Reply.of_json(work(request))
            except Refused as refused:
                reply = _error(refused.status, str(refused), refused.param, refused.code)
            reply.headers["x-request-id"] = f"req_{_digest(sandbox_seed, request.path, request.body.hex())[:24]}"
            return reply

        return handler

    return Service("openai", world, [
        Route("POST", "/v1/chat/completions", "chat.completions", guarded(lambda r: world.chat(_body(r), r.refused))),
        Route("POST", "/v1/moderations", "moderations", guarded(lambda r: world.moderation(_body(r), r.refused))),
        Route("GET", "/v1/models", "models.list", guarded(lambda r: {"object": "list",
            "data": [world.model(m) for m in MODELS if world.alive(m)]})),
        Route("GET", "/v1/models/{id}", "models.get", guarded(lambda r: world.model(r.args["id"]))),
    ], _error)  # fmt: skip


def _error(status: int, message: str, param: str | None = None, code: str | None = None) -> Reply:
    kind = {401: "authentication_error", 429: "rate_limit_error", 500: "server_error"}.get(
        status, "invalid_request_error"
    )
    return Reply.of_json({"error": {"message": message, "type": kind, "param": param, "code": code}}, status)


def _body(request: Request) -> dict[str, Any]:
    body = request.json()
    if not isinstance(body, dict):
        raise Refused("The JSON body must be an object.")
    return body
