"""A person has a picture drawn once more: from other words, from the very same, or after it failed."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from stickers import generate, prompts, redraw
from stickers.models import Generation, Sticker
from stickertrendz import clock
from stickertrendz.ops import meters, storage
from stickertrendz.ops.errors import NeedsPerson, NotYet
from stickertrendz.ops.models import Alert, AuditEntry, Intent
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox
from trends import blocklists
from trends.models import Trend

from .conftest import Ready, RunJob

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = "a capybara in a bathtub with three rubber ducks"


@pytest.fixture
def first(sandbox: Sandbox, ready: Ready) -> Generation:
    """The one planned design of a trend."""
    other, trend = ready(2)
    other.delete()
    generate.plan(trend)
    Generation.objects.exclude(variant=1).delete()
    return Generation.objects.get()


def world(sandbox: Sandbox) -> Any:
    return sandbox.worlds["replicate"]


def failed(generation: Generation, run_job: RunJob, sandbox: Sandbox) -> Generation:
    """Its last try, after all of them failed."""
    world(sandbox).expect("canceled", times=3)
    run_job()
    return Generation.objects.filter(variant=generation.variant).order_by("-try_no")[0]


def test_the_same_seed_and_words_give_the_same_picture_byte_for_byte(
    sandbox: Sandbox, first: Generation, run_job: RunJob
) -> None:
    world(sandbox).expect("cold", times=2)  # neither of them crashes
    run_job()
    first.refresh_from_db()
    again = redraw.the_same(first, by="ada")
    assert (again.variant, again.seed, again.prompt) == (first.variant + 1, first.seed, first.prompt)
    run_job()
    again.refresh_from_db()
    assert again.prediction_id != first.prediction_id
    assert storage.load("private", again.original_key) == storage.load("private", first.original_key)
    assert len(world(sandbox).predictions) == 2
    assert Intent.objects.filter(kind="prediction", state="done").count() == 2


def test_the_same_again_is_not_mistaken_for_the_one_it_is_made_from(
    sandbox: Sandbox, first: Generation, run_job: RunJob
) -> None:
    """The order's answer is lost, and the first of the two, bought in the same minute, is there to be found."""
    generate.order(first)
    again = redraw.the_same(first, by="ada")
    sandbox.faults.add(Fault("replicate", "predictions.create", "500", 1))
    with pytest.raises(NotYet):
        generate.order(again)
    for _ in range(3):
        run_job(later=timedelta(minutes=4))
    again.refresh_from_db()
    first.refresh_from_db()
    assert again.prediction_id
    assert again.prediction_id != first.prediction_id


def test_edited_words_become_a_new_design_that_goes_its_normal_way(
    sandbox: Sandbox, first: Generation, run_job: RunJob
) -> None:
    run_job()
    made = redraw.from_words(first, OTHER, by="ada")
    run_job()
    made.refresh_from_db()
    assert (made.status, made.made_from, made.prompt) == ("passed", first, prompts.styled(OTHER))
    assert (made.prompt_version, made.concept_version) == (prompts.version(), "")
    assert made.seed != first.seed
    sticker = Sticker.objects.get(generation=made)
    assert (sticker.status, bool(sticker.title)) == ("approved", True)
    assert Trend.objects.get().status == "generated"
    asked = AuditEntry.objects.get(subject=f"stickers.generation:{made.pk}")
    assert (asked.who, asked.action, asked.detail["made_from"]) == ("ada", "asked for other words", first.pk)
    assert asked.detail["concept"] == OTHER


@pytest.mark.parametrize(("concept", "why"), [
    ("a zorblax in a bathtub", "it names “zorblax”, which is on a blocklist"),
    ("a capybara with the words bath time", "it asks for writing"), ("a cat", "10 to 600 letters"), ("", "10 to 600"),
    ("frog " * 200, "10 to 600 letters"),
])  # fmt: skip
def test_words_that_may_not_be_drawn_are_refused_with_the_reason(first: Generation, concept: str, why: str) -> None:
    blocklists.add("zorblax", "trademark", by="test", why="test")
    with pytest.raises(NeedsPerson, match=why):
        redraw.from_words(first, concept, by="ada")
    assert Generation.objects.count() == 1
    assert not AuditEntry.objects.filter(who="ada").exists()


