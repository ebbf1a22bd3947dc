"""App configuration of stickers."""

from django.apps import AppConfig


class StickersConfig(AppConfig):
    name = "stickers"
