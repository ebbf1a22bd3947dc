"""App configuration of stickers."""

from django.apps import AppConfig
from django.core.checks import register

from .mockup_templates import templates_are_sound


class StickersConfig(AppConfig):
    name = "stickers"

    def ready(self) -> None:
        register(templates_are_sound)
