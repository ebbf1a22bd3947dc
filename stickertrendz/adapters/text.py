"""Cleans what outside services say before it comes into the house."""

import re
from typing import Any

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean(text: str, limit: int | None = None) -> str:
    """Without NUL and lone surrogates, which databases refuse; cut to `limit` characters."""
    return _UNSTORABLE.sub("", text)[:limit]


def clean_all(value: Any) -> Any:
    """The same for every text inside a JSON value."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [clean_all(part) for part in value]
    if isinstance(value, dict):
        return {clean(str(key)): clean_all(part) for key, part in value.items()}
    return value
