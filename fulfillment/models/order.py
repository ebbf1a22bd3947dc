"""Orders as Etsy reports them: one order per receipt, one item per transaction."""

from typing import ClassVar

from django.db import models

from stickertrendz import clock
from stickertrendz.ops.work import WorkItem


class Order(WorkItem):
    class Status(models.TextChoices):
        PENDING = "pending", "Not paid yet"
        PAID = "paid"
        NEEDS_ADDRESS = "needs_address", "Address is missing"
        PENDING_MANUAL = "pending_manual", "To be packed by hand"
        SENT_TO_PRINT = "sent_to_print"
        PRINT_CONFIRMED = "print_confirmed"
        SHIPPED = "shipped"
        DELIVERED = "delivered"
        REFUNDED = "refunded"
        CANCELLED = "cancelled"

    MOVES: ClassVar[dict[str, set[str]]] = {
        "pending": {"paid", "needs_address", "shipped", "cancelled", "refunded"},
        "paid": {"needs_address", "pending_manual", "sent_to_print", "shipped", "cancelled", "refunded"},
        "needs_address": {"paid", "pending_manual", "sent_to_print", "shipped", "cancelled", "refunded"},
        "pending_manual": {"sent_to_print", "shipped", "cancelled", "refunded"},
        "sent_to_print": {"print_confirmed", "pending_manual", "shipped", "delivered", "cancelled", "refunded"},
        "print_confirmed": {"pending_manual", "shipped", "delivered", "cancelled", "refunded"},
        "shipped": {"delivered", "refunded"},
        "delivered": {"refunded"},
        "refunded": set(),
        "cancelled": {"refunded"},
    }

    receipt_id = models.BigIntegerField(unique=True)
    buyer_hash = models.CharField(max_length=100, blank=True, help_text="Keyed hash of the buyer's Etsy id.")
    name_hash = models.CharField(max_length=100, blank=True)
    email_hash = models.CharField(max_length=100, blank=True)
    customer_sealed = models.TextField(blank=True, help_text="Name, address, messages; encrypted.")
    purged_at = models.DateTimeField(null=True, blank=True, help_text="Data was erased; no import writes it again.")
    ordered_at = models.DateTimeField()
    etsy_updated_at = models.DateTimeField()
    ship_by = models.DateTimeField()
    currency = models.CharField(max_length=3, default="USD")
    total_amount = models.DecimalField(max_digits=10, decimal_places=2, help_text="Goods, after coupons.")
    discount = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    refunded_amount = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    fulfillment_provider = models.CharField(max_length=20, blank=True)
    provider_failures = models.PositiveSmallIntegerField(default=0)
    provider_last_error = models.TextField(blank=True)
    route_why = models.TextField(blank=True, help_text="Why each print provider was chosen or not, one a line.")
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-ordered_at", "-pk"]
        permissions = [("see_customer", "Can see customer data")]
        indexes = [
            models.Index(fields=["status", "ship_by"], name="order_status_ship_by"),
            models.Index(fields=["-ordered_at"], name="order_ordered"),
            models.Index(fields=["buyer_hash"], name="order_buyer"),
            models.Index(fields=["name_hash"], name="order_name"),
            models.Index(fields=["email_hash"], name="order_email"),
            models.Index(fields=["id"], name="order_parked", condition=~models.Q(needs_attention="")),
            models.Index(
                fields=["id"],
                name="order_not_sold",
                condition=models.Q(status__in=["pending", "cancelled", "refunded"]),
            ),
            models.Index(fields=["id"], name="order_with_coupon", condition=models.Q(discount__gt=0)),
        ]

    def __str__(self) -> str:
        return str(self.receipt_id)


class OrderItem(models.Model):
    """One transaction. A SKU or listing we do not know is kept and shown, never dropped."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="items")
    transaction_id = models.BigIntegerField(unique=True)
    sticker = models.ForeignKey("stickers.Sticker", models.PROTECT, null=True, blank=True, related_name="order_items")
    size = models.CharField(max_length=3, blank=True)
    sku = models.CharField(max_length=60, blank=True)
    listing_id = models.BigIntegerField(null=True, blank=True)
    title = models.CharField(max_length=200, blank=True)
    quantity = models.PositiveIntegerField()
    unit_price = models.DecimalField(max_digits=10, decimal_places=2)
    pricing_tier_at_sale = models.CharField(max_length=20, blank=True)
    under_override = models.BooleanField(default=False, help_text="Does not count towards holding a tier.")
    refunded = models.BooleanField(default=False)
    sold_at = models.DateTimeField()

    class Meta:
        ordering = ["-sold_at", "-pk"]
        indexes = [
            models.Index(fields=["sticker", "size", "sold_at"], name="item_sticker_size_sold"),
            models.Index(fields=["-sold_at"], name="item_sold"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku or self.title[:40]}"
