"""App configuration of fulfillment."""

from django.apps import AppConfig


class FulfillmentConfig(AppConfig):
    name = "fulfillment"
