"""The database that DATABASE_URL names: rows of every table are made, read, written and removed in a test database."""

import os
from collections.abc import Sequence

import pytest
from django.apps import apps
from django.db import models
from django.db.models import ProtectedError

from stickertrendz.console.tests.test_rows import everything

__all__ = ["everything"]
pytestmark = [
    pytest.mark.live,
    pytest.mark.django_db,
    pytest.mark.skipif(not os.environ.get("DATABASE_URL"), reason="needs a database server: set DATABASE_URL"),
]
OURS = ("ops", "trends", "stickers", "fulfillment", "pricing", "etsy")
MODELS = [model for app in OURS for model in apps.get_app_config(app).get_models()]


@pytest.mark.usefixtures("everything")
def test_rows_of_every_table_are_made_read_written_and_removed() -> None:
    for model in MODELS:
        row = model._default_manager.first()
        if row is None:
            assert model.__name__ in ("MergeGate", "TrendKeyword")
            continue
        before = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        row.save(force_update=True)
        row.refresh_from_db()
        assert {name: getattr(row, name) for name in before} == before
    remove(MODELS)
    assert not any(model._default_manager.exists() for model in MODELS)


def remove(wanted: Sequence[type[models.Model]]) -> None:
    """Rows that others protect go after those others."""
    protected = []
    for model in wanted:
        try:
            model._default_manager.all().delete()
        except ProtectedError:
            protected.append(model)
    assert len(protected) < len(wanted), "these protect one another"
    if protected:
        remove(protected)
