"""Fetches one public feed: capped in size, under a readable name, politely asking whether it changed at all."""

from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from stickertrendz.adapters.http import client
from stickertrendz.ops.errors import OutsideError
from stickertrendz.ops.guard import Answer, Call, send

USER_AGENT = "python:stickertrendz:0.1 (trend reader of one sticker shop)"
TIMEOUT = 15.0
MAX_BYTES = 2_000_000


@dataclass(frozen=True)
class Feed:
    """`unchanged`: the service said so, and there is no body."""

    body: bytes
    etag: str
    unchanged: bool = False


def fetch(call: Call, address: str, params: Mapping[str, str] | None = None, etag: str = "") -> Feed:
    headers = {"user-agent": USER_AGENT, **({"if-none-match": etag} if etag else {})}

    def go() -> Answer[Feed]:
        try:
            with client().stream(
                "GET", address, params=dict(params or {}), headers=headers, timeout=TIMEOUT
            ) as response:
                _check(call.service, response)
                feed = Feed(
                    _body(call.service, response), response.headers.get("etag", "")[:200], response.status_code == 304
                )
                return Answer(feed, status=response.status_code)
        except httpx.HTTPError as error:
            raise OutsideError(
                call.service, f"no answer: {error or type(error).__name__}", ambiguous=_was_sent(error)
            ) from error

    return send(call, go)


def _was_sent(error: httpx.HTTPError) -> bool:
    return not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)


def _check(service: str, response: httpx.Response) -> None:
    status = response.status_code
    if status in (200, 304):
        return
    told = response.headers.get("retry-after", "")
    gone = "there is no such place; check its spelling, or disable it"
    words = {403: "access is refused; if it stays so, disable it", 404: gone, 429: "too many requests"}
    message = gone if response.is_redirect else words.get(status, f"it answered {status}")
    permanent = status < 500 and status not in (408, 429)
    raise OutsideError(
        service, message, permanent=permanent, retry_after=float(told) if told.isdigit() else None, status=status
    )


def _body(service: str, response: httpx.Response) -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MAX_BYTES:
            raise OutsideError(service, f"the feed is larger than {MAX_BYTES:,} bytes", permanent=True)
    return bytes(body)
