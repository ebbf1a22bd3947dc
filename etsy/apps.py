"""App configuration of etsy."""

from django.apps import AppConfig


class EtsyConfig(AppConfig):
    name = "etsy"
