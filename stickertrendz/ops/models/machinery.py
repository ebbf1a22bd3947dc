"""Rows the machinery turns on: calls, intents, meters, switches, health and the database's stamp."""

from typing import ClassVar

from django.db import models


class Stamp(models.Model):
    """Which mode and shop this database belongs to; there is one row."""

    mode = models.CharField(max_length=10)
    shop_id = models.BigIntegerField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.mode} database of shop {self.shop_id}"


class Call(models.Model):
    """One request to an outside service: never its body, only what it was, cost and came to."""

    OPEN: ClassVar[str] = "open"

    run = models.ForeignKey("ops.Run", models.SET_NULL, null=True, blank=True, related_name="calls")
    service = models.CharField(max_length=20)
    operation = models.CharField(max_length=60)
    subject = models.CharField(max_length=80, blank=True)
    outcome = models.CharField(max_length=20, default="open")
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    at = models.DateTimeField()
    ms = models.PositiveIntegerField(null=True, blank=True)
    cost_micro = models.BigIntegerField(default=0, help_text="Micro-dollars.")
    reserved = models.JSONField(default=list, blank=True, help_text="Meters this call holds until it is settled.")
    quota_limit = models.PositiveIntegerField(null=True, blank=True)
    quota_left = models.PositiveIntegerField(null=True, blank=True)
    request_id = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["-at"], name="call_at"),
            models.Index(fields=["service", "-at"], name="call_service_at"),
            models.Index(fields=["outcome", "at"], name="call_outcome_at"),
            models.Index(fields=["subject", "-at"], name="call_subject_at"),
            models.Index(fields=["operation", "-at"], name="call_operation_at"),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.operation} ({self.outcome})"


class Intent(models.Model):
    """The promise to do one irreversible thing once; written before the bytes leave."""

    class State(models.TextChoices):
        PLANNED = "planned"
        SENT = "sent"
        DONE = "done"
        VOID = "void"

    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=120)
    subject = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.PLANNED)
    planned_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    absent_at = models.DateTimeField(null=True, blank=True, help_text="When it was first looked for and not found.")
    done_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    sends = models.PositiveSmallIntegerField(default=0)
    result = models.JSONField(default=dict, blank=True, help_text="Ids and keys only.")

    class Meta:
        ordering = ["-planned_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="one_intent_per_deed")]
        indexes = [
            models.Index(fields=["-planned_at"], name="intent_planned"),
            models.Index(fields=["subject", "-planned_at"], name="intent_subject_at"),
            models.Index(fields=["key"], name="intent_key"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} ({self.state})"


class Meter(models.Model):
    """A counter that all workers share: budgets, quotas and caps per window, and each service's breaker and pace."""

    name = models.CharField(max_length=40)
    window = models.DateTimeField(help_text="Start of the window; a fixed early date where there is only one.")
    used = models.BigIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)
    limit = models.BigIntegerField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True, help_text="Breaker: open until then. Pace: next free moment.")
    claimed_until = models.DateTimeField(null=True, blank=True, help_text="Breaker: one caller is trying it out.")

    class Meta:
        ordering = ["name", "-window"]
        constraints = [models.UniqueConstraint(fields=["name", "window"], name="one_meter_per_window")]

    def __str__(self) -> str:
        return f"{self.name} {self.used}"


class Switch(models.Model):
    """A switch thrown by the system or the operator; only thrown switches have a row."""

    class Name(models.TextChoices):
        EVERYTHING = "everything"
        TRENDS = "trends"
        GENERATION = "generation"
        PUBLISHING = "publishing"
        PRICING = "pricing"
        FULFILLMENT = "fulfillment"
        ETSY = "etsy", "Etsy as a whole"
        AWAY = "away", "Away"

    name = models.CharField(max_length=20, choices=Name, unique=True)
    reason = models.TextField()
    thrown_by = models.CharField(max_length=150)
    thrown_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "switches"

    def __str__(self) -> str:
        return f"{self.get_name_display()} is halted: {self.reason}"


class Health(models.Model):
    """How a worker, source or service was last seen."""

    name = models.CharField(max_length=60, unique=True)
    ok = models.BooleanField(default=True)
    reason = models.TextField(blank=True)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["ok", "name"]
        verbose_name_plural = "health"

    def __str__(self) -> str:
        return f"{self.name}: {'well' if self.ok else self.reason}"
