"""Two queue workers on one database, as on two machines: each queued job is done once."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django_q.models import OrmQ, Task
from django_q.tasks import async_task

from stickertrendz.ops import audit
from stickertrendz.ops.models import AuditEntry
from stickertrendz.tests.children import PATIENCE, database_url, until

pytestmark = pytest.mark.django_db(transaction=True)
JOBS = 100


def note(number: int) -> None:
    """What is queued: leaves a row at its start and its end. The first jobs last until both clusters are at work."""
    me = f"cluster {os.getppid()}"
    audit.record(me, "began", number=number)
    until(lambda: len(who("began")) == 2, "the other cluster did not begin")
    audit.record(me, "did", number=number)


def who(what: str) -> set[str]:
    return set(AuditEntry.objects.filter(action=what).values_list("who", flat=True))


def numbers(what: str) -> list[int]:
    return sorted(row["number"] for row in AuditEntry.objects.filter(action=what).values_list("detail", flat=True))


@contextmanager
def cluster(log: Path) -> Iterator[None]:
    """`manage.py qcluster` on the test database; stopped as a service manager would, its processes gone in any case."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "qcluster"],
            cwd=settings.BASE_DIR,
            env={**os.environ, "DATABASE_URL": database_url()},
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield
        process.terminate()
        assert process.wait(PATIENCE) == 0
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)
        print(log.read_text())  # noqa: T201 - pytest shows it when the test fails


def test_two_clusters_do_each_of_a_hundred_jobs_once(tmp_path: Path) -> None:
    with transaction.atomic():
        for number in range(JOBS):
            async_task("stickertrendz.tests.test_clusters.note", number)
    with cluster(tmp_path / "one.log"), cluster(tmp_path / "two.log"):
        until(lambda: not OrmQ.objects.exists(), "the queue was not worked off")
    assert numbers("began") == numbers("did") == list(range(JOBS))
    assert len(who("did")) == 2
    assert Task.objects.filter(success=True).count() == Task.objects.count() == JOBS
