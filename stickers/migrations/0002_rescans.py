"""Looks for new terms in designs that passed, and exemptions from a term."""

import django.db.models.deletion
import stickertrendz.clock
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stickers", "0001_initial"),
        ("trends", "0004_blocklist_revisions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Rescan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("after", models.BigIntegerField()),
                ("until", models.BigIntegerField()),
                ("cursor", models.BigIntegerField(default=0)),
                ("looked_at", models.PositiveIntegerField(default=0, help_text="Designs looked at.")),
                ("found", models.PositiveIntegerField(default=0, help_text="Designs in which a term was found.")),
                (
                    "asked_by",
                    models.CharField(
                        blank=True, help_text="Who asked for it; empty when it was the night's.", max_length=150
                    ),
                ),
                ("started_at", models.DateTimeField(default=stickertrendz.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Exemption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by", models.CharField(max_length=150)),
                ("why", models.CharField(max_length=300)),
                ("at", models.DateTimeField(default=stickertrendz.clock.now)),
                ("withdrawn_by", models.CharField(blank=True, max_length=150)),
                ("withdrawn_why", models.CharField(blank=True, max_length=300)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "sticker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="exemptions", to="stickers.sticker"
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="exemptions", to="trends.term"
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("sticker", "term"),
                        name="one_exemption_in_force",
                    )
                ],
            },
        ),
    ]
