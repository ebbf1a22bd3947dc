"""The day's calls at Etsy: who may still call, what is told when they run short, and when that will be."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings

from stickertrendz import clock
from stickertrendz.ops import alerts, meters
from stickertrendz.ops.meters import Reserve
from stickertrendz.ops.models import Meter

logger = logging.getLogger(__name__)
HOUR = timedelta(hours=1)
RATE_HOURS = 3  # the present rate is that of so many past hours
STOPS = {"stats": 3, "prices": 2, "all": 0}  # what stops, and the priority whose share it is
WAITING = {"stats": "statistics wait", "prices": "prices wait", "all": "everything waits"}
AHEAD = 24  # hours looked ahead; what is not reached within the window is not reached at this rate


def reserve(priority: int) -> Reserve:
    """One call, refused when it would pass the priority's share of the limit."""
    return Reserve("etsy", 1, settings.ETSY_SHARES[priority])


def thresholds(limit: int) -> dict[str, int]:
    """Calls in 24 hours at which statistics stop, prices too, and everything."""
    return {name: int(limit * settings.ETSY_SHARES[priority]) for name, priority in STOPS.items()}


def learn(limit: int, left: int | None) -> None:
    """Etsy's headers: its limit, and the calls it counted that we did not, as other programs with our key make them.

    Of workers that learn it at once one books them: the hour's row must still be what we judged by.
    """
    now = clock.now()
    meters.note_limit("etsy", limit, now)
    if left is None:
        return
    hour = meters.row("etsy", meters.window("etsy", now))
    unknown = limit - left - meters.level("etsy", now).used
    if unknown > 0:
        same = Meter.objects.filter(pk=hour.pk, used=hour.used, reserved=hour.reserved)
        same.update(used=hour.used + unknown)


def watch() -> None:
    """Tells once a day of each threshold that is passed: a warning in the log, then mails."""
    level = meters.level("etsy")
    passed = [name for name, calls in thresholds(level.limit).items() if level.used >= calls]
    if passed and _is_first_today(passed[-1]):
        _tell(passed[-1], f"{level.used} of {level.limit} Etsy calls used in 24 hours")


def _is_first_today(name: str) -> bool:
    """One conditional UPDATE, so that of all workers one tells."""
    day = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    row = meters.row(f"etsy_told:{name}", day)
    return bool(Meter.objects.filter(pk=row.pk, used=0).update(used=1))


def _tell(name: str, used: str) -> None:
    if name == "stats":
        logger.warning("%s: no more statistics until there are fewer", used, extra={"step": "etsy", "service": "etsy"})
        return
    what = "All Etsy calls are stopped" if name == "all" else "Prices and statistics wait"
    words = f"{what}: {used}. Waiting work goes on by itself."
    alerts.alert(f"etsy-budget:{name}", "Etsy's daily limit is near", words)


def forecast(now: datetime) -> dict[str, datetime | None]:
    """When each threshold is reached if calls go on as in the past three hours; None when not within a day."""
    this_hour = meters.window("etsy", now)
    rows = Meter.objects.filter(name="etsy", window__gte=this_hour - AHEAD * HOUR)
    calls = {row.window: row.used + row.reserved for row in rows}
    level = meters.level("etsy", now)
    hours = [calls.get(this_hour - HOUR * back, 0) for back in range(AHEAD, -1, -1)]
    passed = (now - this_hour) / HOUR
    rate = sum(hours[-1 - RATE_HOURS :]) / (RATE_HOURS + passed)
    return {name: crossing(now, hours, rate, most) for name, most in thresholds(level.limit).items()}


def outlook(now: datetime) -> str:
    """The forecast in words for the console; empty when nothing is near."""
    reached = [(at, WAITING[name]) for name, at in forecast(now).items() if at]
    return "; ".join(f"{what} from {at:%H:%M} UTC" if at > now else f"{what} now" for at, what in reached)


def crossing(now: datetime, hours: Sequence[int], rate: float, most: int) -> datetime | None:
    """When the sum of a sliding day reaches `most`.

    hours: calls of the past hours of the clock, oldest first, the present one last; each leaves the sum when the hour
    after its day begins. rate: calls per hour from now on. None when it is not reached before the oldest are our own
    forecast.
    """
    used, at = float(sum(hours)), now
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    for step, leaving in enumerate(hours[:-1], start=1):
        if used >= most:
            return at
        end = this_hour + HOUR * step
        grown = used + rate * ((end - at) / HOUR)
        if grown >= most:
            return at + HOUR * ((most - used) / rate)
        used, at = grown - leaving, end
    return None
