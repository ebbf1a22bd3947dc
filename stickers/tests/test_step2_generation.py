"""Step 2, sticker design generation: its acceptance criteria, through the job and against the sandbox."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from django.conf import settings

from stickers import generate, prompts
from stickers.adapters import replicate
from stickers.models import Generation, Size, Sticker
from stickertrendz import clock
from stickertrendz.ops import meters, storage, switches
from stickertrendz.ops.models import Alert, Call, Intent, Transcript
from stickertrendz.sandbox.server import Sandbox
from trends import blocklists, shut
from trends.models import Trend

from .conftest import Ready, RunJob

pytestmark = pytest.mark.django_db(transaction=True)
Fault = Callable[..., None]


def paid(sandbox: Sandbox) -> int:
    return len(sandbox.worlds["replicate"].dump()["predictions"])


def test_for_a_discovered_trend_three_1024_png_images_are_generated_and_stored_under_unique_keys(
    sandbox: Sandbox, ready: Ready, run_job: RunJob
) -> None:
    [trend] = ready(1)
    run = run_job()
    trend.refresh_from_db()
    assert (run.status, trend.status) == ("completed", "generated")
    first_tries = Generation.objects.filter(trend=trend, try_no=0)
    assert len({each.original_key for each in first_tries}) == 3
    assert len({each.seed for each in first_tries}) == 3
    assert len({each.composition for each in first_tries}) == 3
    for each in first_tries:
        original = storage.load("private", each.original_key)
        assert original[12:24] == b"IHDR" + (1024).to_bytes(4) + (1024).to_bytes(4)


def test_several_pictures_are_in_flight_at_once(sandbox: Sandbox, ready: Ready, run_job: RunJob) -> None:
    ready(2)
    run_job()
    calls = [call["operation"] for call in sandbox.calls() if call["service"] == "replicate"]
    assert calls[:6] == ["predictions.create"] * 6


def test_every_prompt_has_the_shops_style_and_passes_the_blocklists(sandbox: Sandbox, ready: Ready) -> None:
    for trend in ready(2):
        generate.plan(trend)
    assert Generation.objects.count() == 6
    for each in Generation.objects.all():
        assert each.prompt == prompts.styled(prompts.concept_of(each.prompt))
        assert "No text, no words, no letters, no brand names, no logos." in each.prompt
        assert each.prompt_version.startswith("sticker_image/1.")  # and the digest of its words
    assert Transcript.objects.filter(purpose="image_prompts").count() == 2


def test_a_prompt_that_names_a_blocked_term_is_not_drawn(sandbox: Sandbox, ready: Ready, run_job: RunJob) -> None:
    [trend] = ready(1)
    blocklists.add("capybara", "trademark", by="test", why="test")
    run_job()
    trend.refresh_from_db()
    assert (trend.status, paid(sandbox)) == ("generation_failed", 0)
    assert Transcript.objects.filter(purpose="image_prompts").count() == 2
    assert "blocklist" in Alert.objects.get(key=f"generation-failed:{trend.pk}").text


def test_after_three_attempts_with_growing_waits_the_trend_is_generation_failed_and_an_alert_is_sent(
    sandbox: Sandbox, ready: Ready, run_job: RunJob, fault: Fault
) -> None:
    [trend] = ready(1)
    fault("replicate", "predictions.create", "429", times=None)
    run_job()
    trend.refresh_from_db()
    assert trend.status == "processing"
    for _ in range(2):
        run_job(later=timedelta(minutes=11))
    trend.refresh_from_db()
    assert trend.status == "generation_failed"
    assert Alert.objects.get(key=f"generation-failed:{trend.pk}").mail is not None
    assert (Sticker.objects.count(), meters.level("images").used) == (0, 0)
    calls = Call.objects.filter(operation="predictions.create").order_by("at")
    assert calls.count() == 3 * 3 * 4
    first = [call.at for call in calls.filter(subject=calls[0].subject)[:4]]
    assert [round((after - before).total_seconds()) for before, after in pairwise(first)] == [2, 4, 8]


def test_unclear_failures_are_looked_for_before_each_of_three_orders(
    sandbox: Sandbox, ready: Ready, run_job: RunJob, fault: Fault
) -> None:
    [trend] = ready(1)
    fault("replicate", "predictions.create", "500", times=None)
    for _ in range(12):
        run_job(later=timedelta(minutes=31))
    trend.refresh_from_db()
    assert trend.status == "generation_failed"
    assert {intent.sends for intent in Intent.objects.filter(kind="prediction")} == {3}
    assert paid(sandbox) == 0


def test_an_order_done_behind_an_error_is_found_and_not_paid_again(
    sandbox: Sandbox, ready: Ready, run_job: RunJob, fault: Fault
) -> None:
    [trend] = ready(1)
    fault("replicate", "predictions.create", "500_after", times=2)
    run_job()
    run_job(later=timedelta(minutes=4))
    trend.refresh_from_db()
    assert trend.status == "generated"
    assert paid(sandbox) == Generation.objects.count()


def test_even_the_last_unclear_order_is_looked_for_before_it_is_given_up(
    sandbox: Sandbox, ready: Ready, run_job: RunJob, fault: Fault
) -> None:
    [trend] = ready(1)
    generate.plan(trend)
    Generation.objects.exclude(variant=1).delete()
    fault("replicate", "predictions.create", "500", times=2)
    fault("replicate", "predictions.create", "500_after")
    for _ in range(8):
        run_job(later=timedelta(minutes=4))
    assert Generation.objects.get(try_no=0).prediction_id
    assert paid(sandbox) == Generation.objects.count()


def test_an_image_that_fails_the_checks_is_drawn_again_with_a_simpler_prompt_at_most_twice(
    blank: None, ready: Ready, run_job: RunJob
) -> None:
    ready(1)
    run_job()
    for variant in (1, 2, 3):
        tries = list(Generation.objects.filter(variant=variant).order_by("try_no"))
        assert [each.status for each in tries] == ["quality_failed"] * 3
        assert "centered, simple composition" not in tries[0].prompt
        assert all(each.prompt.count("centered, simple composition") == 1 for each in tries[1:])
        assert len({each.seed for each in tries}) == 3


def test_when_all_three_images_fail_the_checks_after_retries_the_trend_is_quality_failed_and_no_sticker_is_made(
    sandbox: Sandbox, blank: None, ready: Ready, run_job: RunJob
) -> None:
    [trend] = ready(1)
    run_job()
    trend.refresh_from_db()
    assert (trend.status, Sticker.objects.count(), paid(sandbox)) == ("quality_failed", 0, 9)


def test_a_topic_shut_after_it_was_discovered_is_not_drawn_until_it_is_reopened(
    sandbox: Sandbox, ready: Ready, run_job: RunJob
) -> None:
    [trend] = ready(1)
    shut.shut(trend, by="operator", why="a complaint")
    run_job()
    trend.refresh_from_db()
    assert (trend.status, sandbox.calls()) == ("discovered", [])
    shut.reopen(trend, by="operator", why="settled")
    run_job()
    trend.refresh_from_db()
    assert trend.status == "generated"


def test_at_the_daily_cap_of_images_a_trend_stays_discovered_until_the_next_day(
    sandbox: Sandbox, ready: Ready, run_job: RunJob
) -> None:
    [trend] = ready(1)
    meters.spend("images", settings.MAX_IMAGES_PER_DAY - 2, clock.now())
    run = run_job()
    trend.refresh_from_db()
    assert (trend.status, paid(sandbox)) == ("discovered", 0)
    assert "images bought today" in run.note
    run_job(later=timedelta(days=1))
    trend.refresh_from_db()
    assert trend.status == "generated"


def test_no_trend_is_begun_that_the_cap_would_not_let_finish(sandbox: Sandbox, ready: Ready, run_job: RunJob) -> None:
    ready(2)
    meters.spend("images", settings.MAX_IMAGES_PER_DAY - 4, clock.now())
    run_job()
    assert sorted(Trend.objects.values_list("status", flat=True)) == ["discovered", "generated"]


def test_a_retry_beyond_the_cap_waits_for_the_next_day(sandbox: Sandbox, ready: Ready, run_job: RunJob) -> None:
    [trend] = ready(1)
    generate.plan(trend)
    meters.spend("images", settings.MAX_IMAGES_PER_DAY - 2, clock.now())
    run_job()
    assert Generation.objects.filter(status="planned").count() == 1
    assert meters.level("images").left == 0
    run_job(later=timedelta(days=1))
    trend.refresh_from_db()
    assert trend.status == "generated"


def test_a_refused_token_fails_the_run_and_parks_no_row(
    sandbox: Sandbox, ready: Ready, run_job: RunJob, fault: Fault
) -> None:
    [trend] = ready(1)
    fault("replicate", "predictions.create", "401")
    assert run_job(code=1).status == "failed"
    assert not Generation.objects.exclude(needs_attention="").exists()
    run_job()
    trend.refresh_from_db()
    assert trend.status == "generated"


@pytest.mark.parametrize("name", ["malformed", "html", "500", "429"])
def test_a_stumble_while_polling_costs_nothing(
    sandbox: Sandbox, ready: Ready, run_job: RunJob, fault: Fault, name: str
) -> None:
    [trend] = ready(1)
    fault("replicate", "predictions.get", name, times=2)
    run_job()
    trend.refresh_from_db()
    assert trend.status == "generated"
    assert paid(sandbox) == Generation.objects.count()


def test_a_file_that_always_comes_truncated_fails_the_checks(
    sandbox: Sandbox, ready: Ready, run_job: RunJob, fault: Fault
) -> None:
    ready(1)
    fault("replicate", "delivery", "truncated", times=None)
    for _ in range(6):
        run_job(later=timedelta(minutes=12))
    assert Generation.objects.filter(status="quality_failed", failures__icontains="cut off").exists()


def test_a_picture_not_collected_within_an_hour_is_bought_once_more_and_both_count(
    sandbox: Sandbox, ready: Ready, run_job: RunJob
) -> None:
    [trend] = ready(1)
    generate.plan(trend)
    for each in Generation.objects.all():
        generate.order(each)
    run_job(later=timedelta(hours=3))
    trend.refresh_from_db()
    assert trend.status == "generated"
    assert {each.status for each in Generation.objects.filter(try_no=0)} == {"failed"}
    assert meters.level("images", clock.now()).used == paid(sandbox) >= 6


def test_the_cost_comes_from_the_seconds_it_really_took(sandbox: Sandbox, ready: Ready, run_job: RunJob) -> None:
    ready(1)
    run = run_job()
    drawn = Generation.objects.filter(predict_seconds__isnull=False)
    assert drawn.count() >= 3
    for each in drawn:
        assert each.cost_micro == generate.cost_micro(each.predict_seconds or 0)
    pictures = sum(each.cost_micro for each in drawn)
    words = sum(transcript.cost_micro for transcript in Transcript.objects.all())
    assert meters.level("ai").used == run.ai_cost_micro == pictures + words


@pytest.mark.parametrize("told", [None, -90_000, 1e12])
def test_a_picture_whose_seconds_are_not_told_costs_the_estimate(
    sandbox: Sandbox, ready: Ready, run_job: RunJob, monkeypatch: pytest.MonkeyPatch, told: float | None
) -> None:
    read = replicate._prediction
    monkeypatch.setattr(replicate, "_prediction", lambda body: read({**body, "metrics": {"predict_time": told}}))
    ready(1)
    run_job()
    drawn = Generation.objects.exclude(original_key="")
    assert {each.cost_micro for each in drawn} == {generate.estimate_micro()}
    words = sum(transcript.cost_micro for transcript in Transcript.objects.all())
    assert meters.level("ai").used == words + paid(sandbox) * generate.estimate_micro()


def test_when_most_of_a_days_images_fail_generation_halts_itself(
    sandbox: Sandbox, ready: Ready, run_job: RunJob, fault: Fault
) -> None:
    ready(2)
    fault("replicate", "predictions.create", "refuse", times=None)
    run_job()
    assert switches.thrown("generation") is not None
    assert Alert.objects.filter(key="generation-halted").exists()
    before = paid(sandbox)
    run_job(later=timedelta(minutes=30))
    assert paid(sandbox) == before
    sandbox.faults.clear()
    switches.clear("generation", by="operator", why="looked at")
    run_job(later=timedelta(minutes=30))
    assert switches.thrown("generation") is None
    assert Size.objects.exists()
