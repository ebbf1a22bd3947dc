"""What is printed and what is posted."""

from typing import ClassVar

from django.db import models

from stickertrendz import clock
from stickertrendz.ops.work import WorkItem

from .order import Order, OrderItem


class PrintJob(WorkItem):
    """One order line at one printer; a reprint is the next copy."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        CONFIRMED = "confirmed"
        PRINTED = "printed"
        PACKED = "packed"
        SHIPPED = "shipped"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Reason(models.TextChoices):
        MISPRINT = "misprint"
        CUT = "cut", "Cut off-register"
        WRONG_ITEM = "wrong_item"
        PRINTER_CANCELLED = "printer_cancelled", "Cancelled by the printer"
        DAMAGED = "damaged", "Damaged in the post"
        LOST = "lost", "Lost in the post"

    # On the bench a wrong click is stepped back, packed to printed to sent; nothing comes back from the post.
    MOVES: ClassVar[dict[str, set[str]]] = {
        "waiting": {"sent", "printed", "packed", "shipped", "failed", "cancelled"},
        "sent": {"confirmed", "printed", "packed", "shipped", "failed", "cancelled"},
        "confirmed": {"printed", "shipped", "failed", "cancelled"},
        "printed": {"sent", "packed", "shipped", "failed", "cancelled"},
        "packed": {"printed", "shipped", "failed", "cancelled"},
        "shipped": set(),
        "failed": set(),
        "cancelled": set(),
    }

    item = models.ForeignKey(OrderItem, models.PROTECT, related_name="print_jobs")
    copy = models.PositiveSmallIntegerField(default=1)
    provider = models.CharField(max_length=20)
    provider_order_id = models.CharField(max_length=80, blank=True)
    cost = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="reprints")
    reason = models.CharField(max_length=20, choices=Reason, blank=True, help_text="Why it was printed again.")
    note = models.CharField(max_length=200, blank=True, help_text="More on the reason, without customer data.")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["item", "copy"], name="one_print_job_per_copy")]
        indexes = [
            models.Index(fields=["status", "status_since"], name="printjob_status"),
            models.Index(fields=["-created_at"], name="printjob_created"),
            models.Index(fields=["provider", "created_at", "status"], name="printjob_provider_created"),
            models.Index(fields=["provider_order_id"], name="printjob_provider_order"),
            models.Index(fields=["id"], name="printjob_parked", condition=~models.Q(needs_attention="")),
        ]

    def __str__(self) -> str:
        return self.external_id

    @property
    def external_id(self) -> str:
        """The key printers know it by: order line and copy, at most 32 characters."""
        return f"ST-{self.item.transaction_id}-{self.copy}"


class Shipment(WorkItem):
    """A parcel or letter; its tracking is told to Etsy once."""

    class Status(models.TextChoices):
        NEW = "new", "To be told to Etsy"
        TOLD = "told", "Etsy knows"
        BY_HAND = "by_hand", "To be copied to Etsy by hand"

    MOVES: ClassVar[dict[str, set[str]]] = {"new": {"told", "by_hand"}, "by_hand": {"told"}, "told": set()}

    order = models.ForeignKey(Order, models.PROTECT, related_name="shipments")
    carrier = models.CharField(max_length=40, blank=True)
    tracking_code = models.CharField(max_length=60, blank=True, help_text="Empty for a letter.")
    posting = models.PositiveSmallIntegerField(
        default=1, help_text="1, or the next for a letter with what was printed again after the first."
    )
    shipped_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-shipped_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "tracking_code", "posting"], name="one_shipment_per_posting")
        ]
        indexes = [
            models.Index(fields=["status", "status_since"], name="shipment_status"),
            models.Index(fields=["-shipped_at"], name="shipment_shipped"),
            models.Index(fields=["tracking_code"], name="shipment_tracking_code"),
            models.Index(fields=["id"], name="shipment_parked", condition=~models.Q(needs_attention="")),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_code}".strip() or "Letter"
