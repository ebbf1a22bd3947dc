"""How long a source has been dead and when it is asked again; signals of one source by time."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trends", "0005_replays")]
    operations = [
        migrations.RenameField("source", "etag", "mark"),
        migrations.AlterField(
            "source", "mark",
            models.CharField(blank=True, help_text="What it gave us to be told only news.", max_length=200),
        ),
        migrations.AddField("source", "dead_since", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "source", "failures",
            models.PositiveSmallIntegerField(default=0, help_text="Looks in a row that gave nothing."),
        ),
        migrations.AddField(
            "source", "next_try_at",
            models.DateTimeField(blank=True, help_text="While it is dead it is asked less often.", null=True),
        ),
        migrations.AlterField(
            "source", "place", models.CharField(help_text="Subreddit, or country code.", max_length=60)
        ),
        migrations.AlterField(
            "source", "state",
            models.CharField(
                choices=[
                    ("fresh", "Not asked yet"), ("good", "Good"), ("dead", "Dead"),
                    ("off", "Switched off in the settings"),
                ],
                default="fresh", max_length=8,
            ),
        ),
        migrations.AlterField(
            "source", "weight",
            models.FloatField(
                default=1.0,
                help_text="Above 1, what is seen here counts for more; below, for less.",
                validators=[
                    django.core.validators.MinValueValidator(0.1), django.core.validators.MaxValueValidator(10),
                ],
            ),
        ),
        migrations.AddIndex(
            "signal", models.Index(fields=["source", "-observed_at"], name="signal_of_source")
        ),
    ]
