"""Sealing of fields and keyed look-up hashes; one key list, a subkey per purpose, the key's id in each value."""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

TOKEN, CUSTOMER, LOOK_UP = "token", "customer", "look-up"


def _keys() -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    for entry in settings.FIELD_KEYS:
        key_id, _, encoded = entry.partition(":")
        try:
            keys[key_id] = base64.b64decode(encoded, validate=True)
        except ValueError:
            keys[key_id] = b""
        if len(keys[key_id]) != 32:
            raise ImproperlyConfigured(
                "FIELD_KEYS: write id:base64 of 32 random bytes, newest first, separated by commas"
            )
    return keys


def check_keys() -> None:
    """ImproperlyConfigured when FIELD_KEYS cannot be used."""
    _keys()


@lru_cache(maxsize=64)
def _subkey(key: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"stickertrendz {purpose}".encode()).derive(key)


def seal(purpose: str, text: str) -> str:
    """The text encrypted with the newest key, as `keyid:token`."""
    key_id, key = next(iter(_keys().items()))
    token = Fernet(base64.urlsafe_b64encode(_subkey(key, purpose))).encrypt(text.encode())
    return f"{key_id}:{token.decode()}"


def unseal(purpose: str, sealed: str) -> str:
    """The text again; ImproperlyConfigured when its key is not in FIELD_KEYS any more."""
    key_id, _, token = sealed.partition(":")
    key = _keys().get(key_id)
    if key is None:
        raise ImproperlyConfigured(
            f"FIELD_KEYS: the key {key_id!r} is gone but rows are still sealed with it; put it back"
        )
    try:
        return Fernet(base64.urlsafe_b64encode(_subkey(key, purpose))).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise ImproperlyConfigured(
            f"FIELD_KEYS: the key {key_id!r} is not the one these rows were sealed with"
        ) from error


def look_up(text: str) -> str:
    """A keyed hash for finding a name or address without storing it; made with the oldest key so it stays findable."""
    key = list(_keys().values())[-1]
    return hmac.new(_subkey(key, LOOK_UP), " ".join(text.casefold().split()).encode(), hashlib.sha256).hexdigest()
