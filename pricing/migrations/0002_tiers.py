"""The owner's four price tiers; rows the operator edits afterwards."""

from decimal import Decimal

from django.db import migrations

TIERS = [
    ("just_dropped", 0, 3, "5.49", "6.49"),
    ("trending", 3, 14, "4.49", "5.49"),
    ("cooling", 14, 30, "3.49", "4.49"),
    ("evergreen", 30, None, "3.49", "4.49"),
]


def add(apps, schema_editor):
    tier = apps.get_model("pricing", "Tier")
    for name, min_days, max_days, small, large in TIERS:
        tier.objects.get_or_create(
            name=name,
            defaults={
                "min_days": min_days,
                "max_days": max_days,
                "price_small": Decimal(small),
                "price_large": Decimal(large),
            },
        )


def remove(apps, schema_editor):
    apps.get_model("pricing", "Tier").objects.filter(name__in=[row[0] for row in TIERS]).delete()


class Migration(migrations.Migration):
    dependencies = [("pricing", "0001_initial")]
    operations = [migrations.RunPython(add, remove)]
