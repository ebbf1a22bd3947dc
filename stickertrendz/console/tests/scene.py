"""One row of every model of the console, made from the models themselves so that a new one is there by itself."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db import models

from stickertrendz import clock


def make_everything() -> dict[type[models.Model], models.Model]:
    """A row of each model that has pages; rows that already are there serve as well."""
    made: dict[type[models.Model], models.Model] = {}
    for model in sorted(admin.site._registry, key=lambda model: model._meta.label):
        _row(model, made)
    return made


def _row(model: type[models.Model], made: dict[type[models.Model], models.Model]) -> models.Model:
    if model not in made:
        found = model._default_manager.first()
        made[model] = found or model._default_manager.create(**_columns(model, made))
    return made[model]


def _columns(model: type[models.Model], made: dict[type[models.Model], models.Model]) -> dict[str, Any]:
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    return {field.name: _value(field, made) for field in fields if _is_needed(field)}


def _is_needed(field: Any) -> bool:
    return not field.has_default() and not field.null and not (field.blank and field.empty_strings_allowed)


def _value(field: Any, made: dict[type[models.Model], models.Model]) -> Any:
    if field.is_relation:
        return _row(field.related_model, made)
    if choices := field.choices or getattr(getattr(field.model, field.name.title(), None), "choices", None):
        return choices[0][0]
    plain: dict[type[Any], Any] = {
        models.DateTimeField: clock.now(), models.DateField: clock.now().date(), models.DecimalField: Decimal(1),
        models.IntegerField: 1, models.BooleanField: True, models.JSONField: {},
    }  # fmt: skip
    return next((value for kind, value in plain.items() if isinstance(field, kind)), "made"[: field.max_length])
