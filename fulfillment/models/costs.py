"""What printing and posting cost; rows the operator edits."""

from django.db import models


class PrintCost(models.Model):
    provider = models.CharField(max_length=20)
    size = models.CharField(max_length=3)
    cost = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        ordering = ["provider", "size"]
        constraints = [models.UniqueConstraint(fields=["provider", "size"], name="one_print_cost_per_size")]

    def __str__(self) -> str:
        return f"{self.provider} {self.size}: ${self.cost}"


class ShippingRate(models.Model):
    size = models.CharField(max_length=3)
    provider = models.CharField(max_length=20)
    shipping_cost = models.DecimalField(max_digits=10, decimal_places=2)
    packaging_cost = models.DecimalField(max_digits=10, decimal_places=2)
    region = models.CharField(max_length=5, default="us")
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["provider", "size"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "size", "region"], name="one_shipping_rate_per_size")
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.size}: ${self.shipping_cost} + ${self.packaging_cost}"
