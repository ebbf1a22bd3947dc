"""Replicate over plain HTTP: orders pictures, watches over them, and fetches the files without showing our token."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from stickertrendz.adapters.http import client
from stickertrendz.adapters.text import clean
from stickertrendz.ops.errors import OutsideError
from stickertrendz.ops.guard import Answer, Call, Repeat, send
from stickertrendz.ops.meters import Reserve
from stickertrendz.ops.models import Intent
from stickertrendz.ops.redact import redact

SERVICE = "replicate"
CANCEL_AFTER = "10m"  # a cold start takes tens of seconds; what has not ended by then never will
MAX_BYTES = 20 * 1024 * 1024
MOST_PAGES = 5
LONGEST_SECONDS = 86_400
NO_HALT = "everything"  # a halt of generation stops buying; what is bought is still found, watched and fetched
LOOPBACK = ("127.0.0.1", "localhost", "::1")
PNG_START, PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"


@dataclass(frozen=True)
class Wish:
    """What is drawn: the same wish always gives the same picture."""

    version: str
    prompt: str
    negative_prompt: str
    seed: int

    def input(self) -> dict[str, Any]:
        return {
            "prompt": self.prompt, "negative_prompt": self.negative_prompt, "seed": self.seed,
            "width": 1024, "height": 1024, "num_outputs": 1, "scheduler": "K_EULER", "num_inference_steps": 30,
            "guidance_scale": 7.5,
            "refine": "expert_ensemble_refiner", "high_noise_frac": 0.8, "apply_watermark": False,
        }  # fmt: skip


@dataclass(frozen=True)
class Prediction:
    """`seconds` is the GPU time we pay, if told; inputs and outputs are removed by the service after an hour."""

    id: str
    status: str
    version: str
    seed: int | None
    prompt: str
    outputs: tuple[str, ...]
    error: str
    seconds: float | None
    removed: bool


class Denied(OutsideError):
    """The token is refused or the credit is used up: no picture is at fault, and no other will fare better."""


class Gone(OutsideError):
    """What was asked for is there no more: files are removed an hour after they were drawn."""


class BadFile(OutsideError):
    """The file came, but not whole, or it is no picture of a size we take."""


class BadAddress(OutsideError):
    """The service names a place for the file to which we do not go; nothing was fetched."""


def create(wish: Wish, *, estimate_micro: int, intent: Intent) -> Prediction:
    """Buys one picture. Sent at most once: after an unclear answer, look for it with `find`."""
    reserve = (Reserve("images"), Reserve("ai", estimate_micro))
    call = Call(SERVICE, "predictions.create", Repeat.ONCE, reserve=reserve, subject=intent.subject)

    def go() -> Answer[Prediction]:
        body = {"version": wish.version, "input": wish.input()}
        made = _prediction(_ask("POST", _address("predictions"), json=body, headers={"Cancel-After": CANCEL_AFTER}))
        return Answer(made, cost_micro=estimate_micro, result={"id": made.id}, request_id=made.id)

    return send(call, go, intent)


def find(wish: Wish, *, since: datetime, besides: Collection[str] = (), subject: str) -> Prediction | None:
    """The prediction that was made of this wish; None when there is none, or its files are gone already.

    `besides`: ids of those that were ordered for another row of ours by the same wish.
    """
    page = f"{_address('predictions')}?created_after={since:%Y-%m-%dT%H:%M:%SZ}"
    for _ in range(MOST_PAGES):
        listing = send(_look("predictions.list", subject), _reading(page))
        for made in _predictions(listing):
            same = (made.version, made.seed, made.prompt) == (wish.version, wish.seed, wish.prompt)
            if same and not made.removed and made.id not in besides:
                return made
        page = str(listing.get("next") or "")
        if not page.startswith(_address("")):  # the token goes to no other host
            return None
    raise OutsideError(
        SERVICE, f"more than {MOST_PAGES} pages of predictions since {since:%H:%M}; ours was not on them"
    )


def get(prediction_id: str, *, subject: str) -> Prediction:
    return _prediction(send(_look("predictions.get", subject), _reading(_address(f"predictions/{prediction_id}"))))


def download(url: str, *, subject: str) -> bytes:
    """The picture's bytes, fetched without our token; they are whole and begin and end as a PNG does.

    Raises Gone, BadAddress where we do not go for it, and BadFile when what came is not a whole PNG picture.
    """
    _check_address(url)
    return send(_look("delivery", subject), lambda: Answer(_fetch(url)))


def _look(operation: str, subject: str) -> Call:
    return Call(SERVICE, operation, Repeat.SAFE, subject=subject, switch=NO_HALT)


def _reading(url: str) -> Callable[[], Answer[dict[str, Any]]]:
    return lambda: Answer(_ask("GET", url))


def _address(path: str) -> str:
    return f"{settings.REPLICATE_BASE_URL}/v1/{path}"


def _ask(method: str, url: str, *, json: Any = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
    told = {"Authorization": f"Bearer {settings.REPLICATE_API_TOKEN}", **(headers or {})}
    with _translated():
        answer = client().request(method, url, json=json, headers=told, timeout=settings.REPLICATE_TIMEOUT)
        _check_status(answer)
        body = answer.json()
    if not isinstance(body, dict):
        raise OutsideError(SERVICE, "an answer that is no object", ambiguous=True)
    return body


def _fetch(url: str) -> bytes:
    content = bytearray()
    with _translated(), client().stream("GET", url, timeout=settings.REPLICATE_TIMEOUT) as answer:
        _check_delivery(answer)
        for chunk in answer.iter_bytes():
            content += chunk
            if len(content) > MAX_BYTES:
                raise BadFile(SERVICE, f"the file is larger than {MAX_BYTES // 2**20} MB", permanent=True)
    kind = str(answer.headers.get("content-type") or "of no named type")
    if not content.startswith(PNG_START):
        other = kind.startswith("image/") and kind != "image/png"  # asked again it would be the same
        raise BadFile(SERVICE, f"the file is {clean(kind, 60)}, not a PNG picture", permanent=other)
    if not content.endswith(PNG_END):
        raise BadFile(SERVICE, "the file was cut off on its way")
    return bytes(content)


def _check_delivery(answer: httpx.Response) -> None:
    """The host of the files never saw our token, so a refusal of it means the file, not the token."""
    if answer.is_redirect:
        onward = urlsplit(str(answer.headers.get("location", ""))).hostname or "another address"
        words = f"the picture's address leads on to {clean(onward, 100)}, and redirects are not followed"
        raise BadAddress(SERVICE, words, permanent=True)
    if answer.status_code in (401, 402, 403):
        raise Gone(SERVICE, "the file is closed to us", permanent=True, status=answer.status_code)
    if answer.is_error:
        answer.read()
    _check_status(answer)


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "data":
        wrong = "the picture came inside its address (data:), not as a file"
    elif not any(host == name or host.endswith(f".{name}") for name in settings.REPLICATE_OUTPUT_HOSTS):
        wrong = f"the picture lies at {clean(host, 100) or 'no host'}, which REPLICATE_OUTPUT_HOSTS does not allow"
    elif parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK and not settings.LIVE):
        wrong = f"the picture lies at {parts.scheme}://{clean(host, 100)}, and only https is taken"
    else:
        return
    raise BadAddress(SERVICE, wrong, permanent=True)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise OutsideError(SERVICE, f"cannot be reached: {error}") from error
    except httpx.HTTPError as error:
        raise OutsideError(SERVICE, f"no answer: {type(error).__name__} {error}", ambiguous=True) from error
    except ValueError as error:
        raise OutsideError(SERVICE, f"an answer we cannot read: {error}", ambiguous=True) from error


def _check_status(answer: httpx.Response) -> None:
    status = answer.status_code
    if answer.is_success:
        return
    told = _told(answer)
    message = clean(redact(str(told.get("detail") or told.get("title") or answer.reason_phrase)), 500)
    if status in (401, 402, 403):
        raise Denied(SERVICE, message, permanent=True, status=status)
    if status in (404, 410):
        raise Gone(SERVICE, message, permanent=True, status=status)
    passing = status >= 500 or status in (408, 409, 425, 429)
    raise OutsideError(
        SERVICE,
        message,
        permanent=not passing,
        retry_after=_retry_after(answer, told),
        ambiguous=status >= 500,
        status=status,
    )


def _told(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _retry_after(answer: httpx.Response, told: dict[str, Any]) -> float | None:
    """Told in the header, or only in the body."""
    text = str(answer.headers.get("retry-after") or told.get("retry_after") or "")
    return float(text) if text.replace(".", "", 1).isdigit() else None


def _predictions(listing: dict[str, Any]) -> list[Prediction]:
    rows = listing.get("results")
    if not isinstance(rows, list):
        raise OutsideError(SERVICE, "a list of predictions without results")
    return [_prediction(row) for row in rows]


def _prediction(body: dict[str, Any]) -> Prediction:
    try:
        given, metrics, output = body.get("input") or {}, body.get("metrics") or {}, body.get("output") or []
        return Prediction(
            id=str(body["id"]), status=str(body["status"]), version=str(body.get("version") or ""),
            seed=given.get("seed"), prompt=str(given.get("prompt") or ""),
            outputs=(output,) if isinstance(output, str) else tuple(map(str, output)),
            error=clean(redact(str(body.get("error") or "")), 300),
            seconds=_seconds(metrics), removed=bool(body.get("data_removed")),
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise OutsideError(SERVICE, f"a prediction we cannot read: {error!r}", ambiguous=True) from error


def _seconds(metrics: dict[str, Any]) -> float | None:
    """What is below zero or longer than a day is no time, and must not move the budget."""
    told = metrics.get("predict_time")
    seconds = None if told is None else float(told)
    return seconds if seconds is not None and 0 <= seconds < LONGEST_SECONDS else None
