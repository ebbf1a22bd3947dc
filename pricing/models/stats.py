"""Daily figures of each sticker, as the marketplace tells them."""

from django.db import models


class StickerDay(models.Model):
    """Running totals as seen that day; null where the marketplace told nothing, which is not the same as zero."""

    sticker = models.ForeignKey("stickers.Sticker", models.CASCADE, related_name="days")
    day = models.DateField()
    views = models.PositiveIntegerField(null=True, blank=True)
    favourites = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-day", "sticker"]
        constraints = [models.UniqueConstraint(fields=["sticker", "day"], name="one_row_per_sticker_and_day")]
        indexes = [models.Index(fields=["-day", "sticker"], name="stickerday_day")]

    def __str__(self) -> str:
        return f"{self.sticker_id} on {self.day}"
