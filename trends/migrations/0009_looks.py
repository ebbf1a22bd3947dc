"""In how many looks a signal was met."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trends", "0008_fill_keys")]
    operations = [
        migrations.AddField(
            "signal",
            "looks",
            models.PositiveIntegerField(default=1, help_text="In how many looks, half an hour apart, it was met."),
        ),
    ]
