"""Blocklist terms, and the topics they shut out."""

from django.db import models

from stickertrendz import clock


class Term(models.Model):
    """A protected name or an unwanted word; `folded` is what texts are matched against."""

    class Kind(models.TextChoices):
        TRADEMARK = "trademark"
        KEYWORD = "keyword"

    class Match(models.TextChoices):
        WORD = "word", "Anywhere as whole words"
        PHRASE = "phrase", "Only as exactly these words"
        BRAND = "brand", "Only in a brand context"

    text = models.CharField(max_length=120)
    folded = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind)
    section = models.CharField(max_length=40, blank=True)
    match = models.CharField(max_length=8, choices=Match, default=Match.WORD)
    origin = models.CharField(max_length=60, default="seed file")
    added_by = models.CharField(max_length=150, blank=True)
    added_at = models.DateTimeField(default=clock.now)
    retired_at = models.DateTimeField(null=True, blank=True)
    revision = models.BigIntegerField(default=0, db_index=True, help_text="The change of the lists that it came with.")

    class Meta:
        ordering = ["kind", "section", "text"]
        constraints = [models.UniqueConstraint(fields=["kind", "folded"], name="one_term_per_kind")]

    def __str__(self) -> str:
        return self.text


class BlocklistRevision(models.Model):
    """One row: how often the lists changed. It stays locked while a change is written, so numbers commit in order."""

    number = models.BigIntegerField(default=1)
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"change {self.number}"


class BlockedTopic(models.Model):
    """A topic kept out by a term, counted per day so that a wrong block is seen."""

    topic = models.CharField(max_length=200)
    day = models.DateField()
    term = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Term.Kind)
    listed = models.ForeignKey(Term, models.SET_NULL, null=True, blank=True, related_name="blocked_topics")
    count = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-day", "-count"]
        constraints = [models.UniqueConstraint(fields=["topic", "day"], name="one_blocked_topic_per_day")]

    def __str__(self) -> str:
        return f"{self.topic} ({self.term})"
