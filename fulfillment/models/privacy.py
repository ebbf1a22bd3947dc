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
        indexes = [models.Index(fields=["-at"], name="accesslog_at")]

    def __str__(self) -> str:
        return f"{self.who} looked at {self.order}"


class PrivacyRequest(models.Model):
    """What one customer asked for. It names orders, never the person: that is in the orders, or nowhere."""

    class Kind(models.TextChoices):
        EXPORT = "export", "Export of what we hold"
        ERASE = "erase", "Erasure"

    class Identified(models.TextChoices):
        ETSY = "etsy", "Wrote from the Etsy account that bought"
        MAIL = "mail", "Wrote from the e-mail address of the order"
        DETAILS = "details", "Named the receipt number and the address"

    kind = models.CharField(max_length=8, choices=Kind)
    identified = models.CharField(max_length=8, choices=Identified, blank=True)
    found_by = models.CharField(max_length=80, blank=True, help_text="Which keys were looked for, not their values.")
    orders = models.ManyToManyField(Order, blank=True, related_name="privacy_requests")
    received_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True, help_text="Exported, or the last order erased.")
    outcome = models.JSONField(default=dict, blank=True, help_text="How many of what were exported or erased.")
    answered_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-received_at", "-pk"]

    def __str__(self) -> str:
        return f"Privacy request {self.pk} of {self.received_at:%Y-%m-%d}"
