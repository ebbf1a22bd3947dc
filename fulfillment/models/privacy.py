"""Who looked at customer data, and what customers asked for."""

from django.db import models

from stickertrendz import clock

from .order import Order


class AccessLog(models.Model):
    order = models.ForeignKey(Order, models.CASCADE, related_name="looks")
    who = models.CharField(max_length=150)
    why = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "access log"

    def __str__(self) -> str:
        return f"{self.who} looked at {self.order}"


class PrivacyRequest(models.Model):
    class Kind(models.TextChoices):
        EXPORT = "export"
        ERASE = "erase"

    kind = models.CharField(max_length=8, choices=Kind)
    orders = models.ManyToManyField(Order, blank=True)
    received_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-received_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} request of {self.received_at:%Y-%m-%d}"
