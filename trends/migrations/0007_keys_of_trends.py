"""Trends are found by the stems that a like topic must share, and stored through a gate."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trends", "0006_source_standing")]

    operations = [
        migrations.DeleteModel(name="TrendKeyword"),
        migrations.CreateModel(
            name="TrendKeyword",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(max_length=210, help_text="How many stems the trend has, and enough of them, sorted."),
                ),
                (
                    "trend",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="stems", to="trends.trend"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("key", "trend"), name="one_row_per_key_and_trend")
                ],
            },
        ),
        migrations.CreateModel(
            name="MergeGate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("passed", models.PositiveBigIntegerField(default=0)),
            ],
        ),
    ]
