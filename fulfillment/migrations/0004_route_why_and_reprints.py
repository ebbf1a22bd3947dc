"""Why an order went where it went, and what a reprint replaces and why."""

import django.db.models.deletion
from django.db import migrations, models

REASONS = [
    ("misprint", "Misprint"),
    ("cut", "Cut off-register"),
    ("wrong_item", "Wrong Item"),
    ("printer_cancelled", "Cancelled by the printer"),
    ("damaged", "Damaged in the post"),
    ("lost", "Lost in the post"),
]


class Migration(migrations.Migration):
    dependencies = [("fulfillment", "0003_see_customer")]
    operations = [
        migrations.AddField(
            "order",
            "route_why",
            models.TextField(blank=True, help_text="Why each print provider was chosen or not, one a line."),
        ),
        migrations.RenameField("printjob", "reason", "note"),
        migrations.AlterField(
            "printjob",
            "note",
            models.CharField(blank=True, help_text="More on the reason, without customer data.", max_length=200),
        ),
        migrations.AddField(
            "printjob",
            "reason",
            models.CharField(blank=True, choices=REASONS, help_text="Why it was printed again.", max_length=20),
        ),
        migrations.AddField(
            "printjob",
            "replaces",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reprints",
                to="fulfillment.printjob",
            ),
        ),
        migrations.AddField(
            "shipment",
            "posting",
            models.PositiveSmallIntegerField(
                default=1, help_text="1, or the next for a letter with what was printed again after the first."
            ),
        ),
        migrations.RemoveConstraint("shipment", "one_shipment_per_code"),
        migrations.AddConstraint(
            "shipment",
            models.UniqueConstraint(fields=["order", "tracking_code", "posting"], name="one_shipment_per_posting"),
        ),
    ]
