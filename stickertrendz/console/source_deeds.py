"""What a person may do to many sources at once: have them asked again, or not any more."""

from django import forms
from django.db import transaction

from stickertrendz.ops import audit
from stickertrendz.ops.errors import Beaten, NeedsPerson
from trends.models import Source

from .deciding import Deed


def _switch(source: Source, enabled: bool, by: str) -> None:
    with transaction.atomic():
        rows = Source.objects.filter(pk=source.pk, enabled=not enabled)
        if not rows.update(enabled=enabled, next_try_at=None):
            raise Beaten("somebody else did so in this moment")
        audit.record(by, "enabled a source" if enabled else "disabled a source", source)


def _enables(source: Source) -> str:
    if source.enabled:
        raise NeedsPerson("enabled already")
    return "is asked with every cycle from now on."


def _enable(source: Source, *, by: str, why: str = "") -> None:
    _switch(source, True, by)


def _disables(source: Source) -> str:
    if not source.enabled:
        raise NeedsPerson("disabled already")
    return "is not asked any more. What it saw stays as evidence."


def _disable(source: Source, *, by: str, why: str = "") -> None:
    _switch(source, False, by)


ENABLE = Deed(
    "Enable sources", "They are asked every two hours from now on. Disabling them takes it back.",
    _enables, _enable, "Enable", form=forms.Form, undo="disable",
)  # fmt: skip
DISABLE = Deed(
    "Disable sources", "They are not asked until somebody enables them again; nothing of them is deleted.",
    _disables, _disable, "Disable", form=forms.Form, undo="enable",
)  # fmt: skip
