"""Rows by which the trends stored so far are found; they hold nothing that a trend's own wording does not."""

from itertools import combinations

from django.db import migrations

SAME_ABOVE, LONGEST_STEM, MOST_STEMS = 0.6, 24, 8


def fill(apps, schema_editor):
    Keyword = apps.get_model("trends", "TrendKeyword")
    batch = []
    for pk, normalized in apps.get_model("trends", "Trend").objects.values_list("pk", "topic_normalized").iterator():
        stems = sorted({stem[:LONGEST_STEM] for stem in normalized.split()})[:MOST_STEMS]
        batch += [
            Keyword(trend_id=pk, key=f"{len(stems)} " + " ".join(chosen))
            for some in range(int(SAME_ABOVE * len(stems)) + 1, len(stems) + 1)
            for chosen in combinations(stems, some)
        ]
        if len(batch) > 5000:
            Keyword.objects.bulk_create(batch, batch_size=1000)
            batch = []
    Keyword.objects.bulk_create(batch, batch_size=1000)


def empty(apps, schema_editor):
    apps.get_model("trends", "TrendKeyword").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("trends", "0007_keys_of_trends")]

    operations = [migrations.RunPython(fill, empty)]
