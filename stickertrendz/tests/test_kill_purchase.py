"""Killed anywhere in drawing a design, the shop buys no picture twice and ends with the same stickers."""

from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Sum

from stickers.models import Generation, Size
from stickertrendz.ops.models import Call, Meter, Run
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.children import jobs, killed, killed_before_write, run, until_quiet
from stickertrendz.tests.making import make_trend
from trends.models import Trend

pytestmark = pytest.mark.django_db(transaction=True)
work = jobs("sticker_generator")
TOPIC = "sleepy capybara in a bathtub"
BOUGHT = [("replicate", "predictions.create", nth) for nth in (1, 2, 3)]
ASKED = [
    ("openai", "chat.completions", 1), ("replicate", "predictions.get", 1), ("replicate", "predictions.get", 4),
    ("replicate", "delivery", 1), ("replicate", "delivery", 3), ("openai", "chat.completions", 2),
    ("openai", "chat.completions", 4), ("openai", "moderations", 1), ("openai", "moderations", 3),
]  # fmt: skip
LONG = pytest.mark.long
TELLING = [BOUGHT[0], ("replicate", "delivery", 1)]  # paid for, and paid for but not yet kept; the others are alike
STEP = 5  # every fifth write: each point takes seconds of drawing and cutting out
POINTS = [
    pytest.param(*call, when, id=f"{when}-{call[1]}-{call[2]}", marks=() if call in TELLING else LONG)
    for call in (*BOUGHT, *ASKED)
    for when in ("before", "after")
]


@dataclass(frozen=True)
class Made:
    """What undisturbed and disturbed work must have in common."""

    paid: list[str]
    designs: list[Any]
    sizes: list[Any]


def made(sandbox: Sandbox) -> Made:
    design = ("title", "description", "tags", "status", "shelf", "thumbnail_key", "cut_path_key", "listing_images")
    columns = ("variant", "try_no", "status", "prompt", "seed", "original_key", *(f"sticker__{one}" for one in design))
    sizes = ("sticker__generation__variant", "size", "dpi", "print_key")
    world: Any = sandbox.worlds["replicate"]
    return Made(
        paid=sorted(one["input"]["prompt"] for one in world.predictions.values()),
        designs=list(Generation.objects.order_by("variant", "try_no").values_list(*columns)),
        sizes=list(Size.objects.order_by(*sizes).values_list(*sizes)),
    )


@pytest.fixture(scope="module")
def known() -> list[Made]:
    """Undisturbed work is done once for all points."""
    return []


@pytest.fixture
def undisturbed(transactional_db: None, live_sandbox: Sandbox, known: list[Made]) -> Made:
    """What is made when nothing happens; afterwards it is the first day again."""
    if not known:
        empty()
        make_trend(TOPIC)
        assert run(live_sandbox, work) == 0
        known.append(made(live_sandbox))
    empty()
    live_sandbox.reset()
    return known[0]


def empty() -> None:
    call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)


def check(sandbox: Sandbox, undisturbed: Made) -> None:
    assert made(sandbox) == undisturbed
    assert Trend.objects.get().status == "generated"
    assert not Generation.objects.exclude(needs_attention="").exists()
    assert not Run.objects.filter(status="running").exists()
    assert not Call.objects.filter(outcome=Call.OPEN).exists()
    booked = Meter.objects.filter(name="images").aggregate(used=Sum("used"), held=Sum("reserved"))
    assert booked["held"] == 0
    # A picture whose order died on its way counts against the day's cap although it was never drawn.
    assert booked["used"] - len(undisturbed.paid) in (0, 1)


def test_undisturbed_work_buys_each_design_once_and_asks_nothing_more(live_sandbox: Sandbox, undisturbed: Made) -> None:
    make_trend(TOPIC)
    assert run(live_sandbox, work) == 0
    check(live_sandbox, undisturbed)
    assert len(undisturbed.paid) == len(set(undisturbed.paid)) == 3
    assert {design[2] for design in undisturbed.designs} == {"passed"}
    until_quiet(live_sandbox, work, rounds=1)


@pytest.mark.parametrize(("service", "operation", "nth", "when"), POINTS)
def test_killed_in_a_call_it_ends_with_the_same_stickers_and_as_many_paid_pictures(
    live_sandbox: Sandbox, undisturbed: Made, service: str, operation: str, nth: int, when: str
) -> None:
    make_trend(TOPIC)
    killed(live_sandbox, work, service, operation, when, nth)
    until_quiet(live_sandbox, work)
    check(live_sandbox, undisturbed)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_killed_before_its_writes_it_ends_with_the_same_stickers_and_as_many_paid_pictures(
    live_sandbox: Sandbox, undisturbed: Made
) -> None:
    for nth in count(1, STEP):
        empty()
        live_sandbox.reset()
        make_trend(TOPIC)
        if not killed_before_write(live_sandbox, work, nth):
            break
        until_quiet(live_sandbox, work)
        check(live_sandbox, undisturbed)
    assert nth > 10 * len(POINTS)
