"""Mends what the rows may hold from before: prices below their floors, and offers whose override is not written down."""

from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def mend(apps, schema_editor):
    offers = apps.get_model("pricing", "Offer").objects
    offers.filter(wanted_price__lt=F("floor_price")).update(wanted_price=F("floor_price"))
    changes = apps.get_model("pricing", "PriceChange").objects.filter(
        offer=OuterRef("pk"), status__in=["approved", "pushed"]
    )
    latest = Subquery(changes.order_by("-created_at", "-pk").values("under_override")[:1])
    offers.annotate(told=latest).filter(told=True).update(under_override=True)


class Migration(migrations.Migration):
    dependencies = [("pricing", "0003_overrides_and_reverts")]
    operations = [migrations.RunPython(mend, migrations.RunPython.noop)]
