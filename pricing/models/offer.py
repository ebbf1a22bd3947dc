"""One size of one sticker as it is offered, and every change of its price."""

from django.db import models

from stickertrendz import clock


class Offer(models.Model):
    """Owns the tier, the floor and the price wanted; etsy writes the price pushed."""

    sticker = models.ForeignKey("stickers.Sticker", models.PROTECT, related_name="offers")
    size = models.CharField(max_length=3)
    tier = models.CharField(max_length=20)
    tier_since = models.DateTimeField()
    wanted_price = models.DecimalField(max_digits=10, decimal_places=2)
    floor_price = models.DecimalField(max_digits=10, decimal_places=2)
    pushed_price = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    pushed_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True, help_text="Why this price.")
    under_override = models.BooleanField(default=False, help_text="An override set the wanted price.")

    class Meta:
        ordering = ["sticker", "size"]
        constraints = [
            models.UniqueConstraint(fields=["sticker", "size"], name="one_offer_per_size"),
            models.CheckConstraint(
                condition=models.Q(wanted_price__gte=models.F("floor_price")), name="no_price_below_its_floor"
            ),
        ]

    def __str__(self) -> str:
        return f"ST-{self.sticker_id:06d}-{self.size[0]}"


class PriceChange(models.Model):
    class Status(models.TextChoices):
        PROPOSED = "proposed"
        DISMISSED = "dismissed"
        APPROVED = "approved"
        PUSHED = "pushed"
        SUPERSEDED = "superseded"
        REVERTED = "reverted"

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="changes")
    run = models.ForeignKey("ops.Run", models.SET_NULL, null=True, blank=True, related_name="price_changes")
    status = models.CharField(max_length=10, choices=Status, default=Status.APPROVED)
    old_price = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    new_price = models.DecimalField(max_digits=10, decimal_places=2)
    tier = models.CharField(max_length=20)
    reason = models.CharField(max_length=200)
    under_override = models.BooleanField(default=False)
    shipping_cost = models.DecimalField(max_digits=10, decimal_places=2)
    floor_price = models.DecimalField(max_digits=10, decimal_places=2)
    floor_inputs = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    pushed_at = models.DateTimeField(null=True, blank=True)
    reverts = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="reverted_by",
        help_text="The change that this one took back.",
    )  # fmt: skip

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["offer", "status", "-pushed_at"], name="pricechange_offer_pushed"),
            models.Index(fields=["-created_at"], name="pricechange_created"),
            models.Index(fields=["status", "-pushed_at"], name="pricechange_status_pushed"),
        ]

    def __str__(self) -> str:
        return f"{self.offer} ${self.old_price} → ${self.new_price}"
