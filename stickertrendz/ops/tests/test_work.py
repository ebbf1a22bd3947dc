"""Work items: moves, claims and what each kind of failure does to a row."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.db.models import Model

from stickertrendz import clock
from stickertrendz.ops.errors import Beaten, Halt, IllegalMove, LostLock, NeedsPerson, NotYet, OutsideError, Refused
from stickertrendz.ops.models import ErrorLog
from stickertrendz.ops.work import MOST_ATTEMPTS, Outcome, attempt, claim
from trends.models import Trend

pytestmark = pytest.mark.django_db(transaction=True)


def make_trend(status: str = "discovered") -> Trend:
    return Trend.objects.create(topic="sleepy frog", topic_normalized="frog sleepi", status=status)


def raising(error: BaseException) -> Callable[[Model], None]:
    def step(item: Model) -> None:
        raise error

    return step


def test_a_move_that_is_not_allowed_is_refused_in_plain_words() -> None:
    with pytest.raises(IllegalMove, match="cannot go from discovered to published"):
        make_trend().move_to("published")


def test_of_two_moves_from_the_same_status_one_wins() -> None:
    first = make_trend()
    second = Trend.objects.get(pk=first.pk)
    first.move_to("processing")
    with pytest.raises(Beaten):
        second.move_to("processing")


def test_a_move_forgets_attempts_waiting_and_parking() -> None:
    trend = make_trend()
    Trend.objects.filter(pk=trend.pk).update(attempts=2, not_before=clock.now(), needs_attention="look")
    trend.move_to("processing")
    trend.refresh_from_db()
    assert (trend.attempts, trend.not_before, trend.needs_attention) == (0, None, "")


def test_a_claimed_row_is_not_due_and_not_claimed_again() -> None:
    trend = make_trend()
    assert claim(trend)
    assert not Trend.objects.due("discovered").exists()
    assert attempt(Trend.objects.get(), lambda item: None).outcome is Outcome.TAKEN


def test_an_expired_claim_is_due_again() -> None:
    trend = make_trend()
    claim(trend, timedelta(seconds=-1))
    assert Trend.objects.due("discovered").get() == trend


def test_a_done_step_releases_the_row_and_forgets_its_attempts() -> None:
    trend = make_trend()
    assert attempt(trend, lambda item: item.move_to("processing")).outcome is Outcome.DONE
    trend.refresh_from_db()
    assert (trend.status, trend.claimed_until, trend.attempts) == ("processing", None, 0)


def test_not_yet_waits_without_counting_an_attempt() -> None:
    trend, when = make_trend(), clock.now() + timedelta(minutes=5)
    assert attempt(trend, raising(NotYet(when))).outcome is Outcome.NOT_YET
    trend.refresh_from_db()
    assert (trend.attempts, trend.not_before, trend.claimed_until) == (0, when, None)


def test_refused_gives_the_attempt_back() -> None:
    trend, until = make_trend(), clock.now() + timedelta(hours=1)
    assert attempt(trend, raising(Refused(until, "budget"))).outcome is Outcome.REFUSED
    trend.refresh_from_db()
    assert (trend.attempts, trend.not_before) == (0, until)


@pytest.mark.parametrize(("tries", "minutes"), [(1, 2), (2, 10)])
def test_a_passing_failure_waits_longer_each_time(tries: int, minutes: int) -> None:
    trend = make_trend()
    Trend.objects.update(attempts=tries - 1)
    before = clock.now()
    assert attempt(trend, raising(OutsideError("etsy", "busy"))).outcome is Outcome.PASSING
    trend.refresh_from_db()
    assert trend.not_before is not None
    assert timedelta(0) <= trend.not_before - before - timedelta(minutes=minutes) < timedelta(seconds=20)
    assert ErrorLog.objects.get().severity == "warning"


def test_a_step_that_moved_on_before_it_failed_waits_as_for_a_first_failure() -> None:
    trend = make_trend()

    def step(item: Trend) -> None:
        item.move_to("processing")
        raise OutsideError("etsy", "busy")

    attempt(trend, step)
    trend.refresh_from_db()
    assert trend.not_before is not None
    assert trend.not_before < clock.now() + timedelta(minutes=3)


def test_a_longer_retry_after_wins() -> None:
    trend = make_trend()
    attempt(trend, raising(OutsideError("etsy", "busy", retry_after=7200)))
    trend.refresh_from_db()
    assert trend.not_before is not None
    assert trend.not_before > clock.now() + timedelta(minutes=119)


def test_the_third_passing_failure_parks_the_row_for_a_person() -> None:
    trend = make_trend()
    Trend.objects.update(attempts=MOST_ATTEMPTS - 1)
    assert attempt(trend, raising(OutsideError("etsy", "busy"))).outcome is Outcome.PARKED
    trend.refresh_from_db()
    assert trend.needs_attention == "etsy: busy (tried 3 times)"
    assert not Trend.objects.due("discovered").exists()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OutsideError("etsy", "the title is too long", permanent=True), "etsy refused this: the title is too long"),
        (NeedsPerson("Two drafts were found; delete one."), "Two drafts were found; delete one."),
        (ZeroDivisionError("x"), "Something we did not foresee went wrong (ZeroDivisionError)"),
    ],
)
def test_permanent_and_unknown_failures_park_at_once_in_plain_words(error: Exception, words: str) -> None:
    trend = make_trend()
    assert attempt(trend, raising(error)).outcome is Outcome.PARKED
    trend.refresh_from_db()
    assert trend.needs_attention.startswith(words)
    assert ErrorLog.objects.get().subject == f"trends.trend:{trend.pk}"


@pytest.mark.parametrize("error", [LostLock("gone"), Halt("no authorisation")])
def test_a_lost_lock_and_a_halt_come_out_and_leave_the_row_free(error: BaseException) -> None:
    trend = make_trend()
    with pytest.raises(type(error)):
        attempt(trend, raising(error))
    trend.refresh_from_db()
    assert (trend.claimed_until, trend.attempts) == (None, 0)


def test_somebody_elses_newer_claim_is_not_released() -> None:
    trend, theirs = make_trend(), clock.now() + timedelta(hours=1)

    def step(item: Trend) -> None:
        Trend.objects.update(claimed_until=theirs)

    attempt(trend, step)
    assert Trend.objects.get().claimed_until == theirs


def test_a_database_that_does_not_answer_is_not_the_rows_fault() -> None:
    trend = make_trend()
    with pytest.raises(OperationalError):
        attempt(trend, raising(OperationalError("gone")))
    trend.refresh_from_db()
    assert (trend.needs_attention, trend.claimed_until, trend.attempts) == ("", None, 0)
