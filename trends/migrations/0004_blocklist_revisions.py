"""Changes of the blocklists are numbered in the order of their commits; a blocked topic leads to its term."""

import django.db.models.deletion
from django.db import migrations, models

import stickertrendz.clock


class Migration(migrations.Migration):
    dependencies = [("trends", "0003_terms")]
    operations = [
        migrations.CreateModel(
            name="BlocklistRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(default=1)),
                ("at", models.DateTimeField(default=stickertrendz.clock.now)),
            ],
        ),
        migrations.AddField(
            model_name="term",
            name="revision",
            field=models.BigIntegerField(
                db_index=True, default=0, help_text="The change of the lists that it came with."
            ),
        ),
        migrations.AddField(
            model_name="blockedtopic",
            name="listed",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="blocked_topics",
                to="trends.term",
            ),
        ),
    ]
