"""Indexes that tell which few orders do not count or had a coupon, and how much each provider printed lately."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("fulfillment", "0007_lists_of_any_length"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("status__in", ["pending", "cancelled", "refunded"])),
                fields=["id"],
                name="order_not_sold",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(condition=models.Q(("discount__gt", 0)), fields=["id"], name="order_with_coupon"),
        ),
        migrations.AddIndex(
            model_name="printjob",
            index=models.Index(fields=["provider", "created_at", "status"], name="printjob_provider_created"),
        ),
    ]
