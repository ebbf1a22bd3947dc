"""How the shop was found and bought from, week by week."""

from django.db import models

from stickertrendz import clock


class SearchWeek(models.Model):
    """What the mail of that Monday told: figures of the 28 days before it."""

    monday = models.DateField(unique=True)
    listings = models.PositiveIntegerField(help_text="On sale and with known views.")
    views = models.PositiveIntegerField()
    sales = models.PositiveIntegerField()
    unbought = models.PositiveIntegerField(null=True, help_text="Listings with many views and few sales.")
    unseen = models.PositiveIntegerField(null=True, help_text="Listings with few views.")
    told_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-monday"]

    def __str__(self) -> str:
        return f"week of {self.monday:%-d %B %Y}"
