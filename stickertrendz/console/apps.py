"""App configuration of the console, and of the admin site it is made of."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.core.checks import register
from django.db.models.signals import post_migrate

from . import roles, security


class SiteConfig(admin_apps.AdminConfig):
    default = False
    default_site = "stickertrendz.console.site.Console"


class ConsoleConfig(AppConfig):
    name = "stickertrendz.console"
    label = "console"

    def ready(self) -> None:
        """The console is the last app, so that every app's permissions are there when its roles are made."""
        post_migrate.connect(roles.sync, sender=self)
        register(security.second_factor_is_required)
