"""Connecting the shop: one round of asking its owner, and what the answer must prove before a token is kept."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from django.conf import settings

from stickertrendz import clock
from stickertrendz.ops import audit, switches
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.models import Switch

from . import oauth
from .adapters import account, tokens
from .adapters.tokens import InvalidGrant, Tokens


def _state() -> str:
    return secrets.token_urlsafe(24)


def _verifier() -> str:
    return secrets.token_urlsafe(48)


@dataclass(frozen=True)
class Consent:
    """One round: its address, and what the answer must match. Used once; state and verifier stay on our side."""

    state: str = field(default_factory=_state, repr=False)
    verifier: str = field(default_factory=_verifier, repr=False)

    @property
    def address(self) -> str:
        return tokens.consent_address(self.state, self.verifier)

    def accept(self, redirect: str, *, by: str) -> None:
        """Takes the address Etsy sent the browser back to; NeedsPerson says what is wrong with it, or with the shop.

        Nothing is kept before the token has proved to be of our shop and to allow all we do.
        """
        code = self._code(redirect)
        with _own_halt_lifted(by):
            fresh = self._tokens(code)
            _check_shop(fresh)
            oauth.keep(fresh, scopes=_scopes(fresh), created_at=clock.now())
        audit.record(by, "authorised Etsy", shop=settings.ETSY_SHOP_ID)

    def _code(self, redirect: str) -> str:
        answer = {name: values[0] for name, values in parse_qs(urlsplit(redirect).query).items()}
        if "error" in answer:
            raise NeedsPerson(f"Etsy said no: {(answer.get('error_description') or answer['error'])[:200]}")
        if not secrets.compare_digest(answer.get("state", "").encode(), self.state.encode()):
            raise NeedsPerson(
                "That address belongs to another attempt. Begin again, agree on the page that opens, and give the "
                "address your browser is sent to afterwards."
            )
        if "code" not in answer:
            raise NeedsPerson("That address has no code in it: copy the whole address from your browser.")
        return answer["code"]

    def _tokens(self, code: str) -> Tokens:
        try:
            return tokens.exchange_code(code, self.verifier)
        except InvalidGrant as error:
            raise NeedsPerson(
                "Etsy did not take the answer: it is good once and for a few minutes only. Begin again."
            ) from error


def _check_shop(fresh: Tokens) -> None:
    user_id, shop_id = account.owner(fresh.access)
    if not shop_id:
        raise NeedsPerson("That Etsy account has no shop: log in at Etsy as the shop's owner and begin again.")
    if shop_id != settings.ETSY_SHOP_ID:
        raise NeedsPerson(
            f"That account owns shop {shop_id}, but ETSY_SHOP_ID says {settings.ETSY_SHOP_ID}. Log in at Etsy as the "
            "owner of that shop, or correct the setting. Nothing was kept."
        )
    if user_id != fresh.user_id:
        raise NeedsPerson("Etsy names another user than the token does; nothing was kept. Begin again.")


def _scopes(fresh: Tokens) -> list[str]:
    """What Etsy says the token allows; NeedsPerson when something we need is not among it."""
    granted = account.scopes(fresh.access)
    if missing := [scope for scope in tokens.SCOPES if scope not in granted]:
        raise NeedsPerson(f"The consent lacks {', '.join(missing)}. Begin again and agree to everything asked for.")
    return granted


@contextmanager
def _own_halt_lifted(by: str) -> Iterator[None]:
    """A halt for want of a token ends with a consent that is kept, and only with that; one by a person stays."""
    halt = Switch.objects.filter(name=Switch.Name.ETSY, thrown_by=oauth.US).first()
    if halt:
        switches.clear(Switch.Name.ETSY, by=by, why="a new consent is tried")
    try:
        yield
    except BaseException:
        if halt:
            switches.throw(Switch.Name.ETSY, halt.reason, by=oauth.US)
        raise
