"""How Etsy's refusals end a cycle: too many requests stops it, a failed read is noted and tried by the next run."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from stickertrendz import clock
from stickertrendz.ops.errors import OutsideError, Refused
from stickertrendz.ops.runner import Running
from stickertrendz.ops.work import WorkItem

T = TypeVar("T")
W = TypeVar("W", bound=WorkItem)
logger = logging.getLogger(__name__)
TOO_MANY = 429


def stops_on_429(step: Callable[[W], object]) -> Callable[[W], object]:
    """The step, but a 429 that outlasted the retries ends the cycle instead of failing row after row."""

    def stopping(item: W) -> object:
        try:
            return step(item)
        except OutsideError as error:
            if error.status != TOO_MANY:
                raise
            until = clock.now() + timedelta(seconds=error.retry_after or 0)
            raise Refused(until, f"Etsy says too many requests; the rest waits ({error.message})", "etsy") from error

    return stopping


def reading(run: Running, what: str, read: Callable[[], T]) -> T | None:
    """What was read, or None when Etsy failed or may not be asked now: the job's other work goes on without it."""
    try:
        return read()
    except Refused as refused:
        run.note(f"{what} were not read: {refused.why}")
        return None
    except OutsideError as error:
        logger.warning("%s could not be read: %s", what, error, extra={"step": what, "service": "etsy"})
        run.troubles += 1
        run.note(f"{what} could not be read: {error.message}")
        return None
