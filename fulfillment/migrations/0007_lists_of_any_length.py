"""Indexes that lists, searches and the front page read by when there are very many rows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("fulfillment", "0006_hashes_name_their_key"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="accesslog",
            index=models.Index(fields=["-at"], name="accesslog_at"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("needs_attention", ""), _negated=True), fields=["id"], name="order_parked"
            ),
        ),
        migrations.AddIndex(
            model_name="printjob",
            index=models.Index(fields=["-created_at"], name="printjob_created"),
        ),
        migrations.AddIndex(
            model_name="printjob",
            index=models.Index(fields=["provider_order_id"], name="printjob_provider_order"),
        ),
        migrations.AddIndex(
            model_name="printjob",
            index=models.Index(
                condition=models.Q(("needs_attention", ""), _negated=True), fields=["id"], name="printjob_parked"
            ),
        ),
        migrations.AddIndex(
            model_name="shipment",
            index=models.Index(fields=["-shipped_at"], name="shipment_shipped"),
        ),
        migrations.AddIndex(
            model_name="shipment",
            index=models.Index(fields=["tracking_code"], name="shipment_tracking_code"),
        ),
        migrations.AddIndex(
            model_name="shipment",
            index=models.Index(
                condition=models.Q(("needs_attention", ""), _negated=True), fields=["id"], name="shipment_parked"
            ),
        ),
    ]
