"""Call rows: what each request held of the meters, and how it was settled."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from stickertrendz import clock

from . import current, meters
from .answers import Answer, Quota
from .errors import OutsideError
from .meters import Reserve
from .models import Call, Run

UNSETTLED_AFTER = timedelta(minutes=10)


def open_call(service: str, operation: str, subject: str, wishes: Sequence[Reserve]) -> Call:
    """Reserves all meters and writes the row, or does nothing; Refused names the meter that is used up."""
    now = clock.now()
    with transaction.atomic():
        held = [{**meters.reserve(wish, now), "name": wish.meter} for wish in wishes]
        return Call.objects.create(
            run_id=current.run_id(), service=service, operation=operation, subject=subject, at=now, reserved=held
        )


def close(row: Call, answer: Answer[Any], ms: int) -> None:
    quota = answer.quota or Quota(None, None)
    columns = {"status": answer.status, "cost_micro": answer.cost_micro, "request_id": answer.request_id[:80]}
    spent = {"ai": answer.cost_micro, **answer.spent}
    if _settle(row, "done", spent, ms, quota_limit=quota.limit, quota_left=quota.left, **columns) and row.run_id:
        counted = {"api_calls": F("api_calls") + 1, "ai_cost_micro": F("ai_cost_micro") + answer.cost_micro}
        Run.objects.filter(pk=row.run_id).update(**counted)


def close_failed(row: Call, error: OutsideError, ms: int) -> None:
    """Ambiguous failures cost what was estimated; others only what every try costs."""
    outcome = "unclear" if error.ambiguous else "permanent" if error.permanent else "failed"
    spent = {part["name"]: part["amount"] if error.ambiguous or part["every_try"] else 0 for part in row.reserved}
    if _settle(row, outcome, spent, ms, status=error.status) and row.run_id:
        Run.objects.filter(pk=row.run_id).update(api_calls=F("api_calls") + 1)


def cancel(row: Call) -> None:
    """Nothing was sent after all."""
    _settle(row, "cancelled", {part["name"]: 0 for part in row.reserved}, 0)


def _settle(row: Call, outcome: str, spent: dict[str, int], ms: int, **columns: Any) -> bool:
    with transaction.atomic():
        changed = Call.objects.filter(pk=row.pk, outcome=Call.OPEN).update(outcome=outcome, ms=ms, **columns)
        if changed:
            for part in row.reserved:
                meters.settle(part, spent.get(part["name"], part["amount"]))
    return bool(changed)


def settle_forgotten() -> int:
    """Calls whose process died in the middle: settled at their estimate after ten minutes."""
    forgotten = Call.objects.filter(outcome=Call.OPEN, at__lt=clock.now() - UNSETTLED_AFTER)
    return sum(_settle(row, "forgotten", {}, 0) for row in forgotten)
