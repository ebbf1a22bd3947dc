"""Rows named as text, `app.model:pk`, so that operations rows can point at any row without foreign keys."""

from django.apps import apps
from django.db.models import Model
from django.urls import NoReverseMatch, reverse


def subject_of(row: Model) -> str:
    return f"{row._meta.label_lower}:{row.pk}"


def find(subject: str) -> Model | None:
    label, _, key = subject.partition(":")
    if not key or label.count(".") != 1:
        return None
    row: Model | None = apps.get_model(label)._default_manager.filter(pk=key).first()
    return row


def address(subject: str) -> str:
    """The console page of that row, or nothing."""
    label, _, key = subject.partition(":")
    try:
        return reverse(f"admin:{label.replace('.', '_')}_change", args=[key]) if key else ""
    except NoReverseMatch:
        return ""
