"""Look-up hashes, all made with the oldest key so far, say so: its id comes before them."""

from typing import Any

from django.conf import settings
from django.db import migrations
from django.db.models import F, Value
from django.db.models.functions import Concat, Right

COLUMNS = ("buyer_hash", "name_hash", "email_hash")
DIGITS = 64


def name_the_key(apps: Any, schema_editor: Any) -> None:
    key_id = settings.FIELD_KEYS[-1].partition(":")[0]
    orders = apps.get_model("fulfillment", "Order").objects
    for column in COLUMNS:
        bare = orders.exclude(**{column: ""}).exclude(**{f"{column}__contains": ":"})
        bare.update(**{column: Concat(Value(f"{key_id}:"), F(column))})


def leave_it_out(apps: Any, schema_editor: Any) -> None:
    orders = apps.get_model("fulfillment", "Order").objects
    for column in COLUMNS:
        orders.exclude(**{column: ""}).update(**{column: Right(column, DIGITS)})


class Migration(migrations.Migration):
    dependencies = [("fulfillment", "0005_privacy_requests")]
    operations = [migrations.RunPython(name_the_key, leave_it_out)]
