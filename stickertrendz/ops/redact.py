"""Takes secrets and personal data out of anything about to be written down."""

import re
from functools import lru_cache
from typing import Any

from django.conf import settings

_PATTERNS = [
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"), r"\1 [secret]"),
    (re.compile(r"(?i)([\"']?(?:api[_-]?key|x-api-key|access_token|refresh_token|code_verifier|client_secret|password|token|secret)"
                r"[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,}]{4,}"), r"\1[secret]"),
    (re.compile(r"\b(?:sk|r8)[-_][\w-]{8,}"), "[secret]"),
    (re.compile(r"(?i)(X-Amz-[\w-]+=)[^&\s]+"), r"\1[secret]"),
    (re.compile(r"(://)[^/\s:@]+:[^/\s@]+@"), r"\1[secret]@"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+\w"), "[mail address]"),
    (re.compile(r"\b\d{4,}\.[A-Za-z0-9_-]{16,}"), "[token]"),
]  # fmt: skip


@lru_cache(maxsize=1)
def _secrets(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if len(value) >= 8}, key=len, reverse=True))


def _configured() -> tuple[str, ...]:
    """The values of all secret settings; lists hold keys as `id:key`, of which the key alone is secret."""
    values: list[str] = []
    for name in settings.SECRET_SETTINGS:
        value = getattr(settings, name, None) or ""
        values += [part.rpartition(":")[2] for part in value] if isinstance(value, list) else [str(value)]
    return tuple(values)


def redact(text: str) -> str:
    """The text without secrets and addresses, and without NUL, which PostgreSQL takes in no text."""
    text = text.replace("\0", "")
    for secret in _secrets(_configured()):
        text = text.replace(secret, "[secret]")
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def redact_all(value: Any) -> Any:
    """The same for JSON-able values, keys included."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {redact(str(key)): redact_all(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact_all(item) for item in value]
    return value
