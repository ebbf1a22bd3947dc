"""Writes the job list into the queue's schedule table."""

from typing import Any

from django.core.management.base import BaseCommand
from django_q.models import Schedule

from stickertrendz.ops import joblist
from stickertrendz.ops.management import migrated


class Command(BaseCommand):
    help = "Make the queue's schedules equal to schedule.py. Safe to repeat; schedules not listed there are removed."

    def handle(self, *args: Any, **options: Any) -> None:
        migrated.require()
        listed = joblist.jobs()
        for job in listed.values():
            Schedule.objects.update_or_create(
                name=job.name,
                defaults={
                    "func": "stickertrendz.ops.runner.work", "args": f"'{job.name}'", "schedule_type": Schedule.CRON,
                    "cron": job.cron, "repeats": -1,
                },
            )  # fmt: skip
        removed, _ = Schedule.objects.exclude(name__in=listed).delete()
        self.stdout.write(f"{len(listed)} jobs scheduled, {removed} removed")
