"""When a trend was let through to be drawn: from then on its way to the shop is timed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trends", "0011_lists_of_any_length")]

    operations = [
        migrations.AddField(
            model_name="trend",
            name="let_through_at",
            field=models.DateTimeField(
                blank=True, help_text="When it was let through to be drawn, last by a person where one asked.", null=True
            ),
        )
    ]
