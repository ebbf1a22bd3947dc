"""A speed in points per hour, and what it counts for at an age and with the talk there is."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trends.pace import SLOWEST, TYPICAL_AGE_HOURS, TYPICAL_COMMENTS, Weights, per_hour, promise

MADE = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Post:
    score: int | None
    observed_at: datetime
    comments: int | None = TYPICAL_COMMENTS
    created_at: datetime = MADE


def after(hours: float, score: int | None, comments: int | None = TYPICAL_COMMENTS) -> Post:
    return Post(score, MADE + timedelta(hours=hours), comments)


def test_one_reading_gives_the_speed_over_the_whole_life() -> None:
    assert per_hour([after(2, 300)]) == 150


def test_with_a_reading_before_the_last_gain_counts_most() -> None:
    """Lifelong 200 an hour, lately 400: between the two, nearer to the second."""
    assert per_hour([after(3, 600), after(2, 200)]) == pytest.approx(200**0.4 * 400**0.6)


def test_what_has_stopped_rising_falls_behind_what_still_rises() -> None:
    stopped, rising = per_hour([after(2, 590), after(3, 600)]), per_hour([after(2, 300), after(3, 600)])
    assert stopped is not None
    assert rising is not None
    assert stopped < rising


def test_without_scores_there_is_no_speed() -> None:
    assert per_hour([after(2, None)]) is None
    assert per_hour([]) is None


def test_a_typical_post_promises_exactly_its_speed() -> None:
    assert promise(after(TYPICAL_AGE_HOURS, 10)) == 1.0


def test_the_same_speed_promises_more_in_a_younger_post_and_in_one_that_is_not_argued_about() -> None:
    assert promise(after(1, 10)) > promise(after(2, 10)) > promise(after(4, 10))
    assert promise(after(2, 10, comments=3)) > promise(after(2, 10)) > promise(after(2, 10, comments=3_000))


def test_without_weights_only_the_lifelong_speed_is_left() -> None:
    plain = Weights(recent=0, youth=0, talk=0)
    assert per_hour([after(2, 200), after(3, 600)], plain) == pytest.approx(200)
    assert promise(after(1, 10, comments=3_000), plain) == 1.0


@given(
    st.lists(
        st.tuples(st.floats(-5, 1_000), st.none() | st.integers(-(10**9), 10**9), st.none() | st.integers(-9, 10**9))
    )
)
def test_any_readings_in_any_order_have_a_speed_of_at_least_the_slowest(
    rows: list[tuple[float, int | None, int | None]],
) -> None:
    posts = [after(*row) for row in rows]
    speed = per_hour(posts)
    assert speed is None or speed >= SLOWEST * 0.999
    assert all(promise(post) > 0 for post in posts)
