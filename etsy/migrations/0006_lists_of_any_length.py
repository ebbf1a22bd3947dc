"""Indexes that lists, searches and the front page read by when there are very many rows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("etsy", "0005_ledger"),
        ("stickers", "0005_lists_of_any_length"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(fields=["-created_at"], name="listing_created"),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(fields=["first_active_at"], name="listing_first_active"),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(fields=["fee_booked_at"], name="listing_fee_booked"),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(
                condition=models.Q(("needs_attention", ""), _negated=True), fields=["id"], name="listing_parked"
            ),
        ),
    ]
