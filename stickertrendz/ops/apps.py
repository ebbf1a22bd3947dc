"""App configuration of the cross-cutting parts."""

from django.apps import AppConfig
from django.core.checks import register

from . import checks


class OpsConfig(AppConfig):
    name = "stickertrendz.ops"
    label = "ops"
    verbose_name = "Operations"

    def ready(self) -> None:
        for check in checks.ALL:
            register(check)
