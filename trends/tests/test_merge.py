"""Two wordings of one trend become one row."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from itertools import combinations, permutations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from stickertrendz import clock
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.children import fork
from trends.merge import latest_like, merge, same, store_keys
from trends.models import Signal, Trend, TrendKeyword
from trends.normalise import jaccard, stem_key, stems

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
    found_by = set(TrendKeyword.objects.values_list("key", flat=True))
    assert found_by == {"3 frog happi wizard", "3 frog happi", "3 frog wizard", "3 happi wizard"}


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


def test_a_topic_that_a_person_or_a_complaint_shut_stays_shut_for_every_like_wording() -> None:
    merged("happy frog wizard tea")
    Trend.objects.update(status="published", shut_why="complaint", last_seen_at=clock.now() - timedelta(days=400))
    assert merged("happy frog wizard tea party") is None
    assert Trend.objects.count() == 1


def test_a_shut_topic_that_is_reopened_comes_back_as_a_new_episode() -> None:
    merged("happy frog wizard")
    Trend.objects.update(shut_why="complaint", last_seen_at=clock.now() - timedelta(days=61))
    Trend.objects.update(shut_why="")
    again = merged("happy frog wizard")
    assert again is not None
    assert again.episode == 2


@pytest.mark.parametrize("status", sorted(set(Trend.Status.values) - {"unsafe"}))
@pytest.mark.parametrize(("days", "rows"), [(59, 1), (61, 2)])
def test_in_every_other_status_a_trend_is_strengthened_while_alive_and_reborn_after(
    status: str, days: int, rows: int
) -> None:
    merged("happy frog wizard")
    Trend.objects.update(status=status, last_seen_at=clock.now() - timedelta(days=days))
    again = merged("frog wizard happy", ("google_trends", "US"))
    assert again is not None
    assert (Trend.objects.count(), again.episode) == (rows, rows)
    assert again.status == (status if rows == 1 else "found")


def test_a_like_wording_that_is_alive_wins_over_the_same_wording_long_ago() -> None:
    old = merged("happy frog wizard tea")
    Trend.objects.update(last_seen_at=clock.now() - timedelta(days=61))
    reborn = merged("happy frog wizard tea party")
    assert old is not None
    assert reborn is not None
    assert (reborn.pk != old.pk, reborn.episode) == (True, 2)
    assert merged("happy frog wizard tea") == reborn
    assert Trend.objects.count() == 2


def test_a_like_topic_shut_later_keeps_an_old_wording_from_coming_back() -> None:
    merged("happy frog wizard tea")
    Trend.objects.update(last_seen_at=clock.now() - timedelta(days=200))
    merged("happy frog wizard tea party")
    Trend.objects.filter(episode=2).update(status="unsafe", last_seen_at=clock.now() - timedelta(days=100))
    assert merged("happy frog wizard tea") is None


def test_the_closest_wording_takes_the_evidence() -> None:
    near = merged("frog wizard tea moon boots")
    exact = Trend.objects.create(topic="frog wizard tea moon", topic_normalized="frog moon tea wizard")
    store_keys(exact)
    assert near is not None
    assert merged("moon tea frog wizard") == exact


def test_a_topic_without_a_word_is_refused() -> None:
    with pytest.raises(ValueError, match="without a word"):
        merge(make_topic("!!! \U0001f60a"), [make_signal("x")])


@pytest.mark.parametrize(
    "words", ["ca\u0301fe " * 2_000, "\U0001f438 \u0434\u0432\u0430 \u4e2d\u6587", "z" * 10_000, "one two " * 99]
)
def test_any_wording_is_stored_once_and_found_again(words: str) -> None:
    first, again = (merge(make_topic(words), [make_signal(text)]) for text in ("one", "two"))
    assert first is not None
    assert again is not None
    assert (first.trend, first.new, again.new) == (again.trend, True, False)


@pytest.mark.django_db(transaction=True)
def test_workers_that_bring_like_topics_at_the_same_moment_store_one_trend(live_sandbox: Sandbox) -> None:
    """Four processes, six rounds: each brings its own wording of one trend, all like one another."""
    wordings = [
        "frog wizard tea party moon",
        "frog wizard tea party",
        "frog wizard tea party boots",
        "party frogs wizard tea",
    ]
    everything = [f"{extra} {words}" for extra in ("cats", "pirate", "happy", "", "hat", "owl") for words in wordings]
    assert all(same(*pair) for n in range(0, len(everything), 4) for pair in combinations(everything[n : n + 4], 2))
    start = time.monotonic() + 0.3

    def bring(mine: int) -> int:
        time.sleep(max(0.0, start - time.monotonic()))
        for words in everything[mine::4]:
            merge(make_topic(words), found[words])
        return 0

    found = {words: [make_signal(words)] for words in everything}
    with ExitStack() as stack:
        children = [stack.enter_context(fork(live_sandbox, partial(bring, mine))) for mine in range(4)]
        assert [child.wait() for child in children] == [0, 0, 0, 0]
    stored = list(Trend.objects.values_list("topic", flat=True))
    assert not [pair for pair in combinations(stored, 2) if same(*pair)]
    assert Trend.signals.through.objects.values("signal").distinct().count() == len(everything)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(WORDS, max_size=8))
def test_no_two_stored_trends_ever_say_the_same(topics: list[str]) -> None:
    Trend.objects.all().delete()
    for words in topics:
        merged(words)
    stored = Trend.objects.values_list("topic", flat=True)
    assert not [pair for pair in combinations(stored, 2) if same(*pair)]
    for words in topics:
        trend = latest_like(words)
        assert trend is not None
        assert same(trend.topic, words)


def outcome(arriving: Sequence[str]) -> set[frozenset[str]]:
    """Which wordings became one trend."""
    Trend.objects.all().delete()
    Signal.objects.all().delete()
    for words in arriving:
        merged(words)
    return {frozenset(trend.signals.values_list("text", flat=True)) for trend in Trend.objects.all()}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(WORDS, max_size=6, unique=True).flatmap(lambda topics: st.tuples(st.just(topics), st.permutations(topics)))
)
def test_where_likeness_is_no_chain_the_order_of_arrival_does_not_count(orders: tuple[list[str], list[str]]) -> None:
    """A topic like two others that are not alike joins whichever is closest then; any other falls as it must."""
    topics = orders[0]
    for a, b, c in permutations(topics, 3):
        assume(not (same(a, b) and same(b, c)) or same(a, c))
    assert outcome(orders[0]) == outcome(orders[1])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WORDS, st.lists(WORDS, max_size=6))
def test_the_look_up_finds_exactly_what_says_the_same(wanted: str, stored: list[str]) -> None:
    """Against every stored trend compared one by one."""
    Trend.objects.all().delete()
    for n, words in enumerate(stored):
        trend = Trend.objects.create(topic=words, topic_normalized=stem_key(words), episode=n + 1)
        store_keys(trend)
    found = latest_like(wanted)
    alike = [words for words in stored if same(words, wanted)]
    assert (found is not None) == bool(alike)
    if found is not None:
        ours = set(stems(wanted))
        assert jaccard(ours, set(stems(found.topic))) == max(jaccard(ours, set(stems(words))) for words in alike)
