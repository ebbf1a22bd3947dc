"""Sends an operation to Etsy with the shop's token, through the guard, within the day's budget of calls."""

import logging
from collections.abc import Callable
from enum import IntEnum
from typing import Any, TypeVar

from django.conf import settings

from etsy import oauth
from stickertrendz import clock
from stickertrendz.ops import alerts, authority, guard, meters
from stickertrendz.ops.errors import OutsideError, Refused
from stickertrendz.ops.meters import Reserve
from stickertrendz.ops.models import Intent

from . import wire
from .wire import Request

T = TypeVar("T")
logger = logging.getLogger(__name__)
SAFE, ONCE = guard.Repeat.SAFE, guard.Repeat.ONCE


class Priority(IntEnum):
    """Who may still call when the day's calls run short; the shares are in settings.ETSY_SHARES."""

    ORDERS = 0
    PUBLISHING = 1
    PRICES = 2
    STATS = 3


def call(
    request: Request,
    parse: Callable[[Any], T],
    *,
    priority: Priority = Priority.PUBLISHING,
    repeat: guard.Repeat = SAFE,
    subject: str = "",
    reserve: tuple[Reserve, ...] = (),
    intent: Intent | None = None,
) -> T:
    """A token that Etsy refuses is renewed, then the request is sent once again: after a 401 nothing was done.

    A fresh token that is refused too halts the run.
    """
    budget = Reserve("etsy", 1, settings.ETSY_SHARES[int(priority)])
    permit = guard.Call("etsy", request.operation, repeat, int(priority), (budget, *reserve), subject)
    access = oauth.access_token()
    try:
        return _send(permit, request, parse, access, intent)
    except OutsideError as error:
        if error.status != 401:
            raise
    try:
        return _send(permit, request, parse, oauth.access_token(refused=access), intent)
    except OutsideError as error:
        if error.status != 401:
            raise
        raise authority.refused(error) from error


def _send(permit: guard.Call, request: Request, parse: Callable[[Any], T], access: str, intent: Intent | None) -> T:
    headers = {
        "x-api-key": f"{settings.ETSY_API_KEY}:{settings.ETSY_API_SECRET}",
        "Authorization": f"Bearer {access}",
    }

    def go() -> guard.Answer[T]:
        reply = wire.exchange(request, headers)
        value = wire.understand(request.operation, parse, reply.data)
        result = {"etsy_id": value.listing_id} if intent and hasattr(value, "listing_id") else {}
        return guard.Answer(value, quota=_quota(reply), request_id=reply.request_id, status=reply.status, result=result)

    try:
        return guard.send(permit, go, intent)
    except Refused as refused:
        if not refused.service:  # a budget, not a switch or a resting service, which show themselves
            extra = {"step": "etsy", "service": "etsy"}
            logger.warning("%s skipped: %s", request.operation, refused.why, extra=extra)
        raise
    finally:
        watch_budget()


def _quota(reply: wire.Reply) -> guard.Quota | None:
    limit, left = reply.headers.get("x-limit-per-day", ""), reply.headers.get("x-remaining-today", "")
    if not limit.isdigit():
        return None
    meters.note_limit("etsy", int(limit), clock.now())
    return guard.Quota(int(limit), int(left) if left.isdigit() else None)


def watch_budget() -> None:
    """Tells when the day's calls pass the shares of the priorities: a warning first, then mails."""
    level = meters.level("etsy")
    prices, orders = (int(level.limit * settings.ETSY_SHARES[priority]) for priority in (2, 0))
    if level.used == int(level.limit * settings.ETSY_SHARES[3]):
        logger.warning("%s of %s Etsy calls used in 24 h: no more stats", level.used, level.limit)
    if level.used >= orders:
        _tell("stopped", f"All Etsy calls are stopped: {level.used} of {level.limit} used in 24 hours.")
    elif level.used >= prices:
        _tell("critical", f"{level.used} of {level.limit} Etsy calls used in 24 hours: prices and stats wait.")


def _tell(which: str, words: str) -> None:
    alerts.alert(f"etsy-budget:{which}", "Etsy's daily limit is near", f"{words} Waiting work goes on by itself.")
