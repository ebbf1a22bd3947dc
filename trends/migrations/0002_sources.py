"""The places watched from the first day; the console adds and removes them."""

from django.db import migrations

SUBREDDITS = [
    "memes", "funny", "trending", "popular", "aww", "wholesomememes", "mademesmile", "eyebleach", "cats", "cute", "art",
    "stickers",
]


def add(apps, schema_editor):
    source = apps.get_model("trends", "Source")
    for place in SUBREDDITS:
        source.objects.get_or_create(kind="reddit", place=place)
    source.objects.get_or_create(kind="google_trends", place="US")
    # Best effort only: Google mostly refuses these queries, so somebody has to want them.
    source.objects.get_or_create(kind="google_breakout", place="US", defaults={"enabled": False})


def remove(apps, schema_editor):
    apps.get_model("trends", "Source").objects.filter(signals=None).delete()


class Migration(migrations.Migration):
    dependencies = [("trends", "0001_initial")]
    operations = [migrations.RunPython(add, remove)]
