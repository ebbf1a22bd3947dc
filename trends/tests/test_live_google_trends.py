"""Google Trends itself: the trending feed, and breakout queries where Google lets us ask."""

import pytest

from stickertrendz.ops.errors import OutsideError
from trends.adapters import google_trends

pytestmark = [
    pytest.mark.live("GOOGLE_TRENDS_URL"),
    pytest.mark.usefixtures("real_service"),
    pytest.mark.django_db,
]


def test_the_feed_gives_searches_with_their_traffic() -> None:
    answer = google_trends.trending("US")
    assert answer.seen
    assert any(search.score for search in answer.seen)


def test_breakouts_are_queries_or_a_plain_refusal() -> None:
    """Google refuses robots at will; that must reach us as an error of the adapter's only kind."""
    try:
        found = google_trends.breakouts("US").seen
    except OutsideError as refused:
        pytest.skip(f"Google does not let us ask today: {refused}")
    assert all(search.text for search in found)
