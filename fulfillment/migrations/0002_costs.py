"""The owner's print costs and US shipping rates; rows the operator edits afterwards."""

from decimal import Decimal

from django.db import migrations

PRINT_COSTS = [
    ("sticker_mule", "3in", "1.50"),
    ("sticker_mule", "4in", "2.00"),
    ("self_usps", "3in", "1.50"),
    ("self_usps", "4in", "2.00"),
]
SHIPPING_RATES = [
    ("sticker_mule", "3in", "0.00", "0.00"),
    ("sticker_mule", "4in", "0.00", "0.00"),
    ("self_usps", "3in", "0.78", "0.15"),
    ("self_usps", "4in", "0.78", "0.20"),
]


def add(apps, schema_editor):
    cost, rate = apps.get_model("fulfillment", "PrintCost"), apps.get_model("fulfillment", "ShippingRate")
    for provider, size, amount in PRINT_COSTS:
        cost.objects.get_or_create(provider=provider, size=size, defaults={"cost": Decimal(amount)})
    for provider, size, shipping, packaging in SHIPPING_RATES:
        rate.objects.get_or_create(
            provider=provider,
            size=size,
            region="us",
            defaults={"shipping_cost": Decimal(shipping), "packaging_cost": Decimal(packaging)},
        )


def remove(apps, schema_editor):
    apps.get_model("fulfillment", "PrintCost").objects.filter(provider__in=["sticker_mule", "self_usps"]).delete()
    apps.get_model("fulfillment", "ShippingRate").objects.filter(provider__in=["sticker_mule", "self_usps"]).delete()


class Migration(migrations.Migration):
    dependencies = [("fulfillment", "0001_initial")]
    operations = [migrations.RunPython(add, remove)]
