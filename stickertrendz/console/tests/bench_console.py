"""The console with two years of rows: every list, search, filter, step, row and own page, and the front page.

What is judged is the processor time of a request, here and in PostgreSQL's process for this connection: the time it
takes on a machine that does nothing else, which cannot be told apart from waiting on one that does.
`BENCH_STICKERS` says how many designs there are, with ten order lines each.
"""

import os
import time
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client

from stickertrendz.testing import Bench

from .visits import Visit, visits

pytestmark = [pytest.mark.bench, pytest.mark.django_db, pytest.mark.timeout(3600)]
LIMIT = 0.3  # seconds
SHOWN = 25
ROUNDS = 5  # requests of each page; a page above the limit is asked as often again, for its neighbours may have slept


def stickers() -> int:
    """All of them on PostgreSQL, a tenth on SQLite, which is not what a shop of that size runs on."""
    return int(os.environ.get("BENCH_STICKERS", "100000" if connection.vendor == "postgresql" else "10000"))


def processor_time() -> float:
    """Seconds used so far by this process and by the database's for this connection."""
    ours = time.process_time()
    if connection.vendor != "postgresql":
        return ours
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    return ours + int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def took(client: Client, url: str) -> float:
    start = processor_time()
    status = client.get(url).status_code
    assert status < 500, f"{url}: {status}"
    return processor_time() - start


def p95(client: Client, url: str) -> float:
    """Of warm requests; with so few of them the slowest. The better of two tries where the first is above the limit."""
    took(client, url)
    first = max(took(client, url) for _ in range(ROUNDS))
    return first if first <= LIMIT else min(first, max(took(client, url) for _ in range(ROUNDS)))


def test_every_page_answers_within_a_third_of_a_second(client: Client, settings: LazySettings, bench: Bench) -> None:
    settings.DEBUG = False
    size = stickers()
    begun = time.monotonic()
    call_command("seed_load", stickers=size, order_lines=10 * size)
    name = f"{size:,} stickers, {10 * size:,} order lines"
    bench.figure(f"seed_load of {name}", time.monotonic() - begun, "s")
    client.force_login(User.objects.create_superuser("owner"))
    pages = [Visit("front page", "/admin/"), *visits()]
    measured = sorted(((p95(client, visit.url), visit) for visit in pages), key=lambda one: -one[0])
    bench.figure(f"pages measured, the {SHOWN} slowest below, load {os.getloadavg()[0]:.1f}", len(measured), "pages")
    for seconds, visit in measured[:SHOWN]:
        bench.figure(f"{visit.kind}: {visit.url}", 1000 * seconds, "ms")
    wrong = [(round(seconds, 3), visit.url) for seconds, visit in measured if seconds > LIMIT]
    assert not wrong, f"load {os.getloadavg()[0]:.1f}; above {LIMIT} s: {wrong}"
