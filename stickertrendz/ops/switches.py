"""Switches that halt a part of the shop, thrown by the system or the operator, cleared by the operator."""

from stickertrendz import clock

from . import audit
from .models import Switch


def thrown(name: str) -> Switch | None:
    """The switch if it is thrown, or the one over everything."""
    return Switch.objects.filter(name__in=[name, Switch.Name.EVERYTHING]).first()


def throw(name: str, reason: str, *, by: str) -> bool:
    """Halts that part; False when it was halted already."""
    _, new = Switch.objects.get_or_create(
        name=Switch.Name(name), defaults={"reason": reason, "thrown_by": by, "thrown_at": clock.now()}
    )
    if new:
        audit.record(by, "threw switch", why=reason, switch=name)
    return new


def clear(name: str, *, by: str, why: str = "") -> bool:
    deleted, _ = Switch.objects.filter(name=name).delete()
    if deleted:
        audit.record(by, "cleared switch", why=why, switch=name)
    return bool(deleted)
