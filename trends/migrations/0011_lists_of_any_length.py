"""Indexes that lists, searches and the front page read by when there are very many rows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("trends", "0010_doubt_unsafe"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="trend",
            index=models.Index(
                condition=models.Q(("needs_attention", ""), _negated=True), fields=["id"], name="trend_parked"
            ),
        ),
    ]
