"""What Etsy wrote into the shop's payment account, as it told it."""

from django.db import models


class LedgerEntry(models.Model):
    """One entry, kept once by Etsy's number. Order and listing are known where Etsy names one of ours."""

    entry_id = models.BigIntegerField(unique=True)
    posted_at = models.DateTimeField()
    type = models.CharField(max_length=60, help_text="Etsy's own word for it.")
    amount = models.DecimalField(max_digits=12, decimal_places=2, help_text="What left the account is negative.")
    currency = models.CharField(max_length=3)
    reference_type = models.CharField(max_length=40, blank=True)
    reference_id = models.BigIntegerField(null=True, blank=True)
    order = models.ForeignKey(
        "fulfillment.Order", models.SET_NULL, null=True, blank=True, related_name="ledger_entries"
    )
    listing = models.ForeignKey("etsy.Listing", models.SET_NULL, null=True, blank=True, related_name="ledger_entries")

    class Meta:
        ordering = ["-posted_at", "-entry_id"]
        verbose_name = "entry of Etsy’s ledger"
        verbose_name_plural = "entries of Etsy’s ledger"
        indexes = [models.Index(fields=["posted_at", "type"], name="ledger_posted_type")]

    def __str__(self) -> str:
        return f"{self.type} {self.amount} {self.currency}"
