"""Every fault of every operation that the shop's jobs use ends as the table says: nothing stuck, lost or doubled."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine

from etsy.adapters import wire
from stickertrendz import clock
from stickertrendz.ops import runner
from stickertrendz.ops.models import Alert, Switch
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests import fault_table
from stickertrendz.tests.fault_table import ROWS, UNDONE, UNHEARD, Row
from stickertrendz.tests.outcomes import ended, nothing_hangs, outcome, parked, retry_parked
from stickertrendz.tests.scenes import SCENES
from stickertrendz.tests.shop_scenes import connect, world
from stickertrendz.tests.staging import Stage, remembered, staged
from trends.adapters import feed, reddit

pytestmark = [pytest.mark.django_db, pytest.mark.either]
LASTS = 5  # runs
APART = 12 * 60.0  # seconds between them
LATER = 11 * 60.0  # seconds between runs afterwards; ten of them outlast every claim, rest and wait
# The others that last take the same ways as one of these.
TELLING = {"500", "401", "refuse"}


def tells_nothing_new(row: Row, fault: str, *, lasting: bool) -> bool:
    """Of the faults of one kind that end alike in a row, the first stands for all."""
    if lasting:
        return fault not in TELLING
    kind = next((kind for kind in (UNDONE, UNHEARD) if fault in kind.split()), "")
    alike = kind.split() or [fault]
    end = row.comes(fault, lasting=False)
    return fault != next(one for one in alike if one in row.faults and row.comes(one, lasting=False) == end)


CELLS = [
    pytest.param(
        row.scene, row, fault, lasting,
        id=f"{row.scene}-{row.operation}-{fault}-{'lasting' if lasting else 'once'}",
        marks=[pytest.mark.long] if tells_nothing_new(row, fault, lasting=lasting) else [],
    )
    for row in ROWS for fault in row.faults for lasting in (False, True)
]  # fmt: skip
# One of each client; its other calls wait with the same patience.
KEEP_US_WAITING = {
    ("look for trends", "rising"), ("look for trends without keys", "rss"), ("describe", "chat.completions"),
    ("draw", "predictions.create"), ("publish", "createDraftListing"), ("print", "orders.submit"),
}  # fmt: skip
THEIR_OTHERS = {
    ("draw", "predictions.get"), ("publish", "getListing"), ("renew the token", "oauth.token"), ("print", "quote"),
}  # fmt: skip
PATIENCE = 3  # real seconds; a busy machine, too, answers sooner


@pytest.fixture(scope="module")
def once_drawn() -> Iterator[None]:
    with remembered():
        yield


@pytest.fixture(scope="module")
def prepared(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any, _started_sandbox: Sandbox,
    once_drawn: None,
) -> Iterator[Stage]:  # fmt: skip
    """The scene by the name of the parameter, made once for all tests in it."""
    with django_db_blocker.unblock(), staged(SCENES[request.param], _started_sandbox) as stage:
        yield stage


@pytest.fixture
def stage(prepared: Stage, sandbox: Sandbox, virtual_time: time_machine.Traveller) -> Stage:
    """The scene at its first moment, in the database, in the sandbox and on the clock."""
    virtual_time.move_to(prepared.at)
    prepared.restore(sandbox)
    return prepared


def break_it(sandbox: Sandbox, row: Row, fault: str, *, lasting: bool = False, seconds: float = 0.01) -> None:
    name, again = {"429": ("429", 1), "429_hour": ("429", 3600)}.get(fault, (fault, None))
    sandbox.faults.add(Fault(row.service, row.operation, name, None if lasting else 1, again, seconds))


def work(stage: Stage) -> int:
    code = runner.run_job(stage.scene.job)[0]
    nothing_hangs()
    return code


def disturbed(stage: Stage, sandbox: Sandbox, runs: int) -> str:
    codes = [work(stage)]
    for _ in range(runs - 1):
        clock.sleep(APART)
        codes.append(work(stage))
    assert any(call["fault"] for call in sandbox.calls()), "the fault struck nothing"
    return outcome(stage, sandbox, codes)


def recovered(stage: Stage, sandbox: Sandbox) -> str:
    """The service is well again: nothing when the work ends as undisturbed, else how it ended."""
    sandbox.faults.clear()
    retry_parked()
    for _ in range(10):
        clock.sleep(LATER)
        assert work(stage) == 0
        if stage.scene.done(sandbox) == stage.undisturbed:
            return ""
    return ended() or (fault_table.ASKS if parked() else "it never ended")


@pytest.mark.parametrize(("prepared", "row", "fault", "lasting"), CELLS, indirect=["prepared"], scope="module")
def test_a_fault_ends_as_the_table_says(stage: Stage, sandbox: Sandbox, row: Row, fault: str, lasting: bool) -> None:
    break_it(sandbox, row, fault, lasting=lasting)
    comes = disturbed(stage, sandbox, LASTS if lasting else 1)
    end = recovered(stage, sandbox)
    assert (comes if end in ("", comes) else f"{comes}; then {end}") == row.comes(fault, lasting=lasting)
    assert not stage.scene.done(sandbox).get("doubles")


@pytest.mark.parametrize(
    ("prepared", "row"),
    [
        pytest.param(
            row.scene, row, id=f"{row.scene}-{row.operation}", marks=[pytest.mark.long] if named in THEIR_OTHERS else []
        )
        for row in ROWS
        if (named := (row.scene, row.operation)) in KEEP_US_WAITING | THEIR_OTHERS
    ],
    indirect=["prepared"],
    scope="module",
)
def test_a_service_that_keeps_us_waiting_is_left_after_our_own_patience(
    stage: Stage, sandbox: Sandbox, row: Row, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OPENAI_TIMEOUT = settings.REPLICATE_TIMEOUT = settings.STICKER_MULE_TIMEOUT = PATIENCE
    for adapter in (wire, feed, reddit):
        monkeypatch.setattr(adapter, "TIMEOUT", PATIENCE)
    break_it(sandbox, row, "timeout", seconds=20)
    assert disturbed(stage, sandbox, 1) == row.comes("timeout", lasting=False)
    assert recovered(stage, sandbox) == ""


@pytest.mark.parametrize("prepared", ["renew the token"], indirect=True, scope="module")
def test_a_dead_refresh_token_throws_the_switch_and_the_work_goes_on_after_a_new_consent(
    stage: Stage, sandbox: Sandbox
) -> None:
    world(sandbox, "etsy").table("refresh_tokens").clear()
    assert outcome(stage, sandbox, [work(stage)]) == fault_table.FAILED
    assert Switch.objects.get().name == "etsy"
    assert Alert.objects.filter(key="etsy-token").exists()
    clock.sleep(APART)
    assert work(stage) == 0, "a halt that was told already is calm"
    connect(sandbox)
    assert recovered(stage, sandbox) == ""


def test_the_page_about_faults_shows_this_table() -> None:
    written = Path(__file__).resolve().parents[2] / "docs" / "faults.md"
    assert written.read_text() == fault_table.page(), f"run: python -m {fault_table.__name__} > docs/faults.md"
