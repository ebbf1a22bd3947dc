"""App configuration of the console, and of the admin site it is made of."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class SiteConfig(admin_apps.AdminConfig):
    default = False
    default_site = "stickertrendz.console.site.Console"


class ConsoleConfig(AppConfig):
    name = "stickertrendz.console"
    label = "console"
