"""Complaints about a listing, and the clock they start."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models

from stickertrendz import clock
from stickertrendz.ops.work import WorkItem

from .listing import Listing

WITHIN = timedelta(hours=24)
URGENT = timedelta(hours=6)


class TakedownNotice(WorkItem):
    class Status(models.TextChoices):
        RECEIVED = "received"
        DOWN = "down", "Delisted, not judged yet"
        VALID = "valid"
        QUESTIONABLE = "questionable"
        WITHDRAWN = "withdrawn"
        CLEARED = "cleared", "Relisted on advice"

    MOVES: ClassVar[dict[str, set[str]]] = {
        "received": {"down"},
        "down": {"valid", "questionable", "withdrawn"},
        "questionable": {"valid", "withdrawn", "cleared"},
        "valid": set(),
        "withdrawn": set(),
        "cleared": set(),
    }

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="takedowns")
    received_at = models.DateTimeField(help_text="The 24 hours run from here.")
    complainant = models.CharField(max_length=200)
    claim = models.TextField()
    delisted_at = models.DateTimeField(null=True, blank=True)
    judged_by = models.CharField(max_length=150, blank=True)
    advice = models.TextField(blank=True, help_text="The advice that allows relisting, when there is one.")
    advised_on = models.DateField(null=True, blank=True, help_text="The day on which the advice was received.")
    look_alike_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="look_alikes",
        help_text="The notice with which this listing was taken down as well.",
    )  # fmt: skip

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["listing", "received_at", "complainant"], name="one_row_per_complaint")
        ]

    def __str__(self) -> str:
        return f"{self.complainant} about {self.listing}"

    @property
    def due_at(self) -> datetime:
        """By then the listing is off sale."""
        return self.received_at + WITHIN

    @property
    def left(self) -> timedelta:
        """What is left of the 24 hours; below zero when they are over."""
        return self.due_at - clock.now()

    @property
    def is_urgent(self) -> bool:
        """Still on sale with less than six hours to go."""
        return self.status == self.Status.RECEIVED and self.left < URGENT
