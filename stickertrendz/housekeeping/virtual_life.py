"""A shop living in virtual time: one process, the sandbox as a thread in it, one clock that moves both."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from django_q.models import OrmQ
from time_machine import Traveller

from stickertrendz import clock
from stickertrendz.ops import joblist, runner
from stickertrendz.sandbox.server import Sandbox

MOST_REPEATS = 8


@dataclass(frozen=True)
class Event:
    """A job at so many hours into the day; CUSTOMERS stands for that day's buyers."""

    hour: float
    name: str


CUSTOMERS = "customers"
# The same jobs as in the schedule, called less often: an idle call shows nothing and costs the same.
QUIET_DAY = (
    Event(6, "pricing_engine"), Event(8, "analytics_sync"), Event(11, CUSTOMERS), Event(13, "order_sync"),
    Event(20, "order_sync"), Event(21, "send_mail"),
)  # fmt: skip
WATCHFUL_DAY = (*QUIET_DAY, Event(9, "trend_monitor"))
BUSY_DAY = (
    *(Event(hour, "trend_monitor") for hour in range(0, 24, 4)),
    *(Event(hour + 0.5, "order_sync") for hour in range(1, 24, 3)),
    *(Event(hour + 0.7, "heartbeat") for hour in range(5, 24, 6)),
    Event(6, "pricing_engine"), Event(8, "analytics_sync"), Event(9.2, CUSTOMERS), Event(23.6, "send_mail"),
)  # fmt: skip


class VirtualLife:
    def __init__(self, sandbox: Sandbox, traveller: Traveller, tell: Callable[[str], None]) -> None:
        self.sandbox = sandbox
        self.traveller = traveller
        self.tell = tell
        clock.wait_with(traveller.shift)

    def day(self, begins: datetime, events: Iterable[Event]) -> None:
        """Lives 24 hours; waits inside jobs may make an event late, never early."""
        for event in sorted(events, key=lambda event: event.hour):
            at = begins + timedelta(hours=event.hour)
            if at > clock.now():
                self.traveller.move_to(at)
            self.happen(event.name)

    def happen(self, name: str) -> None:
        if name == CUSTOMERS:
            httpx.post(f"{self.sandbox.url}/_sandbox/day", json={"day": clock.today().isoformat()}).raise_for_status()
        else:
            self.run(name)

    def run(self, name: str) -> None:
        """Runs the job until nothing is left over, and then every job it woke."""
        self.tell(joblist.jobs()[name].why)
        for _ in range(MOST_REPEATS):
            if not runner.run_job(name, by="demo")[1]:
                break
        self._work_off()

    def _work_off(self) -> None:
        """Does what a queue worker would: takes the waiting requests, first come first served."""
        while (waiting := OrmQ.objects.order_by("pk").first()) is not None:
            task: dict[str, Any] = waiting.task
            waiting.delete()
            self.run(task["args"][0])
