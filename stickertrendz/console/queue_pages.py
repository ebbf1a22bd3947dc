"""The queue's own tables in the theme."""

from django.contrib import admin
from django_q.models import Failure, OrmQ, Schedule, Success

from .rows import ReadOnlyAdmin

for model in (Failure, OrmQ, Schedule, Success):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(Schedule)
class ScheduleAdmin(ReadOnlyAdmin):
    about = (
        "The queue's own copy of the schedule, written by sync_schedule. "
        "To see how jobs fare, or to run one now, open Jobs."
    )
    list_display = ("name", "cron", "next_run")
    search_fields = ("name",)


@admin.register(OrmQ)
class WaitingAdmin(ReadOnlyAdmin):
    about = (
        "What was asked for and is waiting for a worker, or in one's hands. It empties by itself while a worker lives."
    )
    list_display = ("id", "group", "lock")
    search_fields = ("key",)


@admin.register(Success)
class SuccessAdmin(ReadOnlyAdmin):
    about = (
        "The last jobs that workers brought to an end, as the queue counts them. What came of each is told under Runs."
    )
    list_display = ("group", "started", "stopped", "time_taken")
    search_fields = ("group", "name")


@admin.register(Failure)
class FailureAdmin(ReadOnlyAdmin):
    about = "Jobs that died in a worker's hands. The queue does not repeat them; the next run takes up what was left."
    list_display = ("group", "started", "stopped", "result")
    search_fields = ("group", "name")
