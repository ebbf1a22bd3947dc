"""The blocklists the shop starts with; the console adds to them and retires from them."""

from pathlib import Path

from django.conf import settings
from django.db import migrations

from trends import blocklists


def add(apps, schema_editor):
    blocklists.seed(apps.get_model("trends", "Term"), Path(settings.BASE_DIR) / "data")


def remove(apps, schema_editor):
    apps.get_model("trends", "Term").objects.filter(origin__in=blocklists.FILES.values()).delete()


class Migration(migrations.Migration):
    dependencies = [("trends", "0002_sources")]
    operations = [migrations.RunPython(add, remove)]
