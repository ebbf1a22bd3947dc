"""App configuration of the console, which is Django's admin site."""

from django.contrib.admin.apps import AdminConfig


class ConsoleConfig(AdminConfig):
    default_site = "stickertrendz.console.site.Console"
