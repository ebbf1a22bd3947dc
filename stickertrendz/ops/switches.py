"""Switches that halt a part of the shop, thrown by the system or the operator, cleared by the operator."""

from stickertrendz import clock

from . import audit
from .models import Switch

NAMES = Switch.Name
AWAY_HALTS = (NAMES.GENERATION, NAMES.PUBLISHING)  # nothing new is begun while nobody looks


def over(name: str) -> list[str]:
    """The switches that halt this part, its own first; only the one over everything for what has none."""
    own = [str(name)] if name else []
    away = [str(NAMES.AWAY)] if name in AWAY_HALTS else []
    return [*own, *away, str(NAMES.EVERYTHING)]


def thrown(name: str) -> Switch | None:
    """One of the switches over this part, if any is thrown."""
    return Switch.objects.filter(name__in=over(name)).first()


def throw(name: str, reason: str, *, by: str) -> bool:
    """Halts that part; False when it was halted already."""
    _, new = Switch.objects.get_or_create(
        name=NAMES(name), defaults={"reason": reason, "thrown_by": by, "thrown_at": clock.now()}
    )
    if new:
        audit.record(by, "threw switch", why=reason, switch=name)
    return new


def clear(name: str, *, by: str, why: str = "") -> bool:
    deleted, _ = Switch.objects.filter(name=name).delete()
    if deleted:
        audit.record(by, "cleared switch", why=why, switch=name)
    return bool(deleted)
