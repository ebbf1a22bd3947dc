"""Two wordings of one trend become one row."""

from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stickertrendz import clock
from trends import merge as merging
from trends.merge import latest_like, merge
from trends.models import Trend, TrendKeyword
from trends.normalise import same

from .make import make_signal, make_source, make_topic

pytestmark = pytest.mark.django_db
VOCABULARY = ["frog", "wizard", "tea", "party", "happy", "cats", "pirate", "pirates", "moon", "boots"]
WORDS = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=5).map(" ".join)


def merged(words: str, *places: tuple[str, str]) -> Trend | None:
    found = [make_signal(words, make_source(kind, place)) for kind, place in places or [("reddit", "frogs")]]
    result = merge(make_topic(words), found)
    return result.trend if result else None


def test_a_new_topic_becomes_a_found_trend_with_its_evidence() -> None:
    trend = merged("happy frog wizard", ("reddit", "frogs"), ("google_trends", "US"))
    assert trend is not None
    assert (trend.status, trend.episode, trend.sources) == ("found", 1, ["google_trends", "reddit"])
    assert trend.signals.count() == 2
    assert set(TrendKeyword.objects.values_list("stem", flat=True)) == {"happi", "frog", "wizard"}


def test_given_a_known_topic_when_seen_by_a_different_source_then_sources_are_updated_and_no_row_is_added() -> None:
    first = merged("happy frog wizard hat", ("reddit", "frogs"))
    again = merged("Frog wizards, happy hats!", ("google_trends", "US"))
    assert first is not None
    assert again is not None
    assert first.pk == again.pk
    assert Trend.objects.get().sources == ["google_trends", "reddit"]
    assert Trend.objects.get().signals.count() == 2


def test_a_similarity_above_the_limit_is_the_same_trend() -> None:
    first, again = merged("happy frog wizard tea"), merged("happy frog wizard tea party")
    assert first == again


def test_dissimilar_trends_are_kept_separate() -> None:
    merged("happy frog wizard")
    merged("happy frog pirate moon")
    assert Trend.objects.count() == 2


def test_breakout_queries_name_google_as_their_platform() -> None:
    trend = merged("happy frog", ("google_breakout", "US"))
    assert trend is not None
    assert trend.sources == ["google_trends"]


def test_a_trend_quiet_for_sixty_days_opens_a_new_episode() -> None:
    first = merged("happy frog wizard")
    Trend.objects.update(last_seen_at=clock.now() - timedelta(days=61), status="archived")
    again = merged("happy frog wizard")
    assert first is not None
    assert again is not None
    assert (again.pk != first.pk, again.episode, again.status) == (True, 2, "found")
    assert latest_like("frog wizard happy") == again


def test_a_trend_quiet_for_less_stays_one_episode() -> None:
    merged("happy frog wizard")
    Trend.objects.update(last_seen_at=clock.now() - timedelta(days=59))
    merged("happy frog wizard")
    assert Trend.objects.get().episode == 1


@pytest.mark.parametrize("days", [0, 61])
def test_an_unsafe_topic_stays_shut(days: int) -> None:
    merged("happy frog wizard")
    Trend.objects.update(status="unsafe", last_seen_at=clock.now() - timedelta(days=days))
    assert merged("frog wizard happy") is None
    assert Trend.objects.count() == 1


def test_what_another_worker_stored_first_is_strengthened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between our look-up and our insert the other worker's row appears."""
    theirs = merged("happy frog wizard")
    look_up, looks = latest_like, iter([None])
    monkeypatch.setattr(merging, "latest_like", lambda topic: next(looks, look_up(topic)))
    ours = merged("happy frog wizard", ("google_trends", "US"))
    assert ours == theirs
    assert Trend.objects.get().sources == ["google_trends", "reddit"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(WORDS, max_size=8))
def test_no_two_stored_trends_ever_say_the_same(topics: list[str]) -> None:
    Trend.objects.all().delete()
    for words in topics:
        merged(words)
    stored = Trend.objects.values_list("topic", flat=True)
    assert not [pair for pair in combinations(stored, 2) if same(*pair)]
