"""What the checks of a picture measured, what it was made from, and the versions of its words."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stickers", "0002_rescans"),
    ]

    operations = [
        migrations.AddField(
            model_name="generation",
            name="checks",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="Each quality check as it was judged: name, label, number, limit, ok.",
            ),
        ),
        migrations.AddField(
            model_name="generation",
            name="concept_version",
            field=models.CharField(
                blank=True,
                help_text="Of the prompt the model wrote the concept for; empty when a person wrote it.",
                max_length=30,
            ),
        ),
        migrations.AddField(
            model_name="generation",
            name="made_from",
            field=models.ForeignKey(
                blank=True,
                help_text="The picture that a person had drawn once more.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="remade",
                to="stickers.generation",
            ),
        ),
        migrations.AddField(
            model_name="generation",
            name="marked_key",
            field=models.CharField(blank=True, help_text="The picture with its failures drawn on it.", max_length=200),
        ),
        migrations.AlterField(
            model_name="generation",
            name="failures",
            field=models.JSONField(blank=True, default=list, help_text="Why it is no sticker, each as “kind: words”."),
        ),
        migrations.AlterField(
            model_name="generation",
            name="prompt_version",
            field=models.CharField(blank=True, help_text="Of the shop's style around the concept.", max_length=30),
        ),
    ]
