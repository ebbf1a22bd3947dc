"""One picture bought, or to be bought, for one variant of a trend's designs."""

from typing import ClassVar

from django.db import models

from stickertrendz import clock
from stickertrendz.ops.work import WorkItem


class Generation(WorkItem):
    class Status(models.TextChoices):
        PLANNED = "planned"
        ORDERED = "ordered", "Being drawn"
        COLLECTED = "collected", "Picture is here"
        PASSED = "passed"
        QUALITY_FAILED = "quality_failed"
        FAILED = "failed"

    MOVES: ClassVar[dict[str, set[str]]] = {
        "planned": {"ordered", "failed"},
        "ordered": {"collected", "quality_failed", "failed"},
        "collected": {"passed", "quality_failed", "failed"},
        "passed": set(),
        "quality_failed": set(),
        "failed": set(),
    }

    trend = models.ForeignKey("trends.Trend", models.PROTECT, related_name="generations")
    variant = models.PositiveSmallIntegerField()
    try_no = models.PositiveSmallIntegerField(default=0, help_text="0 for the first picture, then 1 and 2.")
    composition = models.CharField(max_length=60, blank=True)
    prompt = models.TextField()
    prompt_version = models.CharField(max_length=30, blank=True, help_text="Of the shop's style around the concept.")
    concept_version = models.CharField(
        max_length=30,
        blank=True,
        help_text="Of the prompt the model wrote the concept for; empty when a person wrote it.",
    )
    model_version = models.CharField(max_length=64)
    seed = models.BigIntegerField()
    prediction_id = models.CharField(max_length=64, blank=True)
    ordered_at = models.DateTimeField(null=True, blank=True)
    original_key = models.CharField(max_length=200, blank=True)
    predict_seconds = models.FloatField(null=True, blank=True)
    cost_micro = models.BigIntegerField(default=0, help_text="Micro-dollars.")
    numbers = models.JSONField(default=dict, blank=True, help_text="What the quality checks measured.")
    checks = models.JSONField(
        default=list, blank=True, help_text="Each quality check as it was judged: name, label, number, limit, ok."
    )
    failures = models.JSONField(default=list, blank=True, help_text="Why it is no sticker, each as “kind: words”.")
    marked_key = models.CharField(max_length=200, blank=True, help_text="The picture with its failures drawn on it.")
    made_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="remade",
        help_text="The picture that a person had drawn once more.",
    )  # fmt: skip
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["trend", "variant", "try_no"], name="one_generation_per_try")]
        indexes = [
            models.Index(fields=["status", "status_since"], name="generation_status"),
            models.Index(fields=["-created_at"], name="generation_created"),
            models.Index(fields=["prediction_id"], name="generation_prediction"),
            models.Index(fields=["id"], name="generation_parked", condition=~models.Q(needs_attention="")),
        ]

    def __str__(self) -> str:
        return f"{self.trend} no. {self.variant}, try {self.try_no + 1}"
