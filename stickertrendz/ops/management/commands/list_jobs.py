"""Lists every job with its schedule and last run."""

from typing import Any

from django.core.management.base import BaseCommand

from stickertrendz.ops import joblist
from stickertrendz.ops.management import migrated
from stickertrendz.ops.models import Run


class Command(BaseCommand):
    help = "List every job with its schedule and last run."

    def handle(self, *args: Any, **options: Any) -> None:
        migrated.require()
        for job in joblist.jobs().values():
            last = Run.objects.filter(workflow=job.name).first()
            when = f"{last.status} at {last.started_at:%Y-%m-%d %H:%M}" if last else "never run"
            self.stdout.write(f"{job.name:20} {job.cron:14} {when:32} {job.why}")
