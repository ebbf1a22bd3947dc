"""A shop whose printer is the sandbox's Sticker Mule, and a way to let time pass between job runs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings

from stickertrendz.ops import runner
from stickertrendz.ops.joblist import Job
from stickertrendz.sandbox.server import Sandbox

JOBS = [
    Job(name, f"fulfillment.jobs.{name}", "* * * * *", "for these tests", "fulfillment")
    for name in ("route_orders", "watch_print", "watch_deliveries")
]


@pytest.fixture
def printer(sandbox: Sandbox, settings: LazySettings, db: None) -> Any:
    """What the sandbox's printer knows; orders go there by default."""
    settings.JOB_LIST = "fulfillment.tests.conftest.JOBS"
    settings.FULFILLMENT_PROVIDER = "sticker_mule"
    return sandbox.worlds["sticker_mule"]


@pytest.fixture
def pass_time(virtual_time: time_machine.Traveller) -> Callable[..., None]:
    """Lets the time pass and runs the named jobs: `pass_time("route_orders", minutes=5)`."""

    def passing(*jobs: str, **span: float) -> None:
        virtual_time.shift(timedelta(**span))
        for job in jobs:
            assert runner.run_job(job)[0] == 0

    return passing
