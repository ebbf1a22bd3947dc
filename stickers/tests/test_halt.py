"""When more than half of a day's pictures, of ten or more, fail the checks, generation halts until it is cleared."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from stickers import generate, tries
from stickers.models import Generation, Sticker
from stickertrendz import clock
from stickertrendz.ops import switches
from stickertrendz.ops.errors import NotYet
from stickertrendz.ops.models import Alert
from stickertrendz.sandbox.server import Sandbox

from .conftest import Ready, RunJob

pytestmark = pytest.mark.django_db(transaction=True)
Day = Callable[[int, int], None]
BLANK = "mostly_blank: Blank share 0.93, allowed at most 80% blank"


@pytest.fixture
def day(sandbox: Sandbox, ready: Ready) -> Day:
    """Judged pictures of today: so many passed, and so many failed, the last of them through the step itself."""
    [trend] = ready(1)
    clock.sleep((clock.now().replace(hour=12, minute=0) - clock.now()).total_seconds() % 86_400)  # away from midnight

    def make(status: str, number: int, **columns: object) -> Generation:
        before = Generation.objects.count()
        for variant in range(before + 1, before + number + 1):
            made = Generation.objects.create(
                trend=trend, status=status, variant=variant, prompt="a frog", model_version="1", seed=variant, **columns
            )
        return made

    def judged(passed: int, failed: int) -> None:
        if passed:
            make("passed", passed)
        if failed > 1:
            make("quality_failed", failed - 1, failures=[BLANK])
        tries.unfit(make("collected", 1), ["touches_edge: Pixels on the canvas edge 40, allowed none"])

    return judged


def halted() -> bool:
    return switches.thrown("generation") is not None


def test_nine_pictures_are_too_few_to_judge_the_day_by(day: Day) -> None:
    day(0, 9)
    assert not halted()


def test_ten_failed_pictures_halt_it(day: Day) -> None:
    day(0, 10)
    assert halted()


def test_exactly_half_does_not_halt_it(day: Day) -> None:
    day(5, 5)
    assert not halted()


def test_one_more_than_half_halts_it_and_the_alert_tells_the_failures_by_kind(day: Day) -> None:
    day(4, 6)
    assert halted()
    told = Alert.objects.get(key="generation-halted").text
    assert "6 of today's 10 pictures failed the quality checks:\n5 × mostly blank\n1 × touches edge\n" in told
    assert "clear the switch" in told


def test_just_over_half_of_eleven_halts_it(day: Day) -> None:
    day(5, 6)
    assert halted()


def test_yesterdays_failures_do_not_count(day: Day) -> None:
    day(0, 9)
    Generation.objects.update(status_since=clock.now() - timedelta(hours=13))  # before midnight, less than a day ago
    day(0, 1)
    assert not halted()


def test_pictures_that_never_came_are_no_failed_checks(day: Day) -> None:
    day(0, 9)
    last = Generation.objects.filter(status="planned").first()
    assert last
    tries.lost(last, "expired: gone")
    assert not halted()


def test_what_failed_before_the_operator_cleared_the_switch_does_not_halt_it_again(day: Day) -> None:
    day(0, 10)
    clock.sleep(60)
    switches.clear("generation", by="operator", why="looked at")
    day(0, 9)
    assert not halted()
    day(0, 1)
    assert halted()


def test_while_it_is_halted_nothing_is_planned_or_bought(day: Day, sandbox: Sandbox, run_job: RunJob) -> None:
    day(0, 10)
    sandbox.forget_calls()
    assert "10 of today's 10 pictures" in run_job().note
    assert not sandbox.calls()


def test_pictures_in_flight_when_it_halts_are_collected_and_made_stickers_and_none_is_bought(
    ready: Ready, sandbox: Sandbox, run_job: RunJob
) -> None:
    [trend] = ready(1)
    generate.plan(trend)
    first, second, waiting = Generation.objects.order_by("variant")
    for each in (first, second):
        generate.order(each)
    switches.throw("generation", "6 of 10 failed", by="sticker_generator")
    sandbox.forget_calls()
    run = run_job()
    asked = {call["operation"] for call in sandbox.calls() if call["service"] == "replicate"}
    assert asked == {"predictions.get", "delivery"}
    for each in (first, second, waiting):
        each.refresh_from_db()
    assert (bool(first.original_key), bool(second.original_key), waiting.status) == (True, True, "planned")
    assert Sticker.objects.exclude(title="").count() == Generation.objects.filter(status="passed").count() > 0
    assert "what was bought before is finished" in run.note


def test_an_order_whose_answer_was_lost_is_found_while_it_is_halted(
    ready: Ready, sandbox: Sandbox, run_job: RunJob, fault: Callable[..., None]
) -> None:
    [trend] = ready(1)
    generate.plan(trend)
    Generation.objects.exclude(variant=1).delete()
    fault("replicate", "predictions.create", "500_after")
    with pytest.raises(NotYet):
        generate.order(Generation.objects.get())
    switches.throw("generation", "6 of 10 failed", by="sticker_generator")
    run_job(later=timedelta(minutes=5))
    assert Generation.objects.get(try_no=0).original_key
    world: Any = sandbox.worlds["replicate"]
    assert len(world.predictions) == 1


def test_a_halt_of_everything_asks_nothing_of_anybody(ready: Ready, sandbox: Sandbox, run_job: RunJob) -> None:
    [trend] = ready(1)
    generate.plan(trend)
    generate.order(Generation.objects.filter(variant=1).get())
    switches.throw("everything", "stop", by="operator")
    sandbox.forget_calls()
    run_job()
    assert not sandbox.calls()
