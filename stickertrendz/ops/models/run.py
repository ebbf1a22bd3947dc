"""One row per run of a job; the row in status running is the job's lock."""

from decimal import Decimal

from django.db import models

from stickertrendz import money


class Run(models.Model):
    class Status(models.TextChoices):
        RUNNING = "running"
        COMPLETED = "completed"
        PARTIAL = "partial"
        FAILED = "failed"
        ABANDONED = "abandoned"

    workflow = models.CharField(max_length=40)
    status = models.CharField(max_length=12, choices=Status, default=Status.RUNNING)
    asked_by = models.CharField(max_length=150, default="schedule")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField()
    again = models.BooleanField(default=False, help_text="Asked for while it ran: it runs once more.")
    left = models.PositiveIntegerField(default=0, help_text="Due rows not reached within the time box.")
    counts = models.JSONField(default=dict, blank=True)
    note = models.TextField(blank=True)
    errors_count = models.PositiveIntegerField(default=0)
    api_calls = models.PositiveIntegerField(default=0)
    ai_cost_micro = models.BigIntegerField(default=0, help_text="Micro-dollars.")

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["workflow"], condition=models.Q(status="running"), name="one_running_run_per_job"
            )
        ]
        indexes = [
            models.Index(fields=["workflow", "-started_at"], name="run_workflow_started"),
            models.Index(fields=["-started_at"], name="run_started"),
            models.Index(fields=["id"], name="run_noted", condition=~models.Q(note="")),
        ]

    def __str__(self) -> str:
        return f"{self.workflow} #{self.pk}"

    @property
    def seconds(self) -> float | None:
        return (self.ended_at - self.started_at).total_seconds() if self.ended_at else None

    @property
    def ai_cost(self) -> Decimal:
        return money.from_micro(self.ai_cost_micro)
