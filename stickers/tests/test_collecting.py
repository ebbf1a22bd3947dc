"""Each way in which a bought picture does not come, or comes unfit, has its own end and its own words."""

from datetime import timedelta
from typing import Any

import pytest

from stickers import collect, generate
from stickers.models import Generation, Sticker
from stickertrendz import clock
from stickertrendz.ops import storage
from stickertrendz.ops.models import Alert, Call, Run
from stickertrendz.sandbox.oddities import COLD_SECONDS
from stickertrendz.sandbox.server import Sandbox
from trends.models import Trend

from .conftest import Ready, RunJob

pytestmark = pytest.mark.django_db(transaction=True)

LOST = {
    "crash": "failed: Replicate could not draw it (Prediction interrupted; please retry (code: PA))",
    "canceled": "canceled: it was cancelled while it was being drawn",
    "aborted": "aborted: Replicate gave it up before it was begun",
    "empty": "empty: Replicate finished without a picture",
    "gone": "expired: Replicate removed the picture before it was collected",
    "gone_410": "expired: Replicate removed the picture before it was collected",
    "forbidden": "expired: Replicate removed the picture before it was collected",
}
UNFIT = {
    "nsfw": "nsfw: the safety filter refused the picture",
    "cut": "file: the file was cut off on its way",
    "html": "file: the file is text/html, not a PNG picture",
    "jpeg": "file: the file is image/jpeg, not a PNG picture",
    "huge": "file: the file is larger than 20 MB",
    "small": "wrong_size: Side of the picture 768, allowed 1024 by 1024 pixels",
    "oblong": "wrong_size: Side of the picture 768, allowed 1024 by 1024 pixels",
}
NOT_FETCHED = {
    "elsewhere": "The picture lies at files.example.org, which REPLICATE_OUTPUT_HOSTS does not allow.",
    "plain_http": "The picture lies at http://replicate.delivery, and only https is taken.",
    "data_url": "The picture came inside its address (data:), not as a file.",
    "redirect": "The picture's address leads on to files.example.org, and redirects are not followed.",
}


@pytest.fixture
def one(sandbox: Sandbox, ready: Ready) -> Trend:
    """A trend with one design planned."""
    [trend] = ready(1)
    generate.plan(trend)
    Generation.objects.exclude(variant=1).delete()
    return trend


def world(sandbox: Sandbox) -> Any:
    return sandbox.worlds["replicate"]


def run_until_closed(trend: Trend, run_job: RunJob) -> None:
    for _ in range(14):
        run_job(later=timedelta(minutes=12))
        trend.refresh_from_db()
        if trend.status != "processing":
            return
    raise AssertionError("it never ended")


@pytest.mark.parametrize("oddity", LOST)
def test_a_picture_that_never_comes_is_ordered_twice_more_and_then_told(
    sandbox: Sandbox, one: Trend, run_job: RunJob, oddity: str
) -> None:
    world(sandbox).expect(oddity, times=9)
    run_until_closed(one, run_job)
    tries = list(Generation.objects.order_by("try_no"))
    assert [(each.status, each.failures) for each in tries] == [("failed", [LOST[oddity]])] * 3
    assert len({each.prompt for each in tries}) == 1
    assert len({each.prediction_id for each in tries}) == len(world(sandbox).predictions) == 3
    assert one.status == "generation_failed"
    assert LOST[oddity] in Alert.objects.get(key=f"generation-failed:{one.pk}").text


@pytest.mark.parametrize("oddity", UNFIT)
def test_a_picture_that_is_no_sticker_is_drawn_twice_more_from_calmer_words(
    sandbox: Sandbox, one: Trend, run_job: RunJob, oddity: str
) -> None:
    world(sandbox).expect(oddity, times=9)
    run_until_closed(one, run_job)
    tries = list(Generation.objects.order_by("try_no"))
    assert [each.status for each in tries] == ["quality_failed"] * 3
    assert {each.failures[0] for each in tries} == {UNFIT[oddity]}
    assert ["centered, simple composition" in each.prompt for each in tries] == [False, True, True]
    assert (one.status, len(world(sandbox).predictions)) == ("quality_failed", 3)
    assert not Sticker.objects.exists()


@pytest.mark.parametrize("oddity", NOT_FETCHED)
def test_a_picture_at_a_place_we_do_not_go_to_waits_for_a_person_unfetched(
    sandbox: Sandbox, one: Trend, run_job: RunJob, oddity: str, settings: Any
) -> None:
    settings.REPLICATE_OUTPUT_HOSTS = ["127.0.0.1", "replicate.delivery"]
    world(sandbox).expect(oddity)
    run_job()
    parked = Generation.objects.get()
    assert (parked.status, parked.needs_attention) == ("ordered", f"{NOT_FETCHED[oddity]} {collect.ADVICE}")
    fetched = [call for call in sandbox.calls() if call["operation"] == "delivery"]
    assert len(fetched) == (1 if oddity == "redirect" else 0)
    assert Call.objects.filter(operation="predictions.create").count() == 1


