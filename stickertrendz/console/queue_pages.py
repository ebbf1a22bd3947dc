"""The queue's own tables in the theme."""

from django.contrib import admin
from django_q.models import Failure, OrmQ, Schedule, Success

from .rows import ReadOnlyAdmin

for model in (Failure, OrmQ, Schedule, Success):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(Schedule)
class ScheduleAdmin(ReadOnlyAdmin):
    list_display = ("name", "cron", "next_run")
    search_fields = ("name",)


@admin.register(OrmQ)
class WaitingAdmin(ReadOnlyAdmin):
    list_display = ("id", "group", "lock")
    search_fields = ("key",)


@admin.register(Success)
class SuccessAdmin(ReadOnlyAdmin):
    list_display = ("group", "started", "stopped", "time_taken")
    search_fields = ("group", "name")


@admin.register(Failure)
class FailureAdmin(ReadOnlyAdmin):
    list_display = ("group", "started", "stopped", "result")
    search_fields = ("group", "name")
