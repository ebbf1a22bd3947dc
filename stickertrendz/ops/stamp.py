"""The database is stamped with mode and shop, so that sandbox ids never meet the real Etsy."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError

from stickertrendz import clock

from .errors import Halt


def _stamps() -> Any:
    return apps.get_model("ops.Stamp")._default_manager  # system checks import this module before models are loaded


def mismatch() -> str:
    """What is wrong with using this database now; empty when nothing is, or when it cannot be asked."""
    try:
        stamp = _stamps().first()
    except DatabaseError:
        return ""
    if stamp is None or (stamp.mode, stamp.shop_id) == (settings.STICKERTRENDZ_MODE, settings.ETSY_SHOP_ID):
        return ""
    return (
        f"This database belongs to {stamp.mode} shop {stamp.shop_id}, but the settings say "
        f"{settings.STICKERTRENDZ_MODE} shop {settings.ETSY_SHOP_ID}; point DATABASE_URL at the right database, "
        "or correct STICKERTRENDZ_MODE and ETSY_SHOP_ID"
    )


def claim() -> None:
    """Stamps a new database and refuses another shop's; every run begins with it."""
    if wrong := mismatch():
        raise Halt(wrong)
    _stamps().get_or_create(
        pk=1,
        defaults={"mode": settings.STICKERTRENDZ_MODE, "shop_id": settings.ETSY_SHOP_ID, "created_at": clock.now()},
    )
