"""A sticker's listing on Etsy: what we asked for and what we last saw there."""

from typing import ClassVar

from django.db import models

from stickertrendz import clock
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.work import WorkItem


class Listing(WorkItem):
    class Status(models.TextChoices):
        PLANNED = "planned", "Draft to be made"
        DRAFT = "draft"
        ACTIVE = "active"
        INACTIVE = "inactive"
        SOLD_OUT = "sold_out"
        EXPIRED = "expired"
        DELETED = "deleted"
        WITHDRAWN = "withdrawn", "Called off before it was on Etsy"

    MOVES: ClassVar[dict[str, set[str]]] = {
        "planned": {"draft", "withdrawn"},
        "draft": {"active", "deleted"},
        "active": {"inactive", "sold_out", "expired", "deleted"},
        "inactive": {"active", "deleted", "expired"},
        "sold_out": {"active", "inactive", "deleted", "expired"},
        "expired": {"active", "inactive", "deleted"},
        "withdrawn": set(),
        "deleted": set(),
    }

    sticker = models.ForeignKey("stickers.Sticker", models.PROTECT, related_name="listings")
    etsy_id = models.BigIntegerField(null=True, blank=True, unique=True)
    state_asked = models.CharField(max_length=10, blank=True)
    state_seen = models.CharField(max_length=10, blank=True)
    copy_asked = models.CharField(max_length=64, blank=True, help_text="Hash of title, description and tags.")
    copy_seen = models.CharField(max_length=64, blank=True)
    section_asked = models.BigIntegerField(null=True, blank=True)
    section_seen = models.BigIntegerField(null=True, blank=True)
    images_asked = models.JSONField(default=list, blank=True, help_text="Keys by rank.")
    images_seen = models.JSONField(default=list, blank=True, help_text="Etsy's image ids by rank.")
    seen_at = models.DateTimeField(null=True, blank=True)
    missing_since = models.DateTimeField(null=True, blank=True, help_text="Since when Etsy does not know it.")
    renewal_asked_at = models.DateTimeField(null=True, blank=True, help_text="When a person agreed to pay for more.")
    first_active_at = models.DateTimeField(null=True, blank=True)
    fee_booked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sticker"],
                condition=~models.Q(status__in=["deleted", "withdrawn"]),
                name="one_listing_per_sticker",
            )
        ]
        indexes = [
            models.Index(fields=["status", "status_since"], name="listing_status"),
            models.Index(fields=["-created_at"], name="listing_created"),
            models.Index(fields=["first_active_at"], name="listing_first_active"),
            models.Index(fields=["fee_booked_at"], name="listing_fee_booked"),
            models.Index(fields=["id"], name="listing_parked", condition=~models.Q(needs_attention="")),
        ]

    @property
    def etsy_number(self) -> int:
        """The id, where one is needed; NeedsPerson while there is none."""
        if self.etsy_id is None:
            raise NeedsPerson("This listing has no draft on Etsy yet.")
        return int(self.etsy_id)

    def __str__(self) -> str:
        return f"{self.sticker} ({self.etsy_id or 'no draft yet'})"
