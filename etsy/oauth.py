"""The shop's tokens, renewed by one process at a time while the others wait."""

import logging
from datetime import datetime, timedelta
from typing import Any, NoReturn

from django.conf import settings
from django.db.models import Q, QuerySet

from stickertrendz import clock
from stickertrendz.ops import alerts, authority, crypto, guard, switches
from stickertrendz.ops.errors import Halt, OutsideError, Refused
from stickertrendz.ops.models import Switch

from .adapters import tokens
from .adapters.tokens import InvalidGrant, Tokens
from .models import Token

logger = logging.getLogger(__name__)
RENEW_BEFORE = timedelta(minutes=5)
LEASE = guard.DEADLINE + timedelta(minutes=3)  # longer than one guarded send takes, its last try included
WAIT_SECONDS = 30
IDLE_LIFE = timedelta(days=90)  # after so long without use Etsy takes a refresh token back
WARN_DAYS = 14
US = "etsy.oauth"
CONNECT = "Run manage.py etsy_authorize, or use Connect Etsy in the console."


def access_token(refused: str = "") -> str:
    """A token good for five minutes or more and not the one Etsy refused; renewed when there is none."""
    for _ in range(WAIT_SECONDS):
        row = _row()
        access = crypto.unseal(crypto.TOKEN, row.access_sealed)
        if access != refused and row.expires_at > clock.now() + RENEW_BEFORE:
            return access
        if _lease(row) and (fresh := _renew(row)):
            return fresh
        clock.sleep(1)
    raise _busy()


def _busy() -> Refused:
    return Refused(clock.now() + timedelta(minutes=1), "another worker is renewing the Etsy token", "etsy")


def _row() -> Token:
    row = Token.objects.filter(shop_id=settings.ETSY_SHOP_ID).first()
    if row is None:
        why = "Etsy is not connected yet: run manage.py etsy_authorize"
        raise Refused(clock.now() + timedelta(minutes=10), why, "etsy")
    return row


def _lease(row: Token) -> bool:
    """One UPDATE: ours when nobody renews it and nobody has since we read it."""
    free = Q(lease_until=None) | Q(lease_until__lt=clock.now())
    return _take(row, Token.objects.filter(free, access_sealed=row.access_sealed))


def _hold(row: Token) -> None:
    """The lease anew, before a further send; Refused when another has taken it over."""
    if not _take(row, Token.objects.filter(lease_until=row.lease_until)):
        raise _busy()


def _take(row: Token, where: QuerySet[Token]) -> bool:
    until = clock.now() + LEASE
    taken = where.filter(pk=row.pk).update(lease_until=until)
    if taken:
        row.lease_until = until
    return bool(taken)


def _renew(row: Token) -> str:
    """The new access token; empty when a new consent or another worker came first, whose tokens then count."""
    try:
        fresh = _refresh(row)
    except InvalidGrant as error:
        if not _give_back(row):
            return ""
        _halt(error)
    except BaseException as error:
        _give_back(row)
        if isinstance(error, OutsideError) and error.status == 401:  # our app itself is refused, not its token
            raise authority.refused(error) from error
        raise
    mine = Token.objects.filter(pk=row.pk, lease_until=row.lease_until)
    kept = mine.update(**_columns(fresh, previous=row.refresh_sealed))
    return fresh.access if kept else ""


def _refresh(row: Token) -> Tokens:
    """An answer may have been lost after Etsy took the token back; the one before it may still be good then."""
    try:
        return tokens.refresh(crypto.unseal(crypto.TOKEN, row.refresh_sealed))
    except InvalidGrant:
        if not row.previous_refresh_sealed:
            raise
    _hold(row)
    return tokens.refresh(crypto.unseal(crypto.TOKEN, row.previous_refresh_sealed))


def _give_back(row: Token) -> bool:
    """False when it was ours no more."""
    return bool(Token.objects.filter(pk=row.pk, lease_until=row.lease_until).update(lease_until=None))


def _halt(error: OutsideError) -> NoReturn:
    switches.throw(Switch.Name.ETSY, "Etsy no longer accepts our token: run manage.py etsy_authorize", by=US)
    alerts.alert(
        "etsy-token",
        "Etsy OAuth token is invalid -- manual re-authorization required",
        "Etsy refused to renew our token, so everything that talks to Etsy is halted.\n"
        f"{CONNECT} Waiting work then goes on by itself.",
    )
    logger.error("The Etsy token cannot be renewed: %s", error, extra={"step": "etsy_token", "service": "etsy"})
    raise Halt(f"Etsy no longer accepts our token. {CONNECT}") from error


def keep(fresh: Tokens, **more: Any) -> None:
    """The tokens of a new consent; a renewal that is under way with older ones is beaten by it."""
    columns = {**_columns(fresh, previous=""), **more}
    Token.objects.update_or_create(shop_id=settings.ETSY_SHOP_ID, defaults=columns)


def _columns(fresh: Tokens, previous: str) -> dict[str, Any]:
    """Both tokens, sealed, for one UPDATE; the refresh token before them stays until this one has worked."""
    now = clock.now()
    return {
        "user_id": fresh.user_id,
        "access_sealed": crypto.seal(crypto.TOKEN, fresh.access),
        "refresh_sealed": crypto.seal(crypto.TOKEN, fresh.refresh),
        "previous_refresh_sealed": previous,
        "expires_at": now + timedelta(seconds=fresh.expires_in),
        "refreshed_at": now,
        "lease_until": None,
    }


def days_left(token: Token, now: datetime) -> int:
    """Whole days until a refresh token that nobody uses is dead; none when it is."""
    return max(0, (token.refreshed_at + IDLE_LIFE - now) // timedelta(days=1))


def warn_of_idleness() -> None:
    """Tells while the owner need not agree anew: every renewal, and so any job at Etsy, starts the 90 days again."""
    row = Token.objects.filter(shop_id=settings.ETSY_SHOP_ID).first()
    if row is None or (left := days_left(row, clock.now())) >= WARN_DAYS:
        return
    alerts.alert(
        "etsy-token-idle",
        f"The connection to Etsy ends in {left} days" if left else "The connection to Etsy has ended",
        f"The Etsy token was last renewed on {row.refreshed_at:%Y-%m-%d}; Etsy forgets one that rests for 90 days.\n"
        + (
            "Clear the switch that halts Etsy and run any job that talks to it, for example order_sync."
            if left
            else CONNECT
        ),
    )
