"""What is kept so that a verdict can be looked into: candidates of a cycle, and scores asked for again."""

from typing import ClassVar

from django.db import models

from stickertrendz import clock, money
from stickertrendz.ops.work import WorkItem

from .trend import Trend


class Cycle(models.Model):
    """What one run found, and why each candidate went on or stayed behind. Kept 30 days."""

    run = models.OneToOneField("ops.Run", models.CASCADE, related_name="cycle")
    topics = models.PositiveIntegerField(help_text="Topics found in the posts and searches of the last day.")
    candidates = models.JSONField(
        default=list, help_text="topic, rank, parts, evidence, fate, why, trend of the likeliest."
    )
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"Cycle of {self.created_at:%d %b %H:%M}"


class Replay(WorkItem):
    """A score asked for once more, to be compared with the trend's own. It changes nothing until it is taken over."""

    class Status(models.TextChoices):
        ASKED = "asked", "Waiting for the model"
        DONE = "done", "Answered"
        TAKEN = "taken", "Taken over by the trend"

    MOVES: ClassVar[dict[str, set[str]]] = {"asked": {"done"}, "done": {"taken"}, "taken": set()}

    trend = models.ForeignKey(Trend, models.CASCADE, related_name="replays")
    transcript = models.ForeignKey(
        "ops.Transcript", models.SET_NULL, null=True, blank=True, related_name="+",
        help_text="The request sent again word for word; empty when today's prompt and evidence are used.",
    )  # fmt: skip
    samples = models.PositiveSmallIntegerField(default=1)
    found = models.JSONField(default=dict, blank=True, help_text="The new score, as the trend would carry it.")
    cost_micro = models.BigIntegerField(default=0, help_text="Micro-dollars.")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["status", "status_since"], name="replay_status")]

    def __str__(self) -> str:
        return f"Replay {self.pk} of “{self.trend.topic}”"

    @property
    def cost(self) -> str:
        return f"${money.from_micro(self.cost_micro)}"
