"""Step 5, the day's calls: acceptance criteria, edges of the thresholds, other programs' calls, pace, forecast."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from etsy import budget
from etsy.adapters import listings
from etsy.adapters.transport import Priority
from etsy.models import Listing
from etsy.tests.conftest import operations
from pricing import plan
from stickertrendz import clock
from stickertrendz.ops import log, meters
from stickertrendz.ops.errors import Refused
from stickertrendz.ops.models import ErrorLog, Mail
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests import children

Time = time_machine.Traveller
LIMIT = 10_000


@pytest.fixture
def used(sandbox: Sandbox, shop: Any) -> Callable[[int], None]:
    """Etsy grants 10,000 calls a day, as its headers say, and so many of them are used."""
    shop.settings["per_day"] = LIMIT
    listings.count_active()
    assert meters.limit("etsy") == LIMIT

    def use(calls: int) -> None:
        meters.spend("etsy", calls - meters.level("etsy").used, clock.now())
        sandbox.forget_calls()

    return use


def may_call(priority: Priority) -> bool:
    try:
        listings.get(1, priority=priority)
    except Refused:
        return False
    return True


def warnings(words: str) -> int:
    log.flush()
    return ErrorLog.objects.filter(severity="warning", error_message__contains=words).count()


def test_when_calls_exceed_7000_an_analytics_operation_is_skipped_and_the_skip_is_logged(
    sandbox: Sandbox, used: Callable[[int], None]
) -> None:
    used(7_001)
    with pytest.raises(Refused):
        listings.get_many([1], priority=Priority.STATS)
    assert operations(sandbox) == []
    assert warnings("getListingsByListingIds skipped") == 1


def test_when_calls_exceed_9500_every_call_is_blocked_mailed_and_done_the_next_day(
    sandbox: Sandbox, used: Callable[[int], None], make_sticker: Callable[..., Any], virtual_time: Time
) -> None:
    plan.open_offers(make_sticker())
    used(9_501)
    assert not any(map(may_call, Priority))
    run_job("publisher")
    run_job("import_orders")
    assert operations(sandbox) == []
    assert Mail.objects.filter(text__contains="All Etsy calls are stopped").count() == 1
    assert not Listing.objects.filter(status="active").exists()
    assert not Listing.objects.exclude(needs_attention="").exists(), "what waits needs nobody"
    virtual_time.shift(timedelta(hours=25, minutes=1))
    run_job("publisher")
    assert Listing.objects.filter(status="active").count() == 1


@pytest.mark.parametrize(
    ("calls", "allowed"),
    [
        (6_999, "ORDERS PUBLISHING PRICES STATS"), (7_000, "ORDERS PUBLISHING PRICES"),
        (8_499, "ORDERS PUBLISHING PRICES"), (8_500, "ORDERS PUBLISHING"), (9_499, "ORDERS"), (9_500, ""),
    ],
)  # fmt: skip
def test_at_each_edge_exactly_those_may_call_whose_call_stays_within_their_share(
    used: Callable[[int], None], calls: int, allowed: str
) -> None:
    """Each is asked as the next call: at 9,499 one more may go, whoever it is of those two."""
    for priority in Priority:
        used(calls)
        wanted = priority.name in allowed.split() or (calls == 9_499 and priority is Priority.PUBLISHING)
        assert may_call(priority) is wanted, f"{priority.name} at {calls}"
        meters.spend("etsy", calls - meters.level("etsy").used, clock.now())


@pytest.mark.parametrize("limit", [5_000, 150, 100_000])
def test_the_thresholds_follow_the_limit_of_the_headers(shop: Any, limit: int) -> None:
    shop.settings["per_day"] = limit
    listings.count_active()
    share = budget.thresholds(meters.limit("etsy"))
    assert share == {"stats": limit * 70 // 100, "prices": limit * 85 // 100, "all": limit * 95 // 100}


def test_a_threshold_that_is_jumped_over_is_told_once(used: Callable[[int], None], virtual_time: Time) -> None:
    used(7_050)
    for _ in range(3):
        assert may_call(Priority.ORDERS)
    assert warnings("no more statistics") == 1
    used(8_600)
    for _ in range(3):
        assert may_call(Priority.PUBLISHING)
    assert Mail.objects.filter(text__contains="Prices and statistics wait").count() == 1
    assert warnings("no more statistics") == 1


def test_calls_below_every_threshold_tell_nothing(used: Callable[[int], None]) -> None:
    used(6_000)
    assert may_call(Priority.STATS)
    assert (warnings("no more"), Mail.objects.count()) == (0, 0)


def test_calls_of_other_programs_with_our_key_count_as_used(shop: Any, virtual_time: Time) -> None:
    listings.count_active()
    hour = int(clock.now().timestamp() // 3600)
    shop.calls_by_hour[hour] += 500
    for _ in range(3):
        listings.count_active()
        assert meters.level("etsy").used == sum(shop.calls_by_hour.values()), "told again and again, counted once"


def test_calls_of_other_programs_are_booked_once_when_two_workers_learn_of_them_at_once(
    shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    level = meters.level

    def overtaken(*args: Any) -> meters.Level:
        seen = level(*args)
        monkeypatch.setattr(meters, "level", level)
        budget.learn(5_000, 4_000)
        return seen

    monkeypatch.setattr(meters, "level", overtaken)
    budget.learn(5_000, 4_000)
    assert meters.level("etsy").used == 1_000


@pytest.mark.django_db(transaction=True)
def test_three_processes_together_keep_etsys_calls_per_second(live_sandbox: Sandbox, settings: Any) -> None:

    call_command("etsy_authorize")
    live_sandbox.worlds["etsy"].settings["per_second"] = 10  # type: ignore[attr-defined]
    settings.SERVICES = settings.SERVICES | {"etsy": settings.SERVICES["etsy"] | {"per_second": 10}}
    live_sandbox.forget_calls()
    with ExitStack() as stack:
        workers = [stack.enter_context(children.fork(live_sandbox, _ten_calls)) for _ in range(3)]
        assert [worker.wait() for worker in workers] == [0, 0, 0]
    made = [call for call in live_sandbox.calls() if call["service"] == "etsy"]
    assert [call["status"] for call in made] == [404] * 30, "none was one too many for Etsy"
    at = sorted(call["at"] for call in made)
    assert at[-1] - at[0] > 29 / 10 * 0.8, "thirty turns of a tenth of a second, one after the other"


def _ten_calls() -> int:
    clock.wait_with(time.sleep)
    for _ in range(10):
        listings.get(1)
    return 0


NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)


def test_the_forecast_says_when_each_threshold_is_reached_at_the_present_rate(db: None) -> None:
    for hour, calls in ((9, 600), (10, 600), (11, 600), (12, 300)):
        meters.spend("etsy", calls, NOW.replace(hour=hour, minute=0))
    told = budget.forecast(NOW)  # 2,100 used, 600 an hour, of 5,000
    assert told["stats"] == NOW + timedelta(hours=1400 / 600)
    assert told["prices"] == NOW + timedelta(hours=2150 / 600)
    assert told["all"] == NOW + timedelta(hours=2650 / 600)
    assert budget.outlook(NOW) == (
        "statistics wait from 14:50 UTC; prices wait from 16:05 UTC; everything waits from 16:55 UTC"
    )


def test_a_usual_day_reaches_nothing(db: None) -> None:
    for back in range(24):
        meters.spend("etsy", 20, NOW - timedelta(hours=back))
    assert set(budget.forecast(NOW).values()) == {None}
    assert budget.outlook(NOW) == ""


def test_what_is_passed_already_is_told_as_now(db: None) -> None:
    meters.spend("etsy", 3_600, NOW - timedelta(hours=20))
    assert budget.forecast(NOW)["stats"] == NOW
    assert budget.outlook(NOW) == "statistics wait now"


@given(
    hours=st.lists(st.integers(0, 400), min_size=25, max_size=25), rate=st.floats(0, 1_000), most=st.integers(1, 10_000)
)
def test_the_crossing_is_the_first_moment_at_which_the_sliding_sum_is_reached(
    hours: list[int], rate: float, most: int
) -> None:
    """Held between two walks in steps of a minute: one step's calls may be missed by the first, not by the second."""
    never = NOW.replace(minute=0) + timedelta(hours=24)
    told, late, early = (
        min(at or never, never)
        for at in (
            budget.crossing(NOW, hours, rate, most),
            _walk(hours, rate, most + 1e-6),
            _walk(hours, rate, most - rate / 60 - 1e-6),
        )
    )
    assert early <= told <= late


def _walk(hours: list[int], rate: float, most: float) -> datetime | None:
    this_hour = NOW.replace(minute=0)
    for minute in range(24 * 60):
        at = NOW + timedelta(minutes=minute)
        gone = int((at - this_hour) / timedelta(hours=1))
        if sum(hours[gone:]) + rate * minute / 60 >= most:
            return at
    return None
