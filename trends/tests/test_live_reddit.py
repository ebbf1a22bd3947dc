"""Reddit itself: its API gives posts that we can read."""

import pytest

from trends.adapters import reddit

pytestmark = [
    pytest.mark.live(
        "REDDIT_CLIENT_ID", "REDDIT_CLIENT_SECRET",
        REDDIT_URL="https://www.reddit.com", REDDIT_OAUTH_URL="https://oauth.reddit.com",
    ),
    pytest.mark.usefixtures("real_service"),
    pytest.mark.django_db,
]  # fmt: skip


def test_the_api_gives_rising_posts_with_scores() -> None:
    posts = reddit.rising("aww").seen
    assert posts
    assert all(post.id and post.text and post.score is not None for post in posts)
    assert all(post.created_at <= post.observed_at for post in posts)
