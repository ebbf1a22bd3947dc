"""The second factor: six digits of an authenticator app (TOTP, RFC 6238), or one of ten recovery codes.

The app's secret is sealed with FIELD_KEYS and of the recovery codes only hashes are kept, so a copy of the database
does not open the door.
"""

import base64
import hashlib
import secrets

from cryptography.hazmat.primitives import constant_time
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.http import HttpRequest

from stickertrendz import clock
from stickertrendz.ops import audit, crypto

from .models import RecoveryCode, SecondFactor

ISSUER = "Sticker Trendz"
STEP = 30  # seconds; a code is taken one step early or late, for clocks that differ
CODES, CODE_BYTES = 10, 10  # 80 random bits each: too many to try, so a plain hash is enough
PASSED = "second_factor"  # in the session: the key of the factor that was shown


def of(user: User | AnonymousUser) -> SecondFactor | None:
    """The factor that is asked for; none while it is not confirmed, or where the shop asks for none."""
    if settings.SECOND_FACTOR == "off" or user.pk is None:
        return None
    return SecondFactor.objects.filter(user__pk=user.pk, confirmed_at__isnull=False).first()


def passed(request: HttpRequest, factor: SecondFactor) -> None:
    request.session[PASSED] = factor.pk


def has_passed(request: HttpRequest, factor: SecondFactor) -> bool:
    return bool(request.session.get(PASSED) == factor.pk)


def begin(user: User) -> SecondFactor:
    """A factor to be confirmed; one begun earlier goes on with its secret."""
    sealed = crypto.seal(crypto.SECOND_FACTOR, base64.b32encode(secrets.token_bytes(20)).decode())
    factor, _ = SecondFactor.objects.get_or_create(
        user=user, defaults={"secret_sealed": sealed, "made_at": clock.now()}
    )
    return factor


def secret(factor: SecondFactor) -> str:
    """The secret as authenticator apps take it by hand, in base32."""
    return crypto.unseal(crypto.SECOND_FACTOR, factor.secret_sealed)


def address(factor: SecondFactor) -> str:
    """What the QR code says, an otpauth:// address."""
    return _totp(factor).get_provisioning_uri(factor.user.get_username(), ISSUER)


def confirm(factor: SecondFactor, code: str) -> list[str]:
    """The recovery codes, now and never again, when the app shows the right code; empty otherwise."""
    if not _is_current(factor, code):
        return []
    with transaction.atomic():
        SecondFactor.objects.filter(pk=factor.pk).update(confirmed_at=clock.now())
        audit.record(factor.user.get_username(), "set up second factor", factor.user)
        return _new_codes(factor)


def accepts(factor: SecondFactor, code: str) -> bool:
    """Takes a code of the app or a recovery code, each once."""
    return _is_current(factor, code) or _is_recovery(factor, code)


def renew_codes(factor: SecondFactor) -> list[str]:
    with transaction.atomic():
        audit.record(factor.user.get_username(), "made new recovery codes", factor.user)
        return _new_codes(factor)


def remove(user: User, *, by: str, why: str) -> bool:
    """Signs with the password alone from now on; False when there was none."""
    with transaction.atomic():
        gone, _ = SecondFactor.objects.filter(user=user).delete()
        if gone:
            audit.record(by, "removed second factor", user, why=why)
    return bool(gone)


def _totp(factor: SecondFactor) -> TOTP:
    return TOTP(base64.b32decode(secret(factor)), 6, SHA1(), STEP)  # noqa: S303  # what the apps know


def _is_current(factor: SecondFactor, code: str) -> bool:
    """Marks the code's time step as used by one conditional UPDATE: whoever looked over a shoulder comes too late."""
    given, now, totp = "".join(code.split()).encode(), int(clock.now().timestamp()) // STEP, _totp(factor)
    right = [step for step in (now - 1, now, now + 1) if constant_time.bytes_eq(totp.generate(step * STEP), given)]
    fresh = SecondFactor.objects.filter(pk=factor.pk, last_step__lt=right[-1]) if right else None
    return bool(fresh is not None and fresh.update(last_step=right[-1]))


def _is_recovery(factor: SecondFactor, code: str) -> bool:
    used, _ = RecoveryCode.objects.filter(factor=factor, hash=_hash(code)).delete()
    if used:
        audit.record(factor.user.get_username(), "used a recovery code", factor.user, left=factor.codes.count())
    return bool(used)


def _new_codes(factor: SecondFactor) -> list[str]:
    codes = [base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode().lower() for _ in range(CODES)]
    factor.codes.all().delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(factor=factor, hash=_hash(code)) for code in codes)
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in codes]


def _hash(code: str) -> str:
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
