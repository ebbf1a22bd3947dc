"""Indexes that lists, searches and the front page read by when there are very many rows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ops", "0002_subject_and_time"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["-at"], name="call_at"),
        ),
        migrations.AddIndex(
            model_name="intent",
            index=models.Index(fields=["-planned_at"], name="intent_planned"),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(fields=["-created_at"], name="mail_created"),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(fields=["-started_at"], name="run_started"),
        ),
        migrations.AddIndex(
            model_name="transcript",
            index=models.Index(fields=["-created_at"], name="transcript_created"),
        ),
    ]
