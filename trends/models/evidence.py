"""Where trends come from: sources, and what they saw."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from stickertrendz import clock


class Source(models.Model):
    """One subreddit or one country's searches; a dead source is a calm state with a reason."""

    class Kind(models.TextChoices):
        REDDIT = "reddit"
        GOOGLE = "google_trends", "Google trending searches"
        BREAKOUT = "google_breakout", "Google breakout queries"

    class State(models.TextChoices):
        FRESH = "fresh", "Not asked yet"
        GOOD = "good"
        DEAD = "dead"
        OFF = "off", "Switched off in the settings"

    kind = models.CharField(max_length=20, choices=Kind)
    place = models.CharField(max_length=60, help_text="Subreddit, or country code.")
    enabled = models.BooleanField(default=True)
    weight = models.FloatField(
        default=1.0,
        validators=[MinValueValidator(0.1), MaxValueValidator(10)],
        help_text="Above 1, what is seen here counts for more; below, for less.",
    )
    baseline = models.FloatField(null=True, blank=True, help_text="Usual score gained per hour by a rising post.")
    state = models.CharField(max_length=8, choices=State, default=State.FRESH)
    reason = models.TextField(blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    last_good_at = models.DateTimeField(null=True, blank=True)
    dead_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="Looks in a row that gave nothing.")
    next_try_at = models.DateTimeField(null=True, blank=True, help_text="While it is dead it is asked less often.")
    mark = models.CharField(max_length=200, blank=True, help_text="What it gave us to be told only news.")

    class Meta:
        ordering = ["kind", "place"]
        constraints = [models.UniqueConstraint(fields=["kind", "place"], name="one_source_per_place")]

    def __str__(self) -> str:
        return f"r/{self.place}" if self.kind == self.Kind.REDDIT else f"{self.get_kind_display()} {self.place}"

    @property
    def platform(self) -> str:
        """Who is asked in the end: a breakout query and a trending search are one service's word."""
        return self.Kind.GOOGLE.value if self.kind == self.Kind.BREAKOUT else self.kind


class Signal(models.Model):
    """One post or search as last seen, with the reading before it for its velocity. No author names."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="signals")
    native_id = models.CharField(max_length=120)
    text = models.CharField(max_length=500, blank=True)
    url = models.CharField(max_length=500, blank=True)
    score = models.IntegerField(null=True, blank=True)
    comments = models.IntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    observed_at = models.DateTimeField(default=clock.now)
    score_before = models.IntegerField(null=True, blank=True)
    observed_before = models.DateTimeField(null=True, blank=True)
    looks = models.PositiveIntegerField(default=1, help_text="In how many looks, half an hour apart, it was met.")

    class Meta:
        ordering = ["-observed_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["source", "native_id"], name="one_signal_per_post")]
        indexes = [
            models.Index(fields=["-observed_at"], name="signal_observed"),
            models.Index(fields=["source", "-observed_at"], name="signal_of_source"),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    def numbers(self) -> str:
        """Where it was seen and how it does, in the words shown to the operator and the model."""
        if self.score is None:
            return str(self.source)
        if self.source.platform == Source.Kind.GOOGLE:
            return f"{self.source}, {self.score} searches"
        comments = f", {self.comments} comments" if self.comments is not None else ""
        return f"{self.source}, {self.score} points{comments}, {self.per_hour():.0f} points/h"

    def per_hour(self) -> float:
        """Score gained per hour since the reading before, or since it was posted."""
        since, before = self.observed_before or self.created_at, self.score_before or 0
        hours = max(0.5, (self.observed_at - since).total_seconds() / 3600)
        return max(0.0, ((self.score or 0) - before) / hours)
