"""Killed at any point of buying a picture and run again, the job makes the same stickers and pays for none twice."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from stickers.models import Generation, Size, Sticker
from stickertrendz.ops import meters
from stickertrendz.ops.models import Call, Intent, Meter, Run, Transcript
from stickertrendz.sandbox.faults import Hold
from stickertrendz.sandbox.server import Sandbox
from trends.models import Trend

from .conftest import Ready, RunJob

pytestmark = pytest.mark.django_db(transaction=True)
POINTS = [
    ("replicate", "predictions.create", "before", 1), ("replicate", "predictions.create", "after", 1),
    ("replicate", "predictions.create", "after", 3), ("replicate", "delivery", "after", 1),
    ("openai", "moderations", "after", 1),
]  # fmt: skip


def made() -> list[Any]:
    """What an undisturbed and a disturbed run must have in common."""
    columns = ("variant", "try_no", "status", "prompt", "original_key", "sticker__title", "sticker__status")
    return sorted(Generation.objects.values_list(*columns), key=lambda row: row[:2])


def paid(sandbox: Sandbox) -> int:
    return len(sandbox.worlds["replicate"].dump()["predictions"])


def forget() -> None:
    for model in (Size, Sticker, Generation, Trend, Run, Intent, Call, Meter, Transcript):
        model.objects.all().delete()


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, Any]:
    """What the first undisturbed run of this module made; it is the same for all points."""
    return {}


def address() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    host = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    return f"postgres://{host}/{database['NAME']}"


def kill_when_held(sandbox: Sandbox) -> None:
    """Runs the job as a process of its own and kills it at the point where the sandbox holds it."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "run_job", "sticker_generator"]
    child = subprocess.Popen(
        command, env={**os.environ, "DATABASE_URL": address()}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    deadline = time.monotonic() + 60
    while not sandbox.holds.waiting():
        assert child.poll() is None, child.communicate()[0].decode()
        assert time.monotonic() < deadline, "the job never came to this point"
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    sandbox.holds.release()


@pytest.mark.parametrize(("service", "operation", "when", "nth"), POINTS)
def test_a_killed_generator_ends_with_the_same_stickers_and_as_many_paid_images(
    sandbox: Sandbox,
    ready: Ready,
    run_job: RunJob,
    undisturbed: dict[str, Any],
    service: str,
    operation: str,
    when: str,
    nth: int,
) -> None:
    if not undisturbed:
        ready(1)
        run_job()
        undisturbed.update(made=made(), paid=paid(sandbox))
        forget()
        sandbox.reset()
    [trend] = ready(1)
    sandbox.holds.arm(Hold(service, operation, when, nth))
    kill_when_held(sandbox)
    for minutes in (11, 11, 11):
        run_job(later=timedelta(minutes=minutes))
    trend.refresh_from_db()
    assert trend.status == "generated"
    assert made() == undisturbed["made"]
    assert paid(sandbox) == undisturbed["paid"]
    assert meters.level("images").used >= paid(sandbox)
    assert not Generation.objects.exclude(needs_attention="").exists()
