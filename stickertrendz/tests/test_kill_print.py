"""Killed anywhere on the way to the printer and back, each line is printed once: there, or by our own hands."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import pytest

from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests import print_scenes as scenes
from stickertrendz.tests.children import killed, killed_before_write, run, until_quiet
from stickertrendz.tests.print_scenes import Prints, check, first_day, work

pytestmark = pytest.mark.django_db(transaction=True)
LONG = pytest.mark.long
BOTH = Prints(there=2, by_hand=1, status="pending_manual")
NONE = Prints(there=0, by_hand=0, status="cancelled")


@dataclass(frozen=True)
class Scene:
    """`calls` are the printer's in undisturbed work."""

    prepare: Callable[[Sandbox], None]
    calls: tuple[str, ...]
    ends: Prints


ASKS, SENDS, READS = ("quote", "quote"), ("artworks.upload", "orders.submit"), ("orders.get", "orders.get")
SCENES = {
    "send": Scene(scenes.to_send, (*ASKS, *SENDS, *SENDS, *READS), BOTH),
    "look": Scene(scenes.to_look_for, ("orders.find", "quote", *SENDS, *READS), BOTH),
    "take over": Scene(
        scenes.to_take_over, (*ASKS, *SENDS, "orders.find"), Prints(there=0, by_hand=3, status="pending_manual")
    ),
    "copy": Scene(scenes.to_send_a_copy, ("quote", *SENDS, "orders.get"), replace(BOTH, there=3)),
    "new line": Scene(scenes.to_send_a_new_line, ("quote", *SENDS, "orders.get"), replace(BOTH, there=3)),
    "stop": Scene(scenes.to_stop, ("orders.cancel", "orders.cancel"), NONE),
    "stop unclear": Scene(scenes.to_stop_unclear, ("orders.find", "orders.cancel"), NONE),
}
TELLING = {("send", "orders.submit", 2), ("look", "orders.find", 1), ("stop", "orders.cancel", 1)}
POINTS = [
    pytest.param(name, call, scene.calls[: place + 1].count(call), when,
                 id=f"{name}-{when}-{call}-{scene.calls[: place + 1].count(call)}",
                 marks=() if (name, call, scene.calls[: place + 1].count(call)) in TELLING else LONG)
    for name, scene in SCENES.items() for place, call in enumerate(scene.calls) for when in ("before", "after")
]  # fmt: skip


@pytest.fixture
def printer(transactional_db: None, live_sandbox: Sandbox, settings: Any) -> Sandbox:
    settings.JOB_LIST = "fulfillment.tests.conftest.JOBS"
    settings.FULFILLMENT_PROVIDER = "sticker_mule"
    first_day(live_sandbox)
    return live_sandbox


@pytest.mark.parametrize("name", [name if name == "send" else pytest.param(name, marks=LONG) for name in SCENES])
def test_undisturbed_work_makes_exactly_the_calls_that_are_killed_below(printer: Sandbox, name: str) -> None:
    scene = SCENES[name]
    scene.prepare(printer)
    printer.forget_calls()
    assert run(printer, work) == 0
    assert tuple(call["operation"] for call in printer.calls()) == scene.calls
    check(printer, scene.ends)


@pytest.mark.parametrize(("name", "operation", "nth", "when"), POINTS)
def test_killed_in_a_call_every_line_is_printed_once(
    printer: Sandbox, name: str, operation: str, nth: int, when: str
) -> None:
    scene = SCENES[name]
    scene.prepare(printer)
    killed(printer, work, "sticker_mule", operation, when, nth)
    until_quiet(printer, work)
    check(printer, scene.ends)


@LONG
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", SCENES)
def test_killed_before_any_of_its_writes_every_line_is_printed_once(printer: Sandbox, name: str) -> None:
    scene = SCENES[name]
    for nth in count(1):
        first_day(printer)
        scene.prepare(printer)
        if not killed_before_write(printer, work, nth):
            break
        until_quiet(printer, work)
        check(printer, scene.ends)
    assert nth > 10 * len(scene.calls)
