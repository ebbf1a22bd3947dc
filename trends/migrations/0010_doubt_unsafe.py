"""The owner's right to have a topic scored anew that was found unsafe."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("trends", "0009_looks")]

    operations = [
        migrations.AlterModelOptions(
            name="trend",
            options={
                "ordering": ["-created_at", "-pk"],
                "permissions": [("doubt_unsafe", "Can have an unsafe topic scored anew")],
            },
        )
    ]
