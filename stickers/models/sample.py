"""Weekly samples of designs that moderation rejected by itself, and what a person thinks of each."""

from django.db import models

from stickertrendz import clock

from .sticker import Sticker


class Sample(models.Model):
    """One week's draw. With the seed and the designs rejected in the span, it can be drawn again."""

    week = models.DateField(unique=True, help_text="The Monday of its week.")
    seed = models.BigIntegerField()
    since = models.DateTimeField(null=True, blank=True, help_text="Designs rejected from then on; empty: ever.")
    drawn_at = models.DateTimeField(default=clock.now)
    drawn_from = models.PositiveIntegerField(help_text="Designs that could have been drawn.")

    class Meta:
        ordering = ["-week"]

    def __str__(self) -> str:
        return f"sample of the week of {self.week:%-d %B %Y}"


class SampledDesign(models.Model):
    """A rejected design in a sample; each design is drawn at most once, ever."""

    class Verdict(models.TextChoices):
        RIGHT = "right", "Rightly rejected"
        WRONG = "wrong", "Wrongly rejected"

    sample = models.ForeignKey(Sample, models.CASCADE, related_name="designs")
    sticker = models.OneToOneField(Sticker, models.CASCADE, related_name="sampled")
    position = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=200, help_text="Why it was rejected, as it stood when it was drawn.")
    verdict = models.CharField(max_length=5, choices=Verdict, blank=True)
    judged_by = models.CharField(max_length=150, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["sample", "position"]
        indexes = [models.Index(fields=["verdict", "judged_at"], name="sampled_verdict")]

    def __str__(self) -> str:
        return f"{self.sticker.number} in the {self.sample}"
