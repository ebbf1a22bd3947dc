"""Two queue workers on one database, as on two machines: each queued job is done once."""

import os
import signal
import subprocess
import sys
import time
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
NOTE = "stickertrendz.tests.test_clusters.note"
JOBS = 100


def note(what: str, number: int) -> None:
    """What is queued: leaves a row that tells who did it. The pause lets the workers get into each other's way."""
    time.sleep(0.01)
    audit.record(f"cluster {os.getppid()}", what, number=number)


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
        assert process.wait(PATIENCE) == 0, log.read_text()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


def who(what: str) -> list[str]:
    return list(AuditEntry.objects.filter(action=what).values_list("who", flat=True))


def both_arrived() -> bool:
    """Both have done something; each call gives them one thing more to do."""
    async_task(NOTE, "arrived", 0)
    time.sleep(0.2)
    return len(set(who("arrived"))) == 2


def test_two_clusters_do_each_of_a_hundred_jobs_once(tmp_path: Path) -> None:
    with cluster(tmp_path / "one.log"), cluster(tmp_path / "two.log"):
        until(both_arrived, "a cluster did not start")
        with transaction.atomic():
            for number in range(JOBS):
                async_task(NOTE, "did", number)
        until(lambda: not OrmQ.objects.exists(), "the queue was not worked off")
    done = AuditEntry.objects.filter(action="did").values_list("detail", flat=True)
    assert sorted(detail["number"] for detail in done) == list(range(JOBS))
    assert len(set(who("did"))) == 2
    assert not Task.objects.filter(success=False).exists()
    assert Task.objects.count() == JOBS + len(who("arrived"))
