"""People and groups, and the queue's own tables, in the theme."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django_q.models import Failure, OrmQ, Schedule, Success
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from .rows import ConsoleAdmin, ReadOnlyAdmin

for model in (User, Group, Failure, OrmQ, Schedule, Success):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(User)
class PeopleAdmin(UserAdmin, ConsoleAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm


@admin.register(Group)
class RolesAdmin(GroupAdmin, ConsoleAdmin):
    pass


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
