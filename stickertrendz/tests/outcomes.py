"""Looks at the rows and says in the fault table's words what became of disturbed work."""

from typing import Any

from django.apps import apps
from django.db.models import Model

from fulfillment.models import PrintJob
from stickers.models import Generation, Sticker
from stickertrendz import clock
from stickertrendz.ops.models import Alert, Call, ErrorLog, Meter, Run
from stickertrendz.ops.work import WorkItem
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests import fault_table as says
from stickertrendz.tests.staging import Stage
from trends.models import Source, Trend

ITEMS: list[Any] = [model for model in apps.get_models() if issubclass(model, WorkItem)]


def parked() -> list[str]:
    """Why rows wait for a person."""
    return [row.needs_attention for model in ITEMS for row in model.objects.parked()]


def put_off() -> list[Model]:
    return [row for model in ITEMS for row in model.objects.filter(not_before__gt=clock.now(), needs_attention="")]


def nothing_hangs() -> None:
    """Between runs nothing is claimed, running or held, and nothing the operator reads is a traceback."""
    for model in ITEMS:
        assert not model.objects.exclude(claimed_until=None).exists(), model
    assert not Run.objects.filter(status="running").exists()
    assert not Call.objects.filter(outcome=Call.OPEN).exists()
    assert not Meter.objects.exclude(reserved=0).exists()
    told = [
        *parked(),
        *ErrorLog.objects.values_list("error_message", flat=True),
        *Run.objects.values_list("note", flat=True),
    ]
    for words in told:
        assert not any(sign in words for sign in ("Traceback", 'File "', "did not foresee")), words


def retry_parked() -> None:
    """What the operator does when the trouble is over."""
    for model in ITEMS:
        model.objects.parked().update(needs_attention="", attempts=0, not_before=None)


def outcome(stage: Stage, sandbox: Sandbox, codes: list[int]) -> str:
    if any(codes):
        assert not parked()
        assert Alert.objects.exists()
        return says.FAILED
    if stage.scene.done(sandbox) == stage.undisturbed:
        refused = any(call["service"] == "etsy" and call["status"] == 401 for call in sandbox.calls())
        return says.RENEWED if refused else says.HEALED if len(codes) == 1 else says.DONE
    if words := parked():
        return says.ASKS if any("Sent more than once" in why for why in words) else says.PARKED
    return ended() or _waiting()


def ended() -> str:
    """How work ended otherwise than undisturbed, by design; nothing when it did not."""
    ends = (
        (Source.objects.filter(state="dead"), says.DEAD_SOURCE),
        (Trend.objects.filter(status="generation_failed"), says.GENERATION_FAILED),
        (Trend.objects.filter(status="quality_failed"), says.QUALITY_FAILED),
        (PrintJob.objects.filter(provider="self_usps"), says.BY_HAND),
        (Generation.objects.filter(try_no__gt=0), says.DRAWN_AGAIN),
        (Sticker.objects.filter(status="rejected"), says.REJECTED),
        (Generation.objects.filter(status="failed"), says.GIVEN_UP),
    )
    return next((words for rows, words in ends if rows.exists()), "")


def _waiting() -> str:
    notes = "\n".join(Run.objects.values_list("note", flat=True))
    if "Stopped" in notes:
        return says.CYCLE_ENDS
    if put_off():
        return says.WAITS
    return says.UNREAD if "read" in notes else "nobody knows"
