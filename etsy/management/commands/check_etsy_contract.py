"""Calls every operation of the client at a mock of an OpenAPI document and tells which requests it refuses."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from etsy import contract
from etsy.models import Token
from stickertrendz import clock
from stickertrendz.adapters import http
from stickertrendz.environment import is_loopback
from stickertrendz.ops import breaker, crypto, stamp
from stickertrendz.ops.errors import Halt, OutsideError, Refused

GAPS = (
    "A gap is the document's, not the client's. Etsy's own pages ask for arrays joined by commas, which a document\n"
    "without `explode: false` cannot describe; and Etsy's published document leaves out the token endpoint."
)


@dataclass(frozen=True)
class Verdict:
    """How one operation fared. refused: the document's reasons, empty when its request was taken."""

    operation: str
    request: str
    status: int
    refused: tuple[str, ...]
    unread: str = ""

    @property
    def word(self) -> str:
        if not self.refused:
            return "ok"
        tokens_left_out = self.status == 404 and "/oauth/token" in self.request
        return "gap" if tokens_left_out or all(map(_is_comma_form, self.refused)) else "refused"


def _is_comma_form(reason: str) -> bool:
    """Prism's words for values joined by commas where the document gives no encoding of arrays."""
    return bool(re.search(r"must be array|\.0 must be (integer|number|boolean)$", reason))


class Command(BaseCommand):
    help = "Hold every request of the Etsy client against an OpenAPI document. Run it by `make check-etsy-contract`."

    def handle(self, **options: Any) -> None:
        if settings.LIVE or not is_loopback(settings.ETSY_API_URL):
            raise CommandError("This writes and deletes: run it by `make check-etsy-contract`, at a mock only.")
        _connect()
        with _listening() as heard:
            verdicts = [_judge(name, call, heard) for name, call in contract.calls(contract.Ids()).items()]
        for verdict in verdicts:
            self.stdout.write(_line(verdict))
        self._conclude(verdicts)

    def _conclude(self, verdicts: list[Verdict]) -> None:
        count = Counter(verdict.word for verdict in verdicts)
        if count["gap"]:
            self.stdout.write(f"\n{GAPS}")
        if count["refused"]:
            names = ", ".join(verdict.operation for verdict in verdicts if verdict.word == "refused")
            raise CommandError(f"{count['refused']} of {len(verdicts)} operations are refused by the document: {names}")
        gaps = f" {count['gap']} meet a gap of the document." if count["gap"] else ""
        self.stdout.write(f"\n{count['ok']} of {len(verdicts)} operations are accepted by the document.{gaps}")


@contextmanager
def _listening() -> Iterator[list[httpx.Response]]:
    """Every answer the client gets within the block."""
    heard: list[httpx.Response] = []
    client = http.client()
    client.event_hooks = {"response": [heard.append]}
    try:
        yield heard
    finally:
        client.event_hooks = {}


def _connect() -> None:
    """A token of no shop: a mock only looks whether there is one."""
    stamp.claim()
    sealed = crypto.seal(crypto.TOKEN, "77700001.access")
    expires = clock.now() + timedelta(hours=1)
    values = {"access_sealed": sealed, "refresh_sealed": sealed, "expires_at": expires}
    Token.objects.update_or_create(shop_id=settings.ETSY_SHOP_ID, defaults=values)


def _judge(operation: str, call: Callable[[], object], heard: list[httpx.Response]) -> Verdict:
    """The first answer counts: what follows it (a repeat, single reads after a spoilt batch) is of other requests."""
    heard.clear()
    clock.wait_with(lambda seconds: None)
    unread = ""
    try:
        call()
    except (OutsideError, Refused, Halt) as error:
        unread = str(error)
    breaker.succeeded("etsy")
    if not heard:
        return Verdict(operation, "nothing was sent", 0, (unread,))
    first = heard[0]
    request = f"{first.request.method} {first.request.url.path}"
    refused = tuple(_reasons(first))
    return Verdict(operation, request, first.status_code, refused, "" if refused else unread)


def _reasons(answer: httpx.Response) -> list[str]:
    """Prism tells what is wrong with a request in a header; one of an answer is its own affair."""
    told = json.loads(answer.headers.get("sl-violations", "[]"))
    wrong = [one for one in told if one["location"][0] == "request"]
    reasons = [str(one["message"]) for one in wrong]
    return reasons or ([] if answer.is_success else [f"status {answer.status_code}"])


def _line(verdict: Verdict) -> str:
    tail = "; ".join(verdict.refused) or (
        f"(its example answer is not read: {verdict.unread})" if verdict.unread else ""
    )
    return f"{verdict.word:8} {verdict.operation:36} {verdict.status} {verdict.request}  {tail}".rstrip()
