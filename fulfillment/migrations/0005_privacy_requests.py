"""How a privacy request was identified, found, done and answered; room for the key's id in look-up hashes."""

from django.db import migrations, models

IDENTIFIED = [
    ("etsy", "Wrote from the Etsy account that bought"),
    ("mail", "Wrote from the e-mail address of the order"),
    ("details", "Named the receipt number and the address"),
]


class Migration(migrations.Migration):
    dependencies = [("fulfillment", "0004_route_why_and_reprints")]
    operations = [
        migrations.AlterField(
            "order",
            "buyer_hash",
            models.CharField(blank=True, help_text="Keyed hash of the buyer's Etsy id.", max_length=100),
        ),
        migrations.AlterField("order", "name_hash", models.CharField(blank=True, max_length=100)),
        migrations.AlterField("order", "email_hash", models.CharField(blank=True, max_length=100)),
        migrations.AlterField(
            "privacyrequest",
            "kind",
            models.CharField(choices=[("export", "Export of what we hold"), ("erase", "Erasure")], max_length=8),
        ),
        migrations.AlterField(
            "privacyrequest",
            "orders",
            models.ManyToManyField(blank=True, related_name="privacy_requests", to="fulfillment.order"),
        ),
        migrations.AddField(
            "privacyrequest", "identified", models.CharField(blank=True, choices=IDENTIFIED, max_length=8)
        ),
        migrations.AddField(
            "privacyrequest",
            "found_by",
            models.CharField(blank=True, help_text="Which keys were looked for, not their values.", max_length=80),
        ),
        migrations.AddField(
            "privacyrequest",
            "done_at",
            models.DateTimeField(blank=True, help_text="Exported, or the last order erased.", null=True),
        ),
        migrations.AddField(
            "privacyrequest",
            "outcome",
            models.JSONField(blank=True, default=dict, help_text="How many of what were exported or erased."),
        ),
    ]
