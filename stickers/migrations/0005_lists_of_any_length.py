"""Indexes that lists, searches and the front page read by when there are very many rows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stickers", "0004_moderation_samples"),
        ("trends", "0011_lists_of_any_length"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="generation",
            index=models.Index(fields=["-created_at"], name="generation_created"),
        ),
        migrations.AddIndex(
            model_name="generation",
            index=models.Index(fields=["prediction_id"], name="generation_prediction"),
        ),
        migrations.AddIndex(
            model_name="generation",
            index=models.Index(
                condition=models.Q(("needs_attention", ""), _negated=True), fields=["id"], name="generation_parked"
            ),
        ),
        migrations.AddIndex(
            model_name="sticker",
            index=models.Index(fields=["reviewed_by", "-status_since"], name="sticker_reviewed"),
        ),
        migrations.AddIndex(
            model_name="sticker",
            index=models.Index(
                condition=models.Q(("needs_attention", ""), _negated=True), fields=["id"], name="sticker_parked"
            ),
        ),
    ]
