"""Who did what, when and why; written in the same transaction as the deed."""

from typing import Any

from django.db.models import Model

from stickertrendz import clock

from .models import AuditEntry
from .redact import redact, redact_all
from .subjects import subject_of


def record(who: str, action: str, row: Model | None = None, why: str = "", **detail: Any) -> AuditEntry:
    return AuditEntry.objects.create(
        who=who,
        action=action,
        subject=subject_of(row) if row else "",
        why=redact(why),
        detail=redact_all(detail),
        at=clock.now(),
    )
