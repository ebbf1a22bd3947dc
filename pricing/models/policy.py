"""The price table by trend age, and dated exceptions to it."""

from django.db import models

from stickertrendz import clock


class Tier(models.Model):
    """Prices of one age span in days; the lower end belongs to it, the upper does not."""

    name = models.CharField(max_length=20, unique=True)
    min_days = models.PositiveIntegerField()
    max_days = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: open-ended.")
    price_small = models.DecimalField(max_digits=10, decimal_places=2, help_text='3" sticker, shipping included.')
    price_large = models.DecimalField(max_digits=10, decimal_places=2, help_text='4" sticker, shipping included.')

    class Meta:
        ordering = ["min_days"]

    def __str__(self) -> str:
        return self.name


class Override(models.Model):
    class Kind(models.TextChoices):
        HOLIDAY = "holiday"
        VIRAL = "viral", "Viral: stays at just_dropped"
        CLEARANCE = "clearance"
        FIXED = "fixed"
        EXEMPT = "exempt", "Exempt: never archived"
        REVERTED = "reverted"

    class Scope(models.TextChoices):
        OFFER = "offer", "One size of one sticker"
        STICKER = "sticker"
        TAG = "tag"
        TIER = "tier"

    kind = models.CharField(max_length=10, choices=Kind)
    scope = models.CharField(max_length=8, choices=Scope)
    offer = models.ForeignKey("pricing.Offer", models.CASCADE, null=True, blank=True, related_name="overrides")
    sticker = models.ForeignKey(
        "stickers.Sticker", models.CASCADE, null=True, blank=True, related_name="price_overrides"
    )
    tag = models.CharField(max_length=20, blank=True)
    tier = models.ForeignKey(Tier, models.CASCADE, null=True, blank=True)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True, help_text="+15 or -20.")
    price = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200)
    made_by = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-starts_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reason}"
