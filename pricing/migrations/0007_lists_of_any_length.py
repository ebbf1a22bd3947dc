"""Indexes that lists, searches and the front page read by when there are very many rows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ops", "0003_lists_of_any_length"),
        ("pricing", "0006_dismissed_changes"),
        ("stickers", "0005_lists_of_any_length"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="pricechange",
            index=models.Index(fields=["status", "-pushed_at"], name="pricechange_status_pushed"),
        ),
        migrations.AddIndex(
            model_name="stickerday",
            index=models.Index(fields=["-day", "sticker"], name="stickerday_day"),
        ),
    ]
