"""A trend: what people start to care about, from the first evidence to the last listing."""

from typing import ClassVar

from django.db import models

from stickertrendz import clock
from stickertrendz.ops.work import WorkItem

from .evidence import Signal


class Trend(WorkItem):
    class Status(models.TextChoices):
        FOUND = "found", "Found, not scored yet"
        WATCHING = "watching", "Watching: scored below the threshold"
        UNSAFE = "unsafe"
        QUEUED = "queued", "Queued for the next cycle"
        DISCOVERED = "discovered"
        PROCESSING = "processing", "Designs are being made"
        GENERATED = "generated"
        QUALITY_FAILED = "quality_failed"
        GENERATION_FAILED = "generation_failed"
        PUBLISHED = "published"
        ARCHIVED = "archived"

    MOVES: ClassVar[dict[str, set[str]]] = {
        "found": {"watching", "unsafe", "queued", "discovered", "archived"},
        "watching": {"watching", "unsafe", "queued", "discovered", "archived"},
        "queued": {"queued", "watching", "discovered", "unsafe", "archived"},
        "discovered": {"processing", "generation_failed", "archived"},
        "processing": {"generated", "quality_failed", "generation_failed"},
        "generated": {"published", "processing", "archived"},
        "quality_failed": {"processing", "discovered", "archived"},
        "generation_failed": {"processing", "discovered", "archived"},
        "published": {"archived", "processing"},
        "archived": set(),
        "unsafe": {"found"},  # only by the owner's word, to be scored anew
    }

    topic = models.CharField(max_length=200)
    topic_normalized = models.CharField(max_length=200, help_text="Sorted stems; equal means the same trend.")
    episode = models.PositiveSmallIntegerField(default=1)
    keywords = models.JSONField(default=list)
    sources = models.JSONField(default=list)
    rank = models.FloatField(default=0)
    rank_parts = models.JSONField(default=dict, blank=True)
    score_velocity = models.PositiveSmallIntegerField(null=True, blank=True)
    score_commercial = models.PositiveSmallIntegerField(null=True, blank=True)
    score_safety = models.PositiveSmallIntegerField(null=True, blank=True)
    score_uniqueness = models.PositiveSmallIntegerField(null=True, blank=True)
    score_overall = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)
    score_spread = models.DecimalField(
        max_digits=4, decimal_places=2, null=True, blank=True, help_text="Highest minus lowest sample."
    )
    reasoning = models.TextField(blank=True)
    model = models.CharField(max_length=60, blank=True)
    prompt_version = models.CharField(max_length=30, blank=True)
    scored_at = models.DateTimeField(null=True, blank=True)
    shut_why = models.CharField(
        max_length=200, blank=True, help_text="Why this topic gets no new designs, whatever is seen; empty when open."
    )
    scored_evidence = models.PositiveIntegerField(default=0, help_text="Signals known when it was last scored.")
    signals = models.ManyToManyField(Signal, related_name="trends", blank=True)
    created_at = models.DateTimeField(default=clock.now)
    last_seen_at = models.DateTimeField(default=clock.now)
    let_through_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was let through to be drawn, last by a person where one asked."
    )

    class Meta:
        ordering = ["-created_at", "-pk"]
        permissions = [("doubt_unsafe", "Can have an unsafe topic scored anew")]
        constraints = [
            models.UniqueConstraint(fields=["topic_normalized", "episode"], name="one_trend_per_topic_and_episode")
        ]
        indexes = [
            models.Index(fields=["status", "status_since"], name="trend_status"),
            models.Index(fields=["-created_at"], name="trend_created"),
            models.Index(fields=["id"], name="trend_parked", condition=~models.Q(needs_attention="")),
        ]

    def __str__(self) -> str:
        return self.topic

    @property
    def is_shut(self) -> bool:
        """No new designs, no new episode: found unsafe, or shut by a person or a complaint."""
        return bool(self.shut_why) or self.status == self.Status.UNSAFE

    @property
    def age_days(self) -> float:
        return (clock.now() - self.created_at).total_seconds() / 86400


class TrendKeyword(models.Model):
    """Stems that a like topic must share to be the same trend; one row for each such choice of a trend's stems."""

    trend = models.ForeignKey(Trend, models.CASCADE, related_name="stems")
    key = models.CharField(max_length=210, help_text="How many stems the trend has, and enough of them, sorted.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "trend"], name="one_row_per_key_and_trend")]

    def __str__(self) -> str:
        return self.key


class MergeGate(models.Model):
    """One row, locked while a topic is looked up and stored, so that two workers never store one trend twice."""

    passed = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"passed {self.passed} times"
