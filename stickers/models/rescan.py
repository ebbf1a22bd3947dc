"""Looks for new blocklist terms in designs that passed before, and the owner's exemptions from a term."""

from django.db import models
from django.db.models import Q

from stickertrendz import clock

from .sticker import Sticker


class Rescan(models.Model):
    """One look through all designs for the terms of the changes `after` < revision <= `until`.

    `cursor` is the last design looked at: what was interrupted goes on behind it.
    """

    after = models.BigIntegerField()
    until = models.BigIntegerField()
    cursor = models.BigIntegerField(default=0)
    looked_at = models.PositiveIntegerField(default=0, help_text="Designs looked at.")
    found = models.PositiveIntegerField(default=0, help_text="Designs in which a term was found.")
    asked_by = models.CharField(
        max_length=150, blank=True, help_text="Who asked for it; empty when it was the night's."
    )
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"re-scan {self.pk}"


class Exemption(models.Model):
    """The owner's word that a design stays on sale although it hits this term; withdrawn ones stay on record."""

    sticker = models.ForeignKey(Sticker, models.CASCADE, related_name="exemptions")
    term = models.ForeignKey("trends.Term", models.PROTECT, related_name="exemptions")
    by = models.CharField(max_length=150)
    why = models.CharField(max_length=300)
    at = models.DateTimeField(default=clock.now)
    withdrawn_by = models.CharField(max_length=150, blank=True)
    withdrawn_why = models.CharField(max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sticker", "term"], condition=Q(withdrawn_at=None), name="one_exemption_in_force"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sticker.number} from “{self.term}”"
