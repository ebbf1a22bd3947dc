"""Etsy's operations on who we are there: whose a token is, what it allows, and how the shop stands."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings

from etsy import budget
from stickertrendz.ops import guard

from . import wire
from .tokens import SCOPES
from .transport import call, headers
from .wire import Request

T = TypeVar("T")
SCOPE = re.compile(r"\b[a-z]+_[rwd]\b")


@dataclass(frozen=True)
class Facts:
    """How the shop stands. currency: ISO 4217."""

    shop_id: int
    name: str
    currency: str
    on_vacation: bool
    active: int


@dataclass(frozen=True)
class Partner:
    etsy_id: int
    name: str
    location: str


def owner(access: str) -> tuple[int, int]:
    """User id and shop id of a token that is not kept yet; shop 0 when that user has none."""
    request = Request("getMe", "GET", "/application/users/me")
    return _with(access, request, lambda data: (int(data["user_id"]), int(data.get("shop_id") or 0)))


def scopes(access: str) -> list[str]:
    """What that token allows.

    Etsy's document leaves the answer's shape open, so scopes are taken wherever they stand in it. Where it names none
    the consent counts, which Etsy's page gives for everything asked or not at all.
    """
    request = Request("tokenScopes", "POST", "/application/scopes", form={"token": access})
    return _with(access, request, scopes_in)


def scopes_in(answer: Any) -> list[str]:
    return list(dict.fromkeys(SCOPE.findall(json.dumps(answer)))) or list(SCOPES)


def facts() -> Facts:
    return call(Request("getShop", "GET", f"/application/shops/{settings.ETSY_SHOP_ID}"), _facts)


def partners() -> list[Partner]:
    """The production partners made in Shop Manager; Etsy lets nobody make them otherwise."""
    path = f"/application/shops/{settings.ETSY_SHOP_ID}/production-partners"
    request = Request("getShopProductionPartners", "GET", path)
    return call(request, lambda data: [_partner(one) for one in wire.page(data)])


def _with(access: str, request: Request, parse: Callable[[Any], T]) -> T:
    """Sends with this token instead of the shop's."""

    def go() -> guard.Answer[T]:
        reply = wire.exchange(request, headers(access))
        value = wire.understand(request.operation, parse, reply.data)
        return guard.Answer(value, request_id=reply.request_id, status=reply.status)

    return guard.send(guard.Call("etsy", request.operation, guard.Repeat.SAFE, 0, (budget.reserve(0),)), go)


def _facts(data: Any) -> Facts:
    return Facts(
        shop_id=int(data["shop_id"]),
        name=str(data["shop_name"]),
        currency=str(data["currency_code"]),
        on_vacation=bool(data["is_vacation"]),
        active=int(data["listing_active_count"]),
    )


def _partner(data: Any) -> Partner:
    return Partner(int(data["production_partner_id"]), str(data["partner_name"]), str(data["location"]))
