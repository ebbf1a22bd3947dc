"""Offers say whether an override priced them, changes say what they took back, and designs can be exempt."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pricing", "0002_tiers")]
    operations = [
        migrations.AddField(
            model_name="offer",
            name="under_override",
            field=models.BooleanField(default=False, help_text="An override set the wanted price."),
        ),
        migrations.AddField(
            model_name="pricechange",
            name="reverts",
            field=models.ForeignKey(
                blank=True,
                help_text="The change that this one took back.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="reverted_by",
                to="pricing.pricechange",
            ),
        ),
        migrations.AlterField(
            model_name="override",
            name="kind",
            field=models.CharField(
                choices=[
                    ("holiday", "Holiday"),
                    ("viral", "Viral: stays at just_dropped"),
                    ("clearance", "Clearance"),
                    ("fixed", "Fixed"),
                    ("exempt", "Exempt: never archived"),
                    ("reverted", "Reverted"),
                ],
                max_length=10,
            ),
        ),
    ]