def test_what_was_drawn_before_its_words_were_blocked_is_not_drawn_again(first: Generation) -> None:
    blocklists.add("teacup", "trademark", by="test", why="test")
    with pytest.raises(NeedsPerson, match="not drawn any more"):
        redraw.the_same(first, by="ada")


def test_a_failed_picture_is_retried_with_a_new_order_and_the_old_one_is_not_paid_again(
    sandbox: Sandbox, first: Generation, run_job: RunJob
) -> None:
    last = failed(first, run_job, sandbox)
    assert (last.try_no, Trend.objects.get().status) == (2, "generation_failed")
    before = set(world(sandbox).predictions)
    made = redraw.retry(last, by="ada")
    assert (made.variant, made.try_no, made.prompt) == (last.variant, 3, last.prompt)
    assert Trend.objects.get().status == "processing"
    run_job()
    made.refresh_from_db()
    assert made.status == "passed"
    assert set(world(sandbox).predictions) - before == {made.prediction_id}
    assert Trend.objects.get().status == "generated"
    assert meters.level("images").used == len(world(sandbox).predictions) == 4


def test_a_retry_that_fails_too_closes_the_trend_again(sandbox: Sandbox, first: Generation, run_job: RunJob) -> None:
    last = failed(first, run_job, sandbox)
    redraw.retry(last, by="ada")
    world(sandbox).expect("canceled")
    run_job()
    assert Trend.objects.get().status == "generation_failed"
    assert Generation.objects.count() == 4  # a person's try is not followed by others


def test_only_the_last_try_can_be_retried_and_only_when_it_failed(
    sandbox: Sandbox, first: Generation, run_job: RunJob
) -> None:
    with pytest.raises(NeedsPerson, match="Try 1 of this design is planned"):
        redraw.retry(first, by="ada")
    last = failed(first, run_job, sandbox)
    redraw.retry(last, by="ada")
    with pytest.raises(NeedsPerson, match="Try 4 of this design is planned"):
        redraw.retry(last, by="grace")


def test_an_impatient_click_buys_one_picture(first: Generation) -> None:
    redraw.from_words(first, OTHER, by="ada")
    with pytest.raises(NeedsPerson, match="being drawn already"):
        redraw.from_words(first, OTHER, by="ada")
    assert Generation.objects.filter(made_from=first).count() == 1


@pytest.mark.parametrize("columns", [{"shut_why": "a complaint"}, {"status": "archived"}, {"status": "unsafe"}])
def test_a_shut_or_archived_trend_gets_no_more_designs(first: Generation, columns: dict[str, str]) -> None:
    Trend.objects.update(**columns)
    first.refresh_from_db()
    with pytest.raises(NeedsPerson):
        redraw.from_words(first, OTHER, by="ada")


def test_beyond_the_days_cap_it_waits_for_the_next_day(sandbox: Sandbox, first: Generation, run_job: RunJob) -> None:
    Generation.objects.update(status="passed")
    meters.spend("images", settings.MAX_IMAGES_PER_DAY, clock.now())
    made = redraw.from_words(first, OTHER, by="ada")
    run_job()
    made.refresh_from_db()
    assert (made.status, made.not_before) == ("planned", meters.level("images").until)
    assert not world(sandbox).predictions


def test_a_trend_of_which_nothing_came_gets_three_new_designs_and_the_old_are_not_paid_again(
    sandbox: Sandbox, first: Generation, run_job: RunJob
) -> None:
    failed(first, run_job, sandbox)
    trend = Trend.objects.get()
    assert "Its page offers to draw it again" in Alert.objects.get(key=f"generation-failed:{trend.pk}").text
    before = set(world(sandbox).predictions)
    redraw.anew(trend, by="ada")
    run_job()
    trend.refresh_from_db()
    assert trend.status == "generated"
    new = Generation.objects.exclude(variant=first.variant)
    assert sorted(set(new.values_list("variant", flat=True))) == [2, 3, 4]
    assert set(new.values_list("prediction_id", flat=True)) == set(world(sandbox).predictions) - before
