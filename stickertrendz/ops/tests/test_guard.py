"""The guard: what is refused, what is repeated, what is booked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from stickertrendz import clock
from stickertrendz.ops import guard, intents, ledger, meters, switches
from stickertrendz.ops.errors import OutsideError, Refused
from stickertrendz.ops.guard import Answer, Repeat
from stickertrendz.ops.meters import Reserve
from stickertrendz.ops.models import Call, Intent, Meter

pytestmark = pytest.mark.django_db(transaction=True)
PASSING = OutsideError("etsy", "busy", status=503, ambiguous=True)
BUSY = OutsideError("etsy", "slow down", status=429, retry_after=1)


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waits: list[float] = []
    monkeypatch.setattr(clock, "_wait", waits.append)
    monkeypatch.setitem(settings.SERVICES["etsy"], "per_second", 1_000_000)
    return waits


def call(repeat: Repeat = Repeat.SAFE, *reserve: Reserve) -> guard.Call:
    return guard.Call("etsy", "getListing", repeat, reserve=reserve)


def answering(*answers: Any) -> tuple[Callable[[], Answer[Any]], list[Any]]:
    left, made = list(answers), []

    def go() -> Answer[Any]:
        made.append(1)
        answer = left.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer if isinstance(answer, Answer) else Answer(answer)

    return go, made


def test_a_good_answer_is_given_back_and_booked() -> None:
    go, _ = answering(Answer("frog", cost_micro=70, request_id="abc"))
    assert guard.send(call(Repeat.SAFE, Reserve("ai", 500)), go) == "frog"
    row = Call.objects.get()
    assert (row.outcome, row.cost_micro, row.request_id) == ("done", 70, "abc")
    assert meters.level("ai").used == 70


def test_reads_are_repeated_after_2_4_and_8_seconds(slept: list[float]) -> None:
    go, made = answering(PASSING, PASSING, PASSING, "frog")
    assert guard.send(call(), go) == "frog"
    assert [round(wait) for wait in slept if wait > 1] == [2, 4, 8]
    assert (len(made), Call.objects.count()) == (4, 4)


def test_what_creates_is_not_repeated_when_it_may_have_been_done() -> None:
    go, made = answering(PASSING, "frog")
    with pytest.raises(OutsideError):
        guard.send(call(Repeat.ONCE), go)
    assert len(made) == 1


def test_what_creates_is_repeated_when_nothing_can_have_been_done() -> None:
    go, made = answering(BUSY, "frog")
    assert guard.send(call(Repeat.ONCE), go) == "frog"
    assert len(made) == 2


def test_permanent_errors_are_not_repeated() -> None:
    go, made = answering(OutsideError("etsy", "no such listing", permanent=True, status=404), "frog")
    with pytest.raises(OutsideError):
        guard.send(call(), go)
    assert len(made) == 1


def test_a_retry_after_above_30_seconds_is_never_slept(slept: list[float]) -> None:
    go, made = answering(OutsideError("etsy", "daily limit", status=429, retry_after=3600), "frog")
    with pytest.raises(OutsideError):
        guard.send(call(), go)
    assert (len(made), [wait for wait in slept if wait > 1]) == (1, [])


def test_the_breaker_opens_at_its_threshold_and_refuses_without_sending() -> None:
    for _ in range(settings.SERVICES["etsy"]["threshold"]):
        with pytest.raises(OutsideError):
            guard.send(call(Repeat.ONCE), answering(PASSING)[0])
    go, made = answering("frog")
    with pytest.raises(Refused, match="failed 3 times in a row"):
        guard.send(call(), go)
    assert not made


def test_our_own_mistakes_do_not_open_the_breaker() -> None:
    for _ in range(5):
        with pytest.raises(OutsideError):
            guard.send(call(), answering(OutsideError("etsy", "bad title", permanent=True, status=400))[0])
    assert guard.send(call(), answering("frog")[0]) == "frog"


def test_half_open_goes_to_one_caller_and_closes_on_success() -> None:
    row = meters.row("breaker:etsy", meters.EPOCH)
    Meter.objects.filter(pk=row.pk).update(used=3, until=clock.now() - timedelta(seconds=1))

    def go() -> Answer[str]:
        with pytest.raises(Refused, match="being tried out"):
            guard.send(call(), answering("second")[0])
        return Answer("first")

    assert guard.send(call(), go) == "first"
    assert Meter.objects.get(pk=row.pk).until is None


def test_a_spent_budget_refuses_before_anything_is_sent_and_holds_nothing() -> None:
    go, made = answering("frog")
    with pytest.raises(Refused, match="AI budget of the month"):
        guard.send(call(Repeat.SAFE, Reserve("images"), Reserve("ai", settings.METERS["ai"]["limit"] + 1)), go)
    assert not made
    assert meters.level("images").used == 0


def test_the_last_unit_of_a_cap_is_sold_once() -> None:
    limit = settings.METERS["images"]["limit"]
    now = clock.now()
    for _ in range(limit):
        meters.reserve(Reserve("images"), now)
    with pytest.raises(Refused):
        meters.reserve(Reserve("images"), now)


def test_a_clear_failure_costs_nothing_but_an_unclear_one_its_estimate() -> None:
    for error in (OutsideError("etsy", "bad", permanent=True, status=400), PASSING):
        with pytest.raises(OutsideError):
            guard.send(call(Repeat.ONCE, Reserve("ai", 500), Reserve("etsy")), answering(error)[0])
    assert meters.level("ai").used == 500
    assert meters.level("etsy").used == 2


def test_a_sliding_day_counts_24_hours_back_and_no_further() -> None:
    now = clock.now()
    meters.spend("etsy", 10, now - timedelta(hours=25))
    meters.spend("etsy", 7, now - timedelta(hours=20))
    meters.spend("etsy", 5, now)
    assert meters.level("etsy", now).used == 12


def test_each_priority_stops_at_its_share_of_etsys_limit() -> None:
    now = clock.now()
    meters.spend("etsy", int(settings.ETSY_DAILY_LIMIT * 0.86), now)
    meters.reserve(Reserve("etsy", 1, settings.ETSY_SHARES[1]), now)
    for priority in (2, 3):
        with pytest.raises(Refused, match="Etsy calls in 24 hours"):
            meters.reserve(Reserve("etsy", 1, settings.ETSY_SHARES[priority]), now)


def test_calls_forgotten_by_a_dead_process_are_settled_at_their_estimate() -> None:
    ledger.open_call("replicate", "predictions.create", "", (Reserve("images"), Reserve("ai", 900)))
    Call.objects.update(at=clock.now() - timedelta(minutes=11))
    assert ledger.settle_forgotten() == 1
    assert (meters.level("images").used, meters.level("ai").used) == (1, 900)
    assert Meter.objects.get(name="ai").reserved == 0


def test_a_thrown_switch_refuses_and_a_cleared_one_lets_through() -> None:
    switches.throw("etsy", "authorisation is gone", by="system")
    go, made = answering("frog")
    with pytest.raises(Refused, match="authorisation is gone"):
        guard.send(call(), go)
    assert not made
    switches.clear("etsy", by="owner")
    assert guard.send(call(), go) == "frog"


def test_a_call_inside_a_transaction_is_an_error() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        guard.send(call(), answering("frog")[0])


def test_an_intent_is_sent_before_the_bytes_leave_and_done_after() -> None:
    intent = intents.plan("draft", "ST-000001")

    def go() -> Answer[str]:
        assert Intent.objects.get().state == "sent"
        return Answer("frog", result={"listing_id": 5})

    guard.send(call(Repeat.ONCE), go, intent)
    assert (Intent.objects.get().state, Intent.objects.get().result) == ("done", {"listing_id": 5})


def test_an_intent_clearly_refused_is_planned_again_but_an_unclear_one_stays_sent() -> None:
    clear, unclear = intents.plan("draft", "a"), intents.plan("draft", "b")
    for intent, error in ((clear, OutsideError("etsy", "bad", permanent=True, status=400)), (unclear, PASSING)):
        with pytest.raises(OutsideError):
            guard.send(call(Repeat.ONCE), answering(error)[0], intent)
    assert list(Intent.objects.order_by("key").values_list("state", flat=True)) == ["planned", "sent"]


def test_turns_are_handed_out_at_the_services_pace(monkeypatch: pytest.MonkeyPatch, slept: list[float]) -> None:
    monkeypatch.setitem(settings.SERVICES["etsy"], "per_second", 2)
    for _ in range(3):
        guard.send(call(), answering("frog")[0])
    assert [round(wait, 1) for wait in slept] == [pytest.approx(0.5, abs=0.2), pytest.approx(1.0, abs=0.2)]


def test_a_budget_that_ends_between_two_tries_does_not_hide_that_something_went_out() -> None:
    meters.spend("images", settings.METERS["images"]["limit"] - 1, clock.now())
    go, made = answering(PASSING, "frog")
    with pytest.raises(OutsideError, match="busy"):
        guard.send(call(Repeat.SAFE, Reserve("images")), go)
    assert len(made) == 1


def test_a_sliding_day_counts_an_hour_until_all_of_it_is_older() -> None:
    now = clock.now().replace(minute=1)
    meters.spend("etsy", 7, now - timedelta(hours=23, minutes=2))
    assert meters.level("etsy", now).used == 7


def test_a_told_limit_of_zero_is_not_believed() -> None:
    meters.note_limit("etsy", 0, clock.now())
    assert meters.limit("etsy") == settings.ETSY_DAILY_LIMIT
