"""The only place that asks what time it is, or waits."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime

_wait: Callable[[float], None] = time.sleep


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    return now().date()


def sleep(seconds: float) -> None:
    _wait(seconds)


def wait_with(wait: Callable[[float], None]) -> None:
    """Replace how waiting is done: virtual time moves its clock instead of standing still."""
    global _wait
    _wait = wait
