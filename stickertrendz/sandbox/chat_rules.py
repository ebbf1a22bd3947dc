"""What OpenAI's chat endpoint refuses: unknown fields, parameters a model does not take, loose schemas."""

import re
from typing import Any

from stickertrendz.sandbox.vocabulary import word_set

# Model to its last day; None has no end in sight.
MODELS: dict[str, str | None] = {"gpt-6-luna": None, "gpt-4o-mini": "2027-01-14", "omni-moderation-latest": None}
REASONING = frozenset({"gpt-6-luna"})
EFFORTS = ("none", "low", "medium", "high", "xhigh", "max")
CHAT_FIELDS = word_set(
    "model messages response_format reasoning_effort max_completion_tokens max_tokens temperature top_p "
    "seed n stream store metadata user safety_identifier prompt_cache_key service_tier verbosity "
    "frequency_penalty presence_penalty"
)
MODERATION_FIELDS = frozenset({"model", "input"})


class Refused(Exception):
    def __init__(self, message: str, *, status: int = 400, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.status, self.param, self.code = status, param, code


def check_fields(body: dict[str, Any], known: frozenset[str]) -> None:
    for name in body:
        if name not in known:
            raise Refused(f"Unrecognized request argument supplied: {name}", code="unknown_parameter", param=name)


def check_parameters(model: str, body: dict[str, Any]) -> None:
    effort = body.get("reasoning_effort")
    if model in REASONING:
        if "max_tokens" in body:
            message = (
                "Unsupported parameter: 'max_tokens' is not supported with this model. "
                "Use 'max_completion_tokens' instead."
            )
            raise Refused(message, param="max_tokens", code="unsupported_parameter")
        if effort is not None and effort not in EFFORTS:
            raise Refused(
                f"Invalid value: '{effort}'. Supported values are: {', '.join(EFFORTS)}.",
                param="reasoning_effort",
                code="invalid_value",
            )
        for name in ("temperature", "top_p"):
            if body.get(name, 1) != 1 and effort != "none":
                raise Refused(
                    f"Unsupported value: '{name}' is only supported with reasoning_effort 'none'.",
                    param=name,
                    code="unsupported_value",
                )
    elif effort is not None:
        raise Refused(
            "Unrecognized request argument supplied: reasoning_effort",
            param="reasoning_effort",
            code="unsupported_parameter",
        )
    if body.get("stream") or body.get("n", 1) != 1:
        raise Refused("Streaming and several choices are not available here.", param="stream", code="unsupported_value")


def strict_schema(body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    form = body.get("response_format")
    if not isinstance(form, dict) or form.get("type") != "json_schema":
        raise Refused("Only response_format of type json_schema is answered here.", param="response_format")
    described = form.get("json_schema")
    if not isinstance(described, dict) or not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", str(described.get("name", ""))):
        raise Refused(
            "Missing required parameter: 'response_format.json_schema.name'.", param="response_format.json_schema.name"
        )
    name, schema = described["name"], described.get("schema")
    if described.get("strict") is not True or not isinstance(schema, dict):
        raise Refused("A strict schema is needed here.", param="response_format.json_schema.strict")
    _check_strict(name, schema, ())
    return name, schema


def _check_strict(name: str, schema: Any, path: tuple[str, ...]) -> None:
    """Strict mode wants every object closed and every property required."""
    if isinstance(schema, list):
        for part in schema:
            _check_strict(name, part, path)
    if not isinstance(schema, dict):
        return
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        where = f"Invalid schema for response_format '{name}': In context={path!r}, "
        if schema.get("additionalProperties") is not False:
            raise Refused(
                f"{where}'additionalProperties' is required to be supplied and to be false.",
                param="response_format",
                code="invalid_schema",
            )
        if set(schema.get("required", ())) != set(properties):
            raise Refused(
                f"{where}'required' is required to include every key in properties.",
                param="response_format",
                code="invalid_schema",
            )
    for key, part in schema.items():
        if key not in ("required", "enum"):
            _check_strict(name, part, (*path, key))


def conversation(body: dict[str, Any]) -> str:
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise Refused("Missing required parameter: 'messages'.", param="messages")
    texts = []
    for message in messages:
        if not isinstance(message, dict) or message.get("role") not in ("system", "developer", "user", "assistant"):
            raise Refused("Invalid value for 'messages[].role'.", param="messages")
        content = message.get("content")
        parts = (
            [content] if isinstance(content, str) else [p.get("text", "") for p in content or () if isinstance(p, dict)]
        )
        texts.append("\n".join(parts))
    return "\n".join(texts)
