"""US business days: Monday to Friday without the federal holidays on which no post moves."""

from calendar import MONDAY, THURSDAY
from datetime import date, datetime, timedelta
from functools import lru_cache

SATURDAY, SUNDAY = 5, 6


def add_business_days(start: datetime, days: int) -> datetime:
    """The same time of day, that many business days later."""
    when = start
    while days:
        when += timedelta(days=1)
        if is_business_day(when.date()):
            days -= 1
    return when


def is_business_day(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in _holidays(day.year)


@lru_cache(maxsize=16)
def _holidays(year: int) -> frozenset[date]:
    fixed = [
        date(year, 1, 1),
        date(year, 6, 19),
        date(year, 7, 4),
        date(year, 11, 11),
        date(year, 12, 25),
        date(year + 1, 1, 1),
    ]
    moving = [
        _nth(year, 1, MONDAY, 3), _nth(year, 2, MONDAY, 3), _last_monday_of_may(year), _nth(year, 9, MONDAY, 1),
        _nth(year, 10, MONDAY, 2), _nth(year, 11, THURSDAY, 4),
    ]  # fmt: skip
    return frozenset([_observed(day) for day in fixed] + moving)


def _observed(day: date) -> date:
    """A holiday on a Saturday is kept on Friday, one on a Sunday on Monday."""
    shift = {SATURDAY: -1, SUNDAY: 1}.get(day.weekday(), 0)
    return day + timedelta(days=shift)


def _nth(year: int, month: int, weekday: int, n: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))


def _last_monday_of_may(year: int) -> date:
    last = date(year, 5, 31)
    return last - timedelta(days=(last.weekday() - MONDAY) % 7)
