"""One HTTP exchange with Etsy: encoding of fields, decoding of answers, and every kind of failure as one error."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

import httpx
from django.conf import settings

from stickertrendz import money
from stickertrendz.adapters.http import client
from stickertrendz.ops.errors import OutsideError
from stickertrendz.ops.redact import redact

T = TypeVar("T")
TIMEOUT = 30.0
LONGEST_MESSAGE = 300
Value = str | int | Decimal | bool | Sequence[int] | Sequence[str] | None


@dataclass(frozen=True)
class Request:
    """One call of an operation; `form` is urlencoded, `body` is JSON, `picture` is (file name, bytes)."""

    operation: str
    method: str
    path: str
    query: Mapping[str, Value] = field(default_factory=dict)
    form: Mapping[str, Value] | None = None
    body: Any = None
    picture: tuple[str, bytes] | None = None


@dataclass(frozen=True)
class Reply:
    status: int
    data: Any
    headers: Mapping[str, str]

    @property
    def request_id(self) -> str:
        return self.headers.get("x-etsy-request-uuid", "")


def fields(given: Mapping[str, Value]) -> dict[str, str]:
    """Etsy's form fields: arrays joined by commas without brackets, booleans as words, empty ones left out."""
    return {name: _text(value) for name, value in given.items() if value is not None and value not in ("", [], ())}


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | Decimal):
        return str(value)
    return ",".join(str(part) for part in value or ())


def exchange(request: Request, headers: Mapping[str, str]) -> Reply:
    """Sends one request and gives its answer; OutsideError for anything but a good one."""
    files = {"image": (*request.picture, _mime(request.picture[0]))} if request.picture else None
    try:
        answer = client().request(
            request.method,
            f"{settings.ETSY_API_URL}{request.path}",
            timeout=TIMEOUT,
            params=fields(request.query) or None,
            data=fields(request.form) if request.form is not None else None,
            json=request.body,
            files=files,
            headers=dict(headers),
        )
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise OutsideError("etsy", f"{request.operation}: no connection ({type(error).__name__})") from error
    except httpx.HTTPError as error:
        words = f"{request.operation}: no answer ({type(error).__name__})"
        raise OutsideError("etsy", words, ambiguous=True) from error
    if not answer.is_success:
        raise refusal(request.operation, answer.status_code, answer.content, answer.headers)
    return Reply(answer.status_code, _decode(request.operation, answer), answer.headers)


def _mime(name: str) -> str:
    return "image/jpeg" if name.lower().endswith((".jpg", ".jpeg")) else "image/png"


def _decode(operation: str, answer: httpx.Response) -> Any:
    if not answer.content:
        return None
    try:
        return clean(json.loads(answer.content))
    except ValueError as error:
        words = f"{operation}: the answer is not JSON"
        raise OutsideError("etsy", words, ambiguous=True, status=answer.status_code) from error


def clean(value: Any) -> Any:
    """Without NUL and lone surrogates, which PostgreSQL does not store."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "ignore").decode()
    if isinstance(value, dict):
        return {key: clean(part) for key, part in value.items()}
    return [clean(part) for part in value] if isinstance(value, list) else value


def refusal(operation: str, status: int, body: bytes, headers: Mapping[str, str]) -> OutsideError:
    """4xx is an answer that asking again does not change; after 5xx the work may have been done all the same."""
    request_id = headers.get("x-etsy-request-uuid", "")
    words = f"{operation} {status}: {explain(body)}" + (f" (request {request_id})" if request_id else "")
    return OutsideError(
        "etsy",
        words,
        status=status,
        permanent=400 <= status < 500 and status != 429,
        ambiguous=status >= 500,
        retry_after=_seconds(headers.get("retry-after", "")),
    )


def _seconds(text: str) -> float | None:
    return float(text) if text.replace(".", "", 1).isdigit() else None


def explain(body: bytes) -> str:
    """The reason in an error body: an object, a list of complaints, OAuth's two fields, or a page of HTML."""
    try:
        told = clean(json.loads(body))
    except ValueError:
        return "an error page" if body.lstrip()[:1] == b"<" else "no reason given"
    return redact(_reason(told))[:LONGEST_MESSAGE] or "no reason given"


def _reason(told: Any) -> str:
    if isinstance(told, list):
        return "; ".join(filter(None, map(_reason, told)))
    if not isinstance(told, dict):
        return str(told or "")
    error = told.get("error")
    if isinstance(error, list | dict):
        return _reason(error)
    parts = (told.get("path"), error, told.get("error_description"), told.get("message"))
    return " ".join(str(part) for part in parts if part)


def understand(operation: str, parse: Callable[[Any], T], data: Any) -> T:
    """The answer as our own type; one that lacks what we need may still have done the work."""
    try:
        return parse(data)
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError, IndexError) as error:
        words = f"{operation}: the answer lacks what we need ({type(error).__name__}: {error})"
        raise OutsideError("etsy", words, ambiguous=True) from error


def amount(told: Any) -> Decimal:
    """Etsy's Money, or a bare number, as dollars; nothing told is zero."""
    if told is None:
        return money.ZERO
    if isinstance(told, Mapping):
        return money.cents(Decimal(told["amount"]) / Decimal(told["divisor"]))
    return money.cents(Decimal(str(told)))


def moment(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def page(data: Any) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = data["results"]
    return results
