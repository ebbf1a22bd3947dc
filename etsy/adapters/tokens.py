"""Etsy's OAuth endpoints: the consent page's address, and tokens for a code or for an older token."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings

from etsy import budget
from stickertrendz.ops import guard
from stickertrendz.ops.errors import OutsideError

from . import wire

SCOPES = ["listings_r", "listings_w", "listings_d", "shops_r", "shops_w", "transactions_r", "transactions_w"]


@dataclass(frozen=True)
class Tokens:
    """expires_in: seconds."""

    access: str
    refresh: str
    expires_in: int

    @property
    def user_id(self) -> int:
        return int(self.access.partition(".")[0])


class InvalidGrant(OutsideError):
    """The refresh token or code is dead; only a new consent helps."""


def consent_address(state: str, verifier: str) -> str:
    """Where the shop's owner agrees; the challenge is PKCE's S256 of the verifier."""
    query = {
        "response_type": "code",
        "client_id": settings.ETSY_API_KEY,
        "redirect_uri": settings.ETSY_REDIRECT_URL,
        "scope": " ".join(SCOPES),
        "state": state,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
    }
    return f"{settings.ETSY_AUTH_URL}/oauth/connect?{urlencode(query, quote_via=quote)}"


def challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def exchange_code(code: str, verifier: str) -> Tokens:
    return _tokens(
        "exchangeCode",
        guard.Repeat.ONCE,
        {
            "grant_type": "authorization_code",
            "redirect_uri": settings.ETSY_REDIRECT_URL,
            "code": code,
            "code_verifier": verifier,
        },
    )


def refresh(refresh_token: str) -> Tokens:
    return _tokens("refreshToken", guard.Repeat.SAFE, {"grant_type": "refresh_token", "refresh_token": refresh_token})


def _tokens(operation: str, repeat: guard.Repeat, form: dict[str, wire.Value]) -> Tokens:
    form = {**form, "client_id": settings.ETSY_API_KEY}
    request = wire.Request(operation, "POST", "/public/oauth/token", form=form)

    def go() -> guard.Answer[Tokens]:
        try:
            reply = wire.exchange(request, {})
        except OutsideError as error:
            if error.status == 400 and "invalid_grant" in error.message:
                raise InvalidGrant("etsy", error.message, permanent=True, status=400) from error
            raise
        return guard.Answer(wire.understand(operation, _parse, reply.data), request_id=reply.request_id)

    return guard.send(guard.Call("etsy", operation, repeat, 0, (budget.reserve(0),)), go)


def _parse(data: Any) -> Tokens:
    return Tokens(data["access_token"], data["refresh_token"], int(data["expires_in"]))
