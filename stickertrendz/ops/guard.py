"""The one door every request to an outside service leaves by: switch, breaker, budget, pace, intent, send, settle."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import TypeVar

from django.conf import settings
from django.db import transaction

from stickertrendz import clock

from . import breaker, current, intents, ledger, switches
from .answers import Answer, Quota
from .errors import OutsideError, Refused
from .meters import Reserve
from .models import Intent

__all__ = ["Answer", "Call", "Quota", "Repeat", "Reserve", "send"]
T = TypeVar("T")
logger = logging.getLogger(__name__)
RETRY_AFTER = (2.0, 4.0, 8.0)
LONGEST_SLEEP = 30.0
DEADLINE = timedelta(seconds=120)


class Repeat(Enum):
    SAFE = "reads, and writes that state the whole"
    ONCE = "what creates; repeated only when nothing can have been done"


@dataclass(frozen=True)
class Call:
    """One request. switch: what halts it instead of the service's own switch."""

    service: str
    operation: str
    repeat: Repeat
    priority: int = 1
    reserve: tuple[Reserve, ...] = ()
    subject: str = ""
    switch: str = ""


def send(call: Call, go: Callable[[], Answer[T]], intent: Intent | None = None) -> T:
    """Sends one request under all rules. Refused: nothing went out. OutsideError: it failed, repeats included."""
    with transaction.atomic(durable=True):
        pass  # a request inside a transaction would be forgotten by its rollback: Django raises here
    started = clock.now()
    pass_switches(call)
    probe = breaker.enter(call.service)
    try:
        answer = _repeat(call, go, intent, started)
    except OutsideError as error:
        breaker.failed(call.service, error, probe)
        if intent and not error.ambiguous:
            intents.back_to_planned(intent)
        raise
    except Refused:
        breaker.give_back(call.service, probe)
        raise
    breaker.succeeded(call.service)
    if intent:
        intents.done(intent, answer.result)
    return answer.value


def pass_switches(call: Call) -> None:
    switch = switches.thrown(call.switch or settings.SERVICES[call.service]["switch"])
    if switch:
        raise Refused(clock.now() + timedelta(minutes=10), str(switch), call.service)


def _repeat(call: Call, go: Callable[[], Answer[T]], intent: Intent | None, started: datetime) -> Answer[T]:
    failed: OutsideError | None = None
    for wait in (*RETRY_AFTER, None):
        try:
            return _try(call, go, intent)
        except Refused:
            if failed:  # Refused says that nothing went out, but something did
                raise failed from None
            raise
        except OutsideError as error:
            failed = error
            pause = _pause(call, error, wait, started)
            if pause is None:
                raise
            logger.info("%s %s failed, again in %.0f s: %s", call.service, call.operation, pause, error)
            clock.sleep(pause)
    raise AssertionError("the last wait is None, which raises above")


def _pause(call: Call, error: OutsideError, wait: float | None, started: datetime) -> float | None:
    """Seconds until the next try, or None when there is none."""
    if wait is None or error.permanent or (call.repeat is Repeat.ONCE and error.ambiguous):
        return None
    pause = max(wait, error.retry_after or 0)
    too_late = clock.now() + timedelta(seconds=pause) > started + DEADLINE
    return None if pause > LONGEST_SLEEP or too_late else pause


def _try(call: Call, go: Callable[[], Answer[T]], intent: Intent | None) -> Answer[T]:
    current.beat()
    row = ledger.open_call(call.service, call.operation, call.subject, call.reserve)
    try:
        _pace(call.service)
        if intent:
            intents.sent(intent)
    except BaseException:
        ledger.cancel(row)
        raise
    begun = time.perf_counter()
    try:
        answer = go()
    except OutsideError as error:
        ledger.close_failed(row, error, _ms(begun))
        raise
    ledger.close(row, answer, _ms(begun))
    return answer


def _ms(begun: float) -> int:
    return int((time.perf_counter() - begun) * 1000)


def _pace(service: str) -> None:
    """Waits for this service's next free moment, which all workers share."""
    wait = breaker.next_moment(service, float(settings.SERVICES[service]["per_second"]))
    if wait > 0:
        clock.sleep(wait)
