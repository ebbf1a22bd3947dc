"""App configuration of the jobs across apps."""

from django.apps import AppConfig


class HousekeepingConfig(AppConfig):
    name = "stickertrendz.housekeeping"
    label = "housekeeping"