def test_a_parked_picture_is_drawn_anew_when_it_is_retried_after_its_hour(
    sandbox: Sandbox, one: Trend, run_job: RunJob
) -> None:
    world(sandbox).expect("elsewhere")
    run_job()
    Generation.objects.update(needs_attention="")
    run_job(later=timedelta(hours=2))
    first, second = Generation.objects.order_by("try_no")
    assert (first.status, first.failures) == ("failed", [LOST["gone"]])
    assert second.status == "passed"


def test_cold_starts_are_waited_out_all_at_once(sandbox: Sandbox, ready: Ready, run_job: RunJob) -> None:
    ready(2)
    world(sandbox).expect("cold", times=6)
    begun = clock.now()
    run_job()
    calls = [call["operation"] for call in sandbox.calls() if call["service"] == "replicate"]
    assert calls[:6] == ["predictions.create"] * 6
    first_tries = Generation.objects.filter(try_no=0)
    assert first_tries.exclude(original_key="").count() == 6
    ordered = [(each.ordered_at or begun) for each in first_tries]
    assert max(ordered) - min(ordered) < timedelta(seconds=10)
    drawn = [call.at for call in Call.objects.filter(operation="delivery").order_by("at")[:6]]
    assert timedelta(seconds=COLD_SECONDS) < drawn[-1] - begun < timedelta(seconds=2 * COLD_SECONDS)


def test_what_never_begins_is_given_up_by_the_deadline_that_the_order_named(
    sandbox: Sandbox, one: Trend, run_job: RunJob
) -> None:
    world(sandbox).expect("stuck")
    world(sandbox).expect("aborted", times=2)
    run_until_closed(one, run_job)
    first = Generation.objects.get(try_no=0)
    assert first.failures == [LOST["aborted"]]
    assert first.status_since - (first.ordered_at or clock.now()) > timedelta(minutes=10)


def test_a_cold_start_longer_than_a_run_is_taken_up_by_the_next(
    sandbox: Sandbox, one: Trend, run_job: RunJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stickertrendz.sandbox.oddities.COLD_SECONDS", 400.0)
    world(sandbox).expect("cold")
    assert (run_job().left, Generation.objects.get().status) == (1, "ordered")
    run_job(later=timedelta(minutes=3))
    assert Generation.objects.get().status == "passed"
    assert len(world(sandbox).predictions) == 1


def test_a_state_we_do_not_know_is_waited_for_and_not_bought_again(
    sandbox: Sandbox, one: Trend, run_job: RunJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = type(world(sandbox)).status
    states = iter(["queued", "warming"])
    monkeypatch.setattr(type(world(sandbox)), "status", lambda self, made: next(states, "") or known(self, made))
    run_job()
    assert Generation.objects.get().status == "passed"
    assert len(world(sandbox).predictions) == 1


def test_odd_pictures_do_not_keep_the_others_of_their_trend_from_becoming_stickers(
    sandbox: Sandbox, ready: Ready, run_job: RunJob
) -> None:
    [trend] = ready(1)
    for oddity in ("canceled", "nsfw", "elsewhere"):
        world(sandbox).expect(oddity)
    run_job()
    trend.refresh_from_db()
    assert [each.status for each in Generation.objects.filter(variant__in=(1, 2), try_no=1)] == ["passed"] * 2
    assert (Sticker.objects.count(), trend.status) == (2, "processing")
    assert Generation.objects.parked().count() == 1
    assert not Run.objects.filter(status="failed").exists()


def test_an_ordered_picture_is_collected_after_a_crash_and_not_paid_again(
    sandbox: Sandbox, one: Trend, run_job: RunJob
) -> None:
    generate.order(Generation.objects.get())  # and here the process died
    bought = Generation.objects.get()
    assert bought.prediction_id in world(sandbox).predictions
    run_job()
    bought.refresh_from_db()
    assert bought.status == "passed"
    assert len(world(sandbox).predictions) == 1


def test_the_report_of_a_picture_is_kept_whether_it_passed_or_not(
    sandbox: Sandbox, one: Trend, run_job: RunJob
) -> None:
    world(sandbox).expect("small")
    run_job()
    failed, passed = Generation.objects.order_by("try_no")
    assert {check["name"]: check["ok"] for check in failed.checks}["wrong_size"] is False
    assert passed.checks
    assert all(check["ok"] for check in passed.checks)
    assert {check["name"] for check in passed.checks} == {check["name"] for check in failed.checks}
    assert {"width", "blank_share"} <= set(passed.numbers)
    assert storage.load("private", failed.marked_key) != storage.load("private", failed.original_key)
    assert passed.marked_key == ""
