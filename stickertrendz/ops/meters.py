"""Budgets, quotas and caps: amounts reserved before spending and settled after, shared by all workers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Sum

from stickertrendz import clock

from .errors import Refused
from .models import Meter

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
CYCLE = timedelta(hours=2)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Reserve:
    """So much of a meter, held until the call is settled. share: part of the limit this caller may go up to."""

    meter: str
    amount: int = 1
    share: Any = 1


@dataclass(frozen=True)
class Level:
    used: int
    limit: int
    until: datetime

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)


def _config(name: str) -> Mapping[str, Any]:
    config: Mapping[str, Any] = settings.METERS[name]
    return config


def window(name: str, at: datetime) -> datetime:
    """Start of the meter's window: the UTC month, day, two-hour cycle, or for a sliding day the hour bucket."""
    period = _config(name)["period"]
    hour = at.replace(minute=0, second=0, microsecond=0)
    if period == "month":
        return hour.replace(day=1, hour=0)
    if period == "day":
        return hour.replace(hour=0)
    return hour.replace(hour=hour.hour - hour.hour % 2) if period == "cycle" else hour


def window_end(name: str, at: datetime) -> datetime:
    start = window(name, at)
    period = _config(name)["period"]
    if period == "month":
        return (start + timedelta(days=32)).replace(day=1)
    return start + {"day": DAY, "cycle": CYCLE, "sliding": timedelta(hours=1)}[period]


def row(name: str, start: datetime) -> Meter:
    """The meter's row for a window, made when missing; two workers making it at once get the same one."""
    meter = Meter.objects.filter(name=name, window=start).first()
    if meter is None:
        try:
            with transaction.atomic():
                meter = Meter.objects.create(name=name, window=start)
        except IntegrityError:
            meter = Meter.objects.get(name=name, window=start)
    return meter


def limit(name: str) -> int:
    """The configured limit, or the one the service itself last told us."""
    told = (
        Meter.objects.filter(name=name, limit__isnull=False).order_by("-window").values_list("limit", flat=True).first()
    )
    return int(told if told is not None else _config(name)["limit"])


def level(name: str, at: datetime | None = None) -> Level:
    at = at or clock.now()
    sums = Meter.objects.filter(name=name, **_span(name, at)).aggregate(used=Sum("used"), held=Sum("reserved"))
    return Level((sums["used"] or 0) + (sums["held"] or 0), limit(name), window_end(name, at))


def _span(name: str, at: datetime) -> dict[str, datetime]:
    start = window(name, at)
    if _config(name)["period"] == "sliding":
        return {"window__gte": start - DAY, "window__lte": start}  # the oldest hour is in the day until it has ended
    return {"window": start}


def reserve(wish: Reserve, at: datetime) -> dict[str, Any]:
    """Holds the amount by one conditional UPDATE; Refused when it would pass the limit."""
    start = window(wish.meter, at)
    meter = row(wish.meter, start)
    allowed = int(limit(wish.meter) * wish.share) - wish.amount - _elsewhere(wish.meter, at, meter)
    held = Meter.objects.filter(pk=meter.pk, used__lte=allowed - F("reserved")).update(
        reserved=F("reserved") + wish.amount
    )
    if not held:
        raise Refused(window_end(wish.meter, at), f"{_config(wish.meter)['tells']}: the limit is reached")
    return {"meter": meter.pk, "amount": wish.amount, "every_try": bool(_config(wish.meter).get("every_try"))}


def _elsewhere(name: str, at: datetime, meter: Meter) -> int:
    """What the other hours of a sliding day hold; past hours take no new reservations, so this cannot race upwards."""
    others = Meter.objects.filter(name=name, **_span(name, at)).exclude(pk=meter.pk)
    sums = others.aggregate(used=Sum("used"), held=Sum("reserved"))
    return (sums["used"] or 0) + (sums["held"] or 0)


def settle(held: Mapping[str, Any], actual: int) -> None:
    Meter.objects.filter(pk=held["meter"]).update(used=F("used") + actual, reserved=F("reserved") - held["amount"])


def spend(name: str, amount: int, at: datetime) -> None:
    """Books what was found to have been spent already, whatever the limit."""
    Meter.objects.filter(pk=row(name, window(name, at)).pk).update(used=F("used") + amount)


def note_limit(name: str, told: int, at: datetime) -> None:
    """The service told its own limit in a header; one of zero would stop us from ever hearing another."""
    if told <= 0:
        return
    Meter.objects.filter(pk=row(name, window(name, at)).pk).exclude(limit=told).update(limit=told)
