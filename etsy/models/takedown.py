"""Complaints about a listing, and the clock they start."""

from typing import ClassVar

from django.db import models

from stickertrendz.ops.work import WorkItem

from .listing import Listing


class TakedownNotice(WorkItem):
    class Status(models.TextChoices):
        RECEIVED = "received"
        DOWN = "down", "Delisted, not judged yet"
        VALID = "valid"
        QUESTIONABLE = "questionable"
        WITHDRAWN = "withdrawn"

    MOVES: ClassVar[dict[str, set[str]]] = {
        "received": {"down"},
        "down": {"valid", "questionable", "withdrawn"},
        "questionable": {"valid", "withdrawn"},
        "valid": set(),
        "withdrawn": set(),
    }

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="takedowns")
    received_at = models.DateTimeField(help_text="The 24 hours run from here.")
    complainant = models.CharField(max_length=200)
    claim = models.TextField()
    delisted_at = models.DateTimeField(null=True, blank=True)
    judged_by = models.CharField(max_length=150, blank=True)
    advice = models.TextField(blank=True, help_text="The advice that allows relisting, when there is one.")

    class Meta:
        ordering = ["-received_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.complainant} about {self.listing}"
