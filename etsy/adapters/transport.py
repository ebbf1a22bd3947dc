"""Sends an operation to Etsy with the shop's token, through the guard, within the day's budget of calls."""

import logging
import re
from collections.abc import Callable
from enum import IntEnum
from typing import Any, TypeVar

from django.conf import settings

from etsy import budget, oauth
from stickertrendz.ops import authority, guard
from stickertrendz.ops.errors import OutsideError, Refused
from stickertrendz.ops.meters import Reserve
from stickertrendz.ops.models import Intent

from . import wire
from .wire import Request

T = TypeVar("T")
logger = logging.getLogger(__name__)
SAFE, ONCE = guard.Repeat.SAFE, guard.Repeat.ONCE
OUR_KEY = re.compile(r"invalid api key|x-api-key", re.IGNORECASE)  # what a 403 says when it is about our app


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

    A fresh token that is refused too, or our app's key, halts the run: no row is at fault.
    """
    wishes = (budget.reserve(priority), *reserve)
    permit = guard.Call("etsy", request.operation, repeat, int(priority), wishes, subject)
    access = oauth.access_token()
    try:
        return _send(permit, request, parse, access, intent)
    except OutsideError as error:
        _insist_on_our_key(error)
        if error.status != 401:
            raise
    try:
        return _send(permit, request, parse, oauth.access_token(refused=access), intent)
    except OutsideError as error:
        _insist_on_our_key(error)
        if error.status != 401:
            raise
        raise authority.refused(error) from error


def _insist_on_our_key(error: OutsideError) -> None:
    if error.status == 403 and OUR_KEY.search(error.message):
        raise authority.refused(error) from error


def headers(access: str) -> dict[str, str]:
    """What proves to Etsy which app asks, and for whom."""
    return {
        "x-api-key": f"{settings.ETSY_API_KEY}:{settings.ETSY_API_SECRET}",
        "Authorization": f"Bearer {access}",
    }


def _send(permit: guard.Call, request: Request, parse: Callable[[Any], T], access: str, intent: Intent | None) -> T:
    def go() -> guard.Answer[T]:
        reply = wire.exchange(request, headers(access))
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
        budget.watch()


def _quota(reply: wire.Reply) -> guard.Quota | None:
    limit, left = reply.headers.get("x-limit-per-day", ""), reply.headers.get("x-remaining-today", "")
    if not limit.isdigit():
        return None
    quota = guard.Quota(int(limit), int(left) if left.isdigit() else None)
    budget.learn(int(limit), quota.left)
    return quota
