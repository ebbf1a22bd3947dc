"""The shop's tokens, sealed, and the objects every listing refers to."""

from django.db import models

from stickertrendz import clock


class Token(models.Model):
    shop_id = models.BigIntegerField(unique=True)
    user_id = models.BigIntegerField(null=True, blank=True)
    access_sealed = models.TextField()
    refresh_sealed = models.TextField()
    previous_refresh_sealed = models.TextField(blank=True, help_text="Kept until the new one has worked.")
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField()
    refreshed_at = models.DateTimeField(default=clock.now)
    lease_until = models.DateTimeField(null=True, blank=True, help_text="Somebody is refreshing it.")
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"Token of shop {self.shop_id}"


class SetupObject(models.Model):
    class Kind(models.TextChoices):
        TAXONOMY = "taxonomy"
        READINESS = "readiness", "Processing profile"
        RETURNS = "returns", "Return policy"
        SHIPPING = "shipping", "Shipping profile"
        SECTION = "section"
        SIZE_PROPERTY = "size_property", "Variation property"

    kind = models.CharField(max_length=15, choices=Kind)
    name = models.CharField(max_length=80, blank=True)
    etsy_id = models.BigIntegerField()
    checked_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="one_setup_object_per_name")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}".strip()
