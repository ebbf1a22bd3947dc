"""Sealing of fields and keyed look-up hashes; one key list, a subkey per purpose, the key's id in each value."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

TOKEN, CUSTOMER, LOOK_UP, ERASED, SECOND_FACTOR = "token", "customer", "look-up", "erased", "second factor"
KEY_ID = re.compile(r"[A-Za-z0-9-]{1,30}")


def _keys() -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    for entry in settings.FIELD_KEYS:
        key_id, _, encoded = entry.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if len(key) != 32 or key_id in keys or not KEY_ID.fullmatch(key_id):
            raise ImproperlyConfigured(
                "FIELD_KEYS: write id:base64 of 32 random bytes, newest first, separated by commas; each id once, "
                "of letters, digits and hyphens"
            )
        keys[key_id] = key
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


def key_ids() -> list[str]:
    """The ids of the keys in FIELD_KEYS, newest first."""
    return list(_keys())


def require(ids: Iterable[str]) -> None:
    """ImproperlyConfigured when one of these keys is not in FIELD_KEYS."""
    if missing := sorted(set(ids) - set(_keys())):
        raise ImproperlyConfigured(f"FIELD_KEYS: these keys are needed and gone, put them back: {', '.join(missing)}")


def made_with(value: str) -> str:
    """The id of the key that a sealed text or a hash was made with; empty for an empty one."""
    return value.partition(":")[0]


def keyed_hash(purpose: str, text: str) -> str:
    """A hash by which a text is found again without being stored, as `keyid:hex`, made with the newest key.

    Case and runs of blanks make no difference.
    """
    return next(_hashes(purpose, text))


def keyed_hashes(purpose: str, text: str) -> list[str]:
    """The same under every key, newest first: while keys rotate, rows have hashes of several."""
    return list(_hashes(purpose, text))


def _hashes(purpose: str, text: str) -> Iterator[str]:
    folded = " ".join(text.casefold().split()).encode()
    for key_id, key in _keys().items():
        yield f"{key_id}:{hmac.new(_subkey(key, purpose), folded, hashlib.sha256).hexdigest()}"
