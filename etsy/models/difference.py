"""What the last comparison with Etsy found to be otherwise there than here."""

from django.db import models

from stickertrendz import clock


class Difference(models.Model):
    """Replaced as a whole by each comparison. `key` is what the mend needs: a row's key, a listing or a receipt id."""

    class Mend(models.TextChoices):
        NONE = "", "For you to decide"
        FOLLOW = "follow", "Look closely and make it so"
        SEND = "send", "Send ours again"
        DELETE = "delete", "Delete the draft there"
        TAKE = "take", "Take the receipt"
        TELL = "tell", "Tell Etsy once"

    kind = models.CharField(max_length=30)
    about = models.CharField(max_length=80)
    key = models.BigIntegerField()
    here = models.CharField(max_length=120)
    there = models.CharField(max_length=120)
    mend = models.CharField(max_length=10, choices=Mend, blank=True)
    counts = models.BooleanField(
        default=True, help_text="No for what is only told, such as listings that are not ours."
    )
    asked_by = models.CharField(max_length=150, blank=True, help_text="Who asked to have it mended.")
    found_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-counts", "kind", "about", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} of {self.about}"
