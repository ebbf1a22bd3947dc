"""Commands on a database without tables, or without a server: one sentence that says what to do, no traceback."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.migrations.recorder import MigrationRecorder

COMMANDS = (
    "list_jobs", "run_job heartbeat", "sync_schedule", "reconcile", "etsy_preflight", "import_etsy_orders x.csv",
    "etsy_authorize", "etsy_setup", "etsy_rehearse", "price_plan", "revert_prices 1 --offer 1", "purge_pii --due",
    "import_terms --shipped", "backfill_trends x.jsonl", "replay_score 1", "rotate_keys", "open_sign_in somebody",
)  # fmt: skip


def said(command: str, url: str, folder: Path) -> str:
    environment = {**os.environ, "DATABASE_URL": url, "VAR_DIR": str(folder)}
    call = [sys.executable, str(settings.BASE_DIR / "manage.py"), *command.split()]
    done = subprocess.run(call, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.django_db
@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_that_lacks_a_migration_is_told_of_before_anything_is_done(command: str) -> None:
    call_command("list_jobs", stdout=StringIO())
    MigrationRecorder.Migration.objects.filter(app="ops").delete()
    with pytest.raises(CommandError, match=r"run manage\.py migrate first"):
        call_command(*command.split())


@pytest.mark.long
def test_before_migrate_it_says_to_migrate_first(tmp_path: Path) -> None:
    assert "run manage.py migrate first" in said("list_jobs", "", tmp_path)


@pytest.mark.long
def test_without_a_server_it_says_to_start_it(tmp_path: Path) -> None:
    told = said("list_jobs", "postgres://nobody:x@127.0.0.1:9/none", tmp_path)
    assert "start it, or correct DATABASE_URL" in told
