"""Circuit breaker and pace of each service, as rows that all workers share."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q

from stickertrendz import clock

from . import meters
from .errors import OutsideError, Refused
from .models import Meter

PROBE_FOR = timedelta(minutes=3)


def _row(kind: str, service: str) -> Meter:
    return meters.row(f"{kind}:{service}", meters.EPOCH)


def enter(service: str) -> bool:
    """Passes when the breaker is closed; after its rest one caller passes as the probe (True). Refused otherwise."""
    row, now = _row("breaker", service), clock.now()
    if row.until is None:
        return False
    if row.until > now:
        raise Refused(row.until, f"{service} failed {row.used} times in a row and rests", service)
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    if not Meter.objects.filter(free, pk=row.pk, until=row.until).update(claimed_until=now + PROBE_FOR):
        raise Refused(now + PROBE_FOR, f"{service} is being tried out by another worker", service)
    return True


def give_back(service: str, probe: bool) -> None:
    if probe:
        Meter.objects.filter(pk=_row("breaker", service).pk).update(claimed_until=None)


def succeeded(service: str) -> None:
    Meter.objects.filter(name=f"breaker:{service}").exclude(used=0, until=None).update(
        used=0, until=None, claimed_until=None
    )


def failed(service: str, error: OutsideError, probe: bool) -> None:
    """Counts failures of the service, never our own mistakes (4xx); opens at the threshold."""
    if error.permanent or (error.status is not None and 400 <= error.status < 500):
        give_back(service, probe)
        return
    config = settings.SERVICES[service]
    row = _row("breaker", service)
    Meter.objects.filter(pk=row.pk).update(used=F("used") + 1)
    rest: timedelta = config["rest"]
    Meter.objects.filter(pk=row.pk, used__gte=config["threshold"]).update(until=clock.now() + rest, claimed_until=None)


def is_open(service: str) -> datetime | None:
    until = Meter.objects.filter(name=f"breaker:{service}").values_list("until", flat=True).first()
    return until if until and until > clock.now() else None


def next_moment(service: str, per_second: float) -> float:
    """Seconds until this caller's turn; turns are handed out by conditional UPDATE, so no two workers get the same."""
    gap = timedelta(seconds=1 / per_second)
    row = _row("pace", service)
    while True:
        now = clock.now()
        turn = max(now, row.until or now)
        if Meter.objects.filter(pk=row.pk, until=row.until).update(until=turn + gap):
            return (turn - now).total_seconds()
        row.refresh_from_db()
