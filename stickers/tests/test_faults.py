"""Every fault of every service the generator uses is healed by later runs: no row stuck, none lost, none paid twice."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from stickers.generate import plan
from stickers.models import Generation, Sticker
from stickertrendz.ops.models import ErrorLog, Run
from stickertrendz.sandbox.server import Sandbox
from trends.models import Trend

from .conftest import Ready, RunJob

Fault = Callable[..., None]
pytestmark = pytest.mark.django_db(transaction=True)
USUAL = ("429", "500", "500_after", "timeout", "timeout_after", "malformed", "html")
AT_REPLICATE = [(each, name) for each in ("predictions.create", "predictions.get", "delivery") for name in USUAL]
AT_OPENAI = [(each, name) for each in ("chat.completions", "moderations") for name in USUAL]


def nothing_is_wrong() -> bool:
    parked = any(model.objects.parked().exists() for model in (Trend, Generation, Sticker))
    errors = ErrorLog.objects.filter(severity="error").exists()
    return not (parked or errors or Run.objects.filter(status="failed").exists())


@pytest.mark.parametrize(("operation", "name"), [*AT_REPLICATE, ("delivery", "truncated")])
def test_a_passing_fault_of_replicate_costs_time_only(
    sandbox: Sandbox, ready: Ready, run_job: RunJob, fault: Fault, operation: str, name: str
) -> None:
    [trend] = ready(1)
    plan(trend)
    Generation.objects.exclude(variant=1).delete()
    fault("replicate", operation, name, times=2, seconds=0.1)
    for _ in range(6):
        run_job(later=timedelta(minutes=11))
    trend.refresh_from_db()
    assert (trend.status, Sticker.objects.get().status) == ("generated", "approved")
    assert len(sandbox.worlds["replicate"].dump()["predictions"]) == Generation.objects.count()
    assert nothing_is_wrong()


@pytest.mark.parametrize(("operation", "name"), AT_OPENAI)
def test_a_passing_fault_of_openai_costs_time_only(
    sandbox: Sandbox, pending: Sticker, run_job: RunJob, fault: Fault, operation: str, name: str
) -> None:
    Sticker.objects.update(title="")
    fault("openai", operation, name, times=2, seconds=0.1)
    for _ in range(2):
        run_job(later=timedelta(minutes=11))
    pending.refresh_from_db()
    assert (pending.status, len(pending.tags)) == ("approved", 13)
    assert nothing_is_wrong()


@pytest.mark.parametrize("operation", ["chat.completions", "moderations"])
def test_a_refused_openai_key_fails_the_run_and_parks_nothing(
    sandbox: Sandbox, pending: Sticker, run_job: RunJob, fault: Fault, operation: str
) -> None:
    Sticker.objects.update(title="" if operation == "chat.completions" else "A title")
    fault("openai", operation, "401")
    assert run_job(code=1).status == "failed"
    run_job()
    pending.refresh_from_db()
    assert pending.status == "approved"


def test_a_model_that_refuses_ends_in_generation_failed(
    sandbox: Sandbox, ready: Ready, run_job: RunJob, fault: Fault
) -> None:
    [trend] = ready(1)
    fault("openai", "chat.completions", "refuse")
    run_job()
    trend.refresh_from_db()
    assert trend.status == "generation_failed"
