"""Slows down whoever tries passwords or codes: after some failures each further one makes the next wait longer.

The counters are rows, so several web processes share them. A name that strangers try makes strangers wait, not its
owner: a browser that signed in before has a counter of its own (OWASP's device cookie).
"""

import math
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from stickertrendz import clock

from .models import SignInTries

FREE_OF_NAME, FREE_OF_ADDRESS = 5, 20
FIRST_WAIT, LONGEST_WAIT, FORGOTTEN = timedelta(seconds=30), timedelta(minutes=15), timedelta(days=1)
RACES = 5  # others that may be first while a try is counted
COOKIE, COOKIE_AGE = "known_browser", timedelta(days=180)


@dataclass(frozen=True)
class Counter:
    """One thing that is counted: the hash it is kept under, and how many failures cost nothing."""

    key: str
    free: int


class TooMany(ValidationError):
    """Says when the next try is taken."""

    def __init__(self, until: datetime) -> None:
        seconds = math.ceil((until - clock.now()).total_seconds())
        left = f"{seconds} seconds" if seconds < 120 else f"{math.ceil(seconds / 60)} minutes"
        super().__init__(f"Too many tries. Try again in {left}, at {until:%H:%M:%S} UTC.", code="too_many")


def counters(request: HttpRequest, step: str, name: str) -> list[Counter]:
    """What a try of that step (password or code) with that name counts against."""
    if browser := _known(request, name):
        return [Counter(_hash(step, "browser", browser), FREE_OF_NAME)]
    return [
        Counter(_hash(step, "name", name.casefold()), FREE_OF_NAME),
        Counter(_hash("any", "address", address(request)), FREE_OF_ADDRESS),
    ]


def begin(wanted: list[Counter]) -> int:
    """Counts a try as failed before it is made, so that many at once gain nothing; raises TooMany.

    Returns how many failures the first of the counters has now, this one included.
    """
    now = clock.now()
    waits = SignInTries.objects.filter(key__in=[counter.key for counter in wanted], until__gt=now)
    for until in waits.order_by("-until").values_list("until", flat=True)[:1]:
        raise TooMany(until)
    SignInTries.objects.filter(last_at__lt=now - FORGOTTEN).delete()
    failed = [_count(counter, now) for counter in wanted]
    return failed[0]


def succeeded(wanted: list[Counter]) -> None:
    """The try was none that failed: its name or browser starts anew, its address has one failure less."""
    first, *others = wanted
    SignInTries.objects.filter(key=first.key).delete()
    for counter in others:
        SignInTries.objects.filter(key=counter.key, failures__gt=0).update(
            failures=F("failures") - 1, until=clock.now()
        )


def forgive(name: str) -> None:
    """Lets that name be tried again at once, from anywhere."""
    keys = [_hash(step, "name", name.casefold()) for step in ("password", "code")]
    SignInTries.objects.filter(key__in=keys).delete()


def address(request: HttpRequest) -> str:
    """Where the request comes from: as many entries from the end of X-Forwarded-For as there are proxies of ours."""
    told = request.headers.get("X-Forwarded-For", "").split(",")
    if 0 < settings.PROXIES <= len(told) and told[-settings.PROXIES].strip():
        return told[-settings.PROXIES].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def remember(request: HttpRequest, response: HttpResponse, name: str) -> None:
    """Gives a browser that signed in its own counter for that name."""
    value = signing.dumps([_hash("known", name.casefold()), _known(request, name) or secrets.token_hex(8)], salt=COOKIE)
    response.set_cookie(
        COOKIE, value, max_age=COOKIE_AGE, path="/admin/login/", secure=settings.LIVE, httponly=True, samesite="Strict"
    )


def wait(failures: int, free: int) -> timedelta:
    """30 s after the first failure that is not free, twice as long after each further one, 15 min at most."""
    if failures < free:
        return timedelta(0)
    doubled = min(failures - free, 10)
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << doubled))


def _count(counter: Counter, now: datetime) -> int:
    for _ in range(RACES):
        row, _made = SignInTries.objects.get_or_create(key=counter.key, defaults={"until": now, "last_at": now})
        if row.until > now:
            raise TooMany(row.until)
        counted = row.failures + 1
        unchanged = SignInTries.objects.filter(pk=row.pk, failures=row.failures, until=row.until)
        if unchanged.update(failures=counted, until=now + wait(counted, counter.free), last_at=now):
            return counted
    raise TooMany(now + FIRST_WAIT)


def _known(request: HttpRequest, name: str) -> str:
    """The browser's own mark where it signed in with that name before; empty otherwise."""
    try:
        whose, browser = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=COOKIE_AGE)
    except (signing.BadSignature, ValueError):
        return ""
    return str(browser) if whose == _hash("known", name.casefold()) else ""


def _hash(*parts: str) -> str:
    return salted_hmac("stickertrendz.console.throttle", "\n".join(parts), algorithm="sha256").hexdigest()
