"""App configuration of pricing."""

from django.apps import AppConfig


class PricingConfig(AppConfig):
    name = "pricing"
