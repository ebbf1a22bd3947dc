"""Runs one job now, as the queue would."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stickertrendz.ops import joblist, runner
from stickertrendz.ops.management import migrated
from stickertrendz.ops.models import Run


class Command(BaseCommand):
    help = "Run one job now, as the queue would. Exit code 1 only when it could not do its work at all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="a name that list_jobs prints")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        if name not in joblist.jobs():
            raise CommandError(f"there is no job {name!r}; the jobs are: {', '.join(joblist.jobs())}")
        migrated.require()
        before = Run.objects.filter(workflow=name).first()
        code, _ = runner.run_job(name, by="manage.py")
        run = Run.objects.filter(workflow=name).first()
        self.stdout.write(self._words(name, run if run != before else None, code))
        sys.exit(code)

    def _words(self, name: str, run: Run | None, code: int) -> str:
        if run is None or run.status == Run.Status.RUNNING:
            return (
                f"{name}: not run, see above"
                if code
                else f"{name}: the lock is held by a run under way, which will run once more"
            )
        counts = ", ".join(f"{key} {value}" for key, value in run.counts.items())
        parts = [f"{name}: {run.status}", counts or "nothing to do", f"{run.left} left" if run.left else "", run.note]
        return "; ".join(part for part in parts if part)
