"""One run of a job at a time, from however many processes."""

import os
import subprocess
import sys
import time
from typing import Any

import pytest
from django.conf import settings

from etsy.models import Listing
from stickertrendz.ops.models import Run
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.children import PATIENCE, database_url, fork, held, jobs, run
from stickertrendz.tests.making import make_sticker

pytestmark = pytest.mark.django_db(transaction=True)
publisher = jobs("publisher")


def on_etsy(sandbox: Sandbox) -> list[dict[str, Any]]:
    world: Any = sandbox.worlds["etsy"]
    return list(world.listings.values())


def runs() -> list[tuple[str, str]]:
    return list(Run.objects.filter(workflow="publisher").order_by("pk").values_list("status", "asked_by"))


def test_while_one_process_publishes_the_other_does_nothing_and_exits_0(shop: Sandbox) -> None:
    make_sticker()
    with held(shop, publisher, "etsy", "createDraftListing", "after") as first:
        before = len(shop.calls())
        assert run(shop, publisher) == 0
        assert len(shop.calls()) == before
        assert runs() == [("running", "schedule")]
        shop.holds.release()
        assert first.wait() == 0
    assert runs() == [("completed", "schedule"), ("completed", "asked for while it ran")]
    assert [one["state"] for one in on_etsy(shop)] == ["active"]


def test_the_command_says_that_the_lock_is_held(shop: Sandbox) -> None:
    make_sticker()
    with held(shop, publisher, "etsy", "uploadListingImage"):
        command = subprocess.run(
            [sys.executable, "manage.py", "run_job", "publisher"],
            cwd=settings.BASE_DIR,
            env={**os.environ, "DATABASE_URL": database_url()},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    words = "publisher: the lock is held by a run under way, which will run once more\n"
    assert (command.returncode, command.stdout) == (0, words), command.stderr


def test_processes_that_start_at_the_same_moment_make_each_listing_once(shop: Sandbox) -> None:
    for topic in ("otters holding hands", "sleepy fox"):
        make_sticker(topic)
    start = time.monotonic() + 0.2

    def race() -> int:
        time.sleep(max(0.0, start - time.monotonic()))
        return publisher()

    with fork(shop, race) as one, fork(shop, race) as two, fork(shop, race) as three:
        assert [child.wait() for child in (one, two, three)] == [0, 0, 0]
    assert {status for status, _ in runs()} == {"completed"}
    assert [one["state"] for one in on_etsy(shop)] == ["active", "active"]
    assert set(Listing.objects.values_list("status", flat=True)) == {"active"}
