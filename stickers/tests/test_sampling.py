"""The weekly sample of rejected designs, what a person thinks of them, and the share that was wrong."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stickers import review, sampling
from stickers.models import Generation, Sample, SampledDesign, Sticker
from stickers.sampling import FalsePositives
from stickertrendz.ops.errors import Beaten
from stickertrendz.ops.models import Alert, AuditEntry
from stickertrendz.sandbox.server import Sandbox
from trends.models import Trend

from .conftest import RunJob

Rejected = Callable[..., list[Sticker]]
WEEK = timedelta(days=7)


@pytest.fixture
def rejected(sandbox: Sandbox) -> Rejected:
    """Makes so many designs that moderation rejected just now."""
    trend = Trend.objects.create(topic="a frog", topic_normalized="frog", status="generated")

    def make(count: int, by: str = "moderation") -> list[Sticker]:
        rows = [
            Generation.objects.create(
                status="passed", trend=trend, variant=Generation.objects.count() + 1, prompt="a frog",
                model_version="1", seed=1,
            )
            for _ in range(count)
        ]  # fmt: skip
        stickers = [Sticker.objects.create(status="pending", trend=trend, generation=row) for row in rows]
        for sticker in stickers:
            review.reject(sticker, by=by, why="moderation: violence 0.80")
        return stickers

    return make


def drawn() -> set[int]:
    return set(SampledDesign.objects.values_list("sticker", flat=True))


@pytest.mark.django_db
def test_twenty_of_those_rejected_are_drawn_and_can_be_drawn_again_from_the_seed(
    rejected: Rejected, run_job: RunJob
) -> None:
    every = rejected(50)
    run = run_job("moderation_sample", later=timedelta(seconds=1))
    sample = Sample.objects.get()
    rows = list(sample.designs.values_list("sticker", "reason"))
    assert run.counts == {"designs_sampled": 20}
    assert (len(set(rows)), sample.drawn_from) == (20, 50)
    assert {key for key, _ in rows} <= {one.pk for one in every}
    found = [(one.pk, one.reject_reason) for one in sorted(every, key=lambda one: one.pk)]
    assert sampling.chosen(found, sample.seed) == rows
    assert sampling.chosen(found, sample.seed + 1) != rows
    assert "20 rejected designs wait" in Alert.objects.get().title


@pytest.mark.django_db
def test_when_fewer_were_rejected_all_are_drawn(rejected: Rejected, run_job: RunJob) -> None:
    every = rejected(3)
    run_job("moderation_sample", later=timedelta(seconds=1))
    assert drawn() == {one.pk for one in every}


@pytest.mark.django_db
def test_what_a_person_rejected_or_nobody_reviewed_is_not_moderations_doing(
    rejected: Rejected, run_job: RunJob
) -> None:
    rejected(2, by="owner")
    rejected(2, by="review_deadlines")
    [approved_since] = rejected(1)
    review.approve(approved_since, by="owner")
    run = run_job("moderation_sample", later=timedelta(seconds=1))
    assert not Sample.objects.exists()
    assert "rejected nothing" in run.note


@pytest.mark.django_db
def test_each_week_draws_from_what_was_rejected_since_and_never_one_twice(rejected: Rejected, run_job: RunJob) -> None:
    first = {one.pk for one in rejected(30)}
    run_job("moderation_sample", later=timedelta(seconds=1))
    second = {one.pk for one in rejected(30)}
    run_job("moderation_sample", later=timedelta(seconds=1))
    assert Sample.objects.count() == 1, "once a week"
    before = drawn()
    run_job("moderation_sample", later=WEEK)
    assert Sample.objects.count() == 2
    assert len(drawn() & first) == len(drawn() & second) == 20
    assert before <= drawn()
    assert drawn() - before <= second


@pytest.mark.django_db
def test_one_rejected_a_second_time_after_it_was_judged_is_not_drawn_again(rejected: Rejected, run_job: RunJob) -> None:
    [one] = rejected(1)
    run_job("moderation_sample", later=timedelta(seconds=1))
    sampling.judge(SampledDesign.objects.get(), "wrong", by="ada")
    review.flag(one, by="ada", why="again")
    review.reject(one, by="moderation", why="moderation: violence 0.80")
    run_job("moderation_sample", later=WEEK)
    assert SampledDesign.objects.count() == 1


@pytest.mark.django_db
def test_a_judgement_is_counted_and_moves_no_design(rejected: Rejected, run_job: RunJob) -> None:
    rejected(4)
    run_job("moderation_sample", later=timedelta(seconds=1))
    assert str(sampling.false_positives()) == "–"
    for row, verdict in zip(SampledDesign.objects.all(), ["wrong", "right", "right"], strict=False):
        sampling.judge(row, verdict, by="ada")
    found = sampling.false_positives()
    assert (found.wrong, found.judged) == (1, 3)
    assert str(found) == "33% (1 of 3, likely 6% to 79%)"
    assert set(Sticker.objects.values_list("status", flat=True)) == {"rejected"}
    assert sampling.waiting().count() == 1
    assert AuditEntry.objects.filter(action="judged rejection wrong", who="ada").count() == 1


@pytest.mark.django_db
def test_a_judgement_may_be_changed_but_not_over_anothers(rejected: Rejected, run_job: RunJob) -> None:
    rejected(1)
    run_job("moderation_sample", later=timedelta(seconds=1))
    mine, yours = SampledDesign.objects.get(), SampledDesign.objects.get()
    sampling.judge(mine, "wrong", by="ada")
    with pytest.raises(Beaten):
        sampling.judge(yours, "right", by="bob")
    sampling.judge(mine, "right", by="ada")
    assert sampling.false_positives() == FalsePositives(0, 1)


@pytest.mark.django_db
def test_the_kpi_is_told_of_a_span_and_of_one_sample(rejected: Rejected, run_job: RunJob) -> None:
    for verdict in ("wrong", "right"):
        rejected(1)
        run_job("moderation_sample", later=WEEK)
        row: Any = sampling.waiting().get()
        sampling.judge(row, verdict, by="ada")
    old, new = Sample.objects.order_by("week")
    assert sampling.false_positives() == FalsePositives(1, 2)
    assert sampling.false_positives(since=new.drawn_at) == FalsePositives(0, 1)
    assert sampling.false_positives(sample=old) == FalsePositives(1, 1)


@pytest.mark.parametrize(("wrong", "judged", "low", "high"), [
    (0, 20, 0.0, 0.1611), (2, 20, 0.0279, 0.3010), (10, 20, 0.2993, 0.7007), (20, 20, 0.8389, 1.0),
])  # fmt: skip
def test_the_interval_is_wilsons(wrong: int, judged: int, low: float, high: float) -> None:
    """Values as published for the Wilson score interval at 95 %."""
    assert FalsePositives(wrong, judged).interval == pytest.approx((low, high), abs=0.0001)


@given(judged=st.integers(1, 10_000), data=st.data())
def test_the_share_always_lies_in_its_interval(judged: int, data: st.DataObject) -> None:
    found = FalsePositives(data.draw(st.integers(0, judged)), judged)
    assert found.rate is not None
    assert found.interval is not None
    low, high = found.interval
    assert 0 <= low <= found.rate + 1e-12
    assert found.rate <= high + 1e-12 <= 1 + 1e-9
