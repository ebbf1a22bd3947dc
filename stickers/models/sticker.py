"""A design that passed the checks, its words, its verdicts and its wish to be on sale."""

from typing import ClassVar

from django.db import models

from stickertrendz import clock
from stickertrendz.ops.work import WorkItem

from .generation import Generation


class Sticker(WorkItem):
    class Status(models.TextChoices):
        PENDING = "pending", "Waiting for moderation"
        FLAGGED = "flagged", "A person decides"
        APPROVED = "approved"
        REJECTED = "rejected"

    class Shelf(models.TextChoices):
        NONE = "none", "Not yet"
        WANTED = "wanted", "On sale"
        ARCHIVED = "archived"
        WITHDRAWN = "withdrawn"

    MOVES: ClassVar[dict[str, set[str]]] = {
        "pending": {"approved", "flagged", "rejected"},
        "flagged": {"approved", "rejected"},
        "approved": {"rejected"},
        "rejected": {"approved", "flagged"},
    }

    trend = models.ForeignKey("trends.Trend", models.PROTECT, related_name="stickers")
    generation = models.OneToOneField(Generation, models.PROTECT, related_name="sticker")
    title = models.CharField(max_length=140, blank=True)
    description = models.TextField(blank=True)
    tags = models.JSONField(default=list, blank=True)
    style = models.CharField(max_length=40, blank=True)
    category = models.CharField(max_length=40, blank=True)
    copy_version = models.CharField(max_length=30, blank=True)
    moderation_score = models.FloatField(null=True, blank=True)
    moderation_categories = models.JSONField(default=dict, blank=True)
    reject_reason = models.CharField(max_length=200, blank=True)
    reviewed_by = models.CharField(max_length=150, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    shelf = models.CharField(max_length=10, choices=Shelf, default=Shelf.NONE)
    shelf_since = models.DateTimeField(default=clock.now)
    shelf_why = models.CharField(max_length=200, blank=True)
    thumbnail_key = models.CharField(max_length=200, blank=True)
    cut_path_key = models.CharField(max_length=200, blank=True)
    listing_images = models.JSONField(default=list, blank=True, help_text="Keys of the public pictures, in order.")
    created_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["status", "status_since"], name="sticker_status"),
            models.Index(fields=["shelf", "shelf_since"], name="sticker_shelf"),
            models.Index(fields=["-created_at"], name="sticker_created"),
            models.Index(fields=["published_at"], name="sticker_published"),
            models.Index(fields=["reviewed_by", "-status_since"], name="sticker_reviewed"),
            models.Index(fields=["id"], name="sticker_parked", condition=~models.Q(needs_attention="")),
        ]

    def __str__(self) -> str:
        return self.title or f"{self.trend} ({self.number})"

    @property
    def number(self) -> str:
        """The design number printed in the listing's last line, by which an orphan draft is recognised."""
        return f"ST-{self.pk:06d}"


class Size(models.Model):
    """One size a design is offered in, with its print file."""

    class Inches(models.TextChoices):
        SMALL = "3in", '3"'
        LARGE = "4in", '4"'

    sticker = models.ForeignKey(Sticker, models.CASCADE, related_name="sizes")
    size = models.CharField(max_length=3, choices=Inches)
    dpi = models.PositiveIntegerField(help_text="Effective dots per inch, from the crop.")
    print_key = models.CharField(max_length=200)

    class Meta:
        ordering = ["sticker", "size"]
        constraints = [models.UniqueConstraint(fields=["sticker", "size"], name="one_row_per_size")]

    def __str__(self) -> str:
        return self.sku

    @property
    def sku(self) -> str:
        return f"ST-{self.sticker_id:06d}-{self.size[0]}"
