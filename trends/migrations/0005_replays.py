"""Records of cycles, replays of scores, and topics that a person or a complaint shut."""

import django.db.models.deletion
import stickertrendz.clock
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ops", "0001_initial"),
        ("trends", "0004_blocklist_revisions"),
    ]

    operations = [
        migrations.AddField(
            model_name="trend",
            name="shut_why",
            field=models.CharField(
                blank=True,
                help_text="Why this topic gets no new designs, whatever is seen; empty when open.",
                max_length=200,
            ),
        ),
        migrations.CreateModel(
            name="Cycle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "topics",
                    models.PositiveIntegerField(help_text="Topics found in the posts and searches of the last day."),
                ),
                (
                    "candidates",
                    models.JSONField(
                        default=list, help_text="topic, rank, parts, evidence, fate, why, trend of the likeliest."
                    ),
                ),
                ("created_at", models.DateTimeField(default=stickertrendz.clock.now)),
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="cycle", to="ops.run"
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Replay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("status", models.CharField(max_length=20)),
                ("status_since", models.DateTimeField(default=stickertrendz.clock.now)),
                ("attempts", models.PositiveSmallIntegerField(default=0, help_text="Tries in this status.")),
                ("not_before", models.DateTimeField(blank=True, null=True)),
                (
                    "needs_attention",
                    models.TextField(blank=True, help_text="Why a person has to look; empty when none has to."),
                ),
                ("claimed_until", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.CharField(blank=True, help_text="Who asked for the next step by hand.", max_length=150),
                ),
                ("samples", models.PositiveSmallIntegerField(default=1)),
                (
                    "found",
                    models.JSONField(blank=True, default=dict, help_text="The new score, as the trend would carry it."),
                ),
                ("cost_micro", models.BigIntegerField(default=0, help_text="Micro-dollars.")),
                ("created_at", models.DateTimeField(default=stickertrendz.clock.now)),
                (
                    "transcript",
                    models.ForeignKey(
                        blank=True,
                        help_text="The request sent again word for word; empty when today's prompt and evidence are used.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="ops.transcript",
                    ),
                ),
                (
                    "trend",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="replays", to="trends.trend"
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
                "indexes": [models.Index(fields=["status", "status_since"], name="replay_status")],
            },
        ),
    ]
