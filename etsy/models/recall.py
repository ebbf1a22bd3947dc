"""Recalls: a whole batch of designs taken off sale by one decision."""

from django.db import models

from stickertrendz import clock


class Recall(models.Model):
    """What was asked for, never changed afterwards. Its designs carry its mark in `shelf_why` while they are off."""

    class Kind(models.TextChoices):
        CREATED = "created", "Designs made in a span of time"
        PUBLISHED = "published", "Designs put on sale in a span of time"
        RUN = "run", "Designs drawn in a run"
        PROMPT = "prompt", "Designs of a prompt version"
        MODEL = "model", "Designs of a model version"
        TREND = "trend", "Designs of a trend"

    kind = models.CharField(max_length=10, choices=Kind)
    value = models.CharField(max_length=80, blank=True, help_text="Number or version; empty for a span of time.")
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=150)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=clock.now)
    designs = models.PositiveIntegerField(help_text="Designs taken off sale.")

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"recall {self.pk}"

    @property
    def mark(self) -> str:
        """How `shelf_why` begins of a design that this recall keeps off sale."""
        return f"recall {self.pk}: "
