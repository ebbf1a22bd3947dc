"""The demo: a shop of its own that lives 16 days and one business day in virtual time, then tells what came of it."""

import io
import secrets
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import time_machine
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from rich.console import Console

from stickertrendz import clock
from stickertrendz.sandbox.server import Sandbox

from . import demo_report
from .demo_feed import LAST_LOOK, RECORDED_DAY, Feed, RecordedLife
from .demo_report import Result
from .virtual_life import BUSY_DAY, QUIET_DAY, WATCHFUL_DAY, Event, VirtualLife

PAST_DAYS = 16
DAY = timedelta(days=1)
SEED = 7
WATCH_EVERY = 3  # past days with new designs: pictures take most of the demo's time


class Demo:
    def __init__(self, console: Console, recordings: Sequence[Path] = ()) -> None:
        self.console = console
        self.feed = Feed(recordings, console) if recordings else None
        self.password = secrets.token_urlsafe(9)
        port = urlsplit(settings.SANDBOX_URL).port or 0
        self.sandbox = Sandbox(port=port, seed=SEED, state_file=Path(settings.VAR_DIR) / "sandbox.json")

    def run(self) -> Result:
        """Everything up to now; the sandbox stays alive in this process."""
        now = clock.now()
        self.sandbox.start()
        with time_machine.travel(now - (PAST_DAYS + 1) * DAY, tick=True) as traveller:
            self._open_shop()
            with self.console.status("") as status:
                life = VirtualLife(self.sandbox, traveller, status.update)
                for number in range(PAST_DAYS + 1, 1, -1):
                    self._day(life, now - number * DAY, self._past_day(number))
                self.console.print("The business day:")
                seconds = self._business_day(life, now - DAY)
            traveller.move_to(now)
            result = demo_report.result(now - DAY)
        clock.wait_with(time.sleep)
        demo_report.show(self.console, now, PAST_DAYS, seconds)
        return result

    def _open_shop(self) -> None:
        quiet = {"verbosity": 0, "stdout": io.StringIO()}
        self.console.print("Opening a shop in the sandbox ...")
        call_command("migrate", **quiet)
        User.objects.create_superuser("owner", password=self.password)
        call_command("etsy_authorize", **quiet)
        call_command("etsy_setup", **quiet)

    def _past_day(self, number: int) -> Sequence[Event]:
        """Some days bring new designs; not the last one before a recorded day, which shall find nothing invented."""
        watchful = number % WATCH_EVERY == 2 and not (self.feed and number == 2)
        return WATCHFUL_DAY if watchful else QUIET_DAY

    def _business_day(self, life: VirtualLife, begins: datetime) -> float:
        if self.feed is None:
            return self._day(life, begins, BUSY_DAY)
        self.feed.replace_world(self.sandbox, begins + timedelta(hours=LAST_LOOK))
        return self._day(RecordedLife(life, self.feed), begins, RECORDED_DAY)

    def _day(self, life: VirtualLife, begins: datetime, events: Sequence[Event]) -> float:
        begun = time.perf_counter()
        life.day(begins, events)
        seconds = time.perf_counter() - begun
        self.console.print(
            f"  {begins:%a %d %b}  {demo_report.counts(begins, begins + DAY)}  [dim]{seconds:.1f} s[/dim]"
        )
        return seconds
