"""Topics come from what several signals share or what bursts, never from a whole title."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stickertrendz.testing import assert_growth
from trends.extract import GOOGLE_TRENDS, REDDIT, Seen, Topic, topics

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CHATTER = (
    "The printer at work squeaks again",
    "How do I fix a leaking gutter?",
    "Is it normal that the radiator hums all night",
    "Before and after: 20 days of painting the staircase",
    "me_irl",
)


def post(text: str, n: int, place: str = "memes", score: int | None = 200, **changes: object) -> Seen:
    values: dict[str, object] = {
        "id": f"p{n}", "source": REDDIT, "place": place, "score": score, "comments": 3, "url": "",
        "created_at": NOW - timedelta(hours=2), "observed_at": NOW, "baseline": 100.0,
    }  # fmt: skip
    return Seen(text=text, **(values | changes))  # type: ignore[arg-type]  # one place for every test's defaults


def search(text: str, n: int = 900) -> Seen:
    return post(text, n, place="US", source=GOOGLE_TRENDS, comments=None, score=2000)


def chatter() -> list[Seen]:
    return [post(text, 100 + n, place=f"place{n}") for n, text in enumerate(CHATTER)]


def best(signals: list[Seen]) -> Topic:
    return topics(signals, NOW)[0]


def test_a_phrase_several_posts_share_is_the_topic() -> None:
    shared = [
        post("This sleepy capybara in a teacup made my whole day", 1),
        post("Sleepy capybara in a teacup. That's it, that's the post", 2, place="aww"),
        post("I drew a sleepy capybara in a teacup and I can't stop smiling", 3, place="art"),
    ]
    topic = best([*chatter(), *shared])
    assert topic.topic == "sleepy capybara in a teacup"
    assert set(topic.keywords) == {"sleepi", "capybara", "teacup"}
    assert {native for _, native in topic.signal_ids} == {"p1", "p2", "p3"}


def test_phrases_carried_by_the_same_posts_are_one_topic() -> None:
    found = topics(
        [post("Moo Deng, the baby hippo", 1), post("baby hippo Moo Deng bites a keeper", 2, place="aww")], NOW
    )
    assert len(found) == 1
    assert "hippo" in found[0].topic


def test_words_that_nobody_writes_together_are_no_topic() -> None:
    found = topics(
        [
            post("A bull elephant that came and stood for a very long time beside the frozen mammoth", 1),
            post("the bull elephant took ages before it would leave there, frozen mammoth or not", 2, place="aww"),
        ],
        NOW,
    )
    assert [topic.topic for topic in found] in (["bull elephant"], ["frozen mammoth"])


def test_a_hashtag_is_read_as_words() -> None:
    found = best(
        [post("#GrumpyFrogInATeacup is taking over", 1), post("Another grumpy frog in a teacup", 2, place="aww")]
    )
    assert found.topic == "grumpy frog in a teacup"


def test_a_search_and_posts_about_it_are_one_topic_over_two_sources() -> None:
    found = best([*chatter(), search("axolotl knitted sweater"), post("My axolotl knitted sweater arrived", 1)])
    assert found.topic == "axolotl knitted sweater"
    assert {source for source, _ in found.signal_ids} == {REDDIT, GOOGLE_TRENDS}
    assert found.parts["cross_source"] > 0


def test_one_bursting_post_about_something_drawable_is_enough() -> None:
    assert topics([post("Otter juggles a pebble", 1, score=250)], NOW) == []
    (found,) = topics([post("Otter juggles a pebble", 1, score=90_000)], NOW)
    assert "otter" in found.topic
    assert found.parts["velocity"] == 4.0


def test_chatter_that_shares_nothing_gives_no_topic() -> None:
    assert topics(chatter(), NOW) == []


def test_the_same_title_posted_twice_is_not_a_topic() -> None:
    assert (
        topics([post("what a lovely wizard otter", 1), post("what a lovely wizard otter", 2, place="aww")], NOW) == []
    )


def test_posts_without_scores_still_make_topics() -> None:
    found = best([post("Cozy frog with a balloon", 1, score=None), post("cozy frog with a balloon!", 2, "aww", None)])
    assert found.topic == "cozy frog with a balloon"


def test_a_vetoed_topic_comes_last_and_says_why() -> None:
    sad = [
        post("plane crash over the lake, dozens dead", 1, score=90_000),
        post("Plane crash megathread", 2, score=90_000),
        post("what we know about the plane crash", 5, score=90_000),
    ]
    glad = [post("frog with a balloon", 3), post("that frog with a balloon again", 4)]
    found = topics([*sad, *glad], NOW)
    assert "frog" in found[0].topic
    assert found[-1].rank < 0
    assert "veto_tragedy" in found[-1].parts


def test_what_people_say_about_their_posts_is_no_part_of_the_topic() -> None:
    subjects = ("fancy bee", "grumpy toad", "cozy otter")
    captions = ("I can't stop smiling: drew a {}", "Drew a {}. Stop smiling!", "Need a friend to draw a {}")
    signals = [
        post(said.format(what), 10 * n + k) for n, what in enumerate(subjects) for k, said in enumerate(captions)
    ]
    assert {topic.topic for topic in topics(signals, NOW)} == set(subjects)


def test_everyday_words_alone_are_no_news_and_others_take_three_posts() -> None:
    def about(word: str, posts: int) -> list[str]:
        told = ("{} on the roof", "why does this {} follow everybody", "send help, {} situation")[:posts]
        return [topic.topic for topic in topics([post(text.format(word), n) for n, text in enumerate(told)], NOW)]

    assert (about("dog", 3), about("capybara", 2), about("capybara", 3)) == ([], [], ["capybara"])


def test_two_places_that_show_one_animal_make_a_topic_but_not_of_an_everyday_one() -> None:
    def in_two_places(word: str) -> list[str]:
        posts = [post(f"{word} on the roof", 1), post(f"why does this {word} follow everybody", 2, place="aww")]
        return [topic.topic for topic in topics(posts, NOW)]

    assert (in_two_places("capybara"), in_two_places("dog")) == (["capybara"], [])


def test_one_rising_post_is_enough_where_its_words_are_a_picture_already() -> None:
    def from_one_post(text: str, times_usual: float) -> list[str]:
        made = NOW - timedelta(hours=3)
        rising = post(text, 1, score=round(300 * times_usual), created_at=made, comments=40)
        return [topic.topic for topic in topics([rising], NOW)]

    assert from_one_post("Clumsy husky!", 2.1) == ["clumsy husky"]
    assert from_one_post("Clumsy husky!", 1.8) == []
    assert from_one_post("Husky door", 2.1) == []
    assert from_one_post("Clumsy door", 9.0) == []


def test_two_posts_share_a_topic_when_they_write_it_as_a_name() -> None:
    named = [post("the tower of Haneda Airport", 1), post("went by Haneda Airport again", 2)]
    generic = [post("at the gas station", 3), post("that gas station again", 4)]
    assert [topic.topic for topic in topics([*named, *generic], NOW)] == ["haneda airport"]


def test_a_possessive_names_its_owner() -> None:
    assert best([post("Long Barry's second visit", 1), post("so that was Long Barry's", 2)]).topic == "long barry"


def test_the_rank_is_the_sum_of_its_parts() -> None:
    found = best([post("frog with a balloon", 1), post("that frog with a balloon again", 2)])
    assert found.rank == pytest.approx(sum(found.parts.values()), abs=0.001)


def test_several_readings_of_one_post_are_one_signal() -> None:
    early = post("a wizard otter", 1, observed_at=NOW - timedelta(hours=1))
    assert topics([early, post("a wizard otter", 1)], NOW) == []


TEXTS = st.text(max_size=40) | st.sampled_from(
    [*CHATTER, "frog with a balloon", "That frog with a balloon", "#FrogDay"]
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(TEXTS, st.sampled_from([REDDIT, GOOGLE_TRENDS]), st.none() | st.integers(0, 10**6)), max_size=12)
)
def test_any_signals_give_short_labelled_topics_with_their_evidence(rows: list[tuple[str, str, int | None]]) -> None:
    signals = [post(text, n, score=score, source=source) for n, (text, source, score) in enumerate(rows)]
    known = {(signal.source, signal.id) for signal in signals}
    for topic in topics(signals, NOW):
        assert topic.topic.strip()
        assert topic.keywords
        assert set(topic.signal_ids) <= known


@settings(max_examples=60, deadline=None)
@given(
    st.lists(TEXTS, min_size=2, max_size=8).flatmap(
        lambda texts: st.tuples(st.just(list(enumerate(texts))), st.permutations(list(enumerate(texts))))
    )
)
def test_the_order_of_signals_does_not_count(orders: tuple[list[tuple[int, str]], list[tuple[int, str]]]) -> None:
    def found(numbered: list[tuple[int, str]]) -> list[tuple[str, float, frozenset[tuple[str, str]]]]:
        given = [post(text, n, score=100 * n) for n, text in numbered]
        return [(topic.topic, topic.rank, frozenset(topic.signal_ids)) for topic in topics(given, NOW)]

    assert found(orders[0]) == found(orders[1])


def test_no_topic_is_as_long_as_a_title() -> None:
    title = (
        "When the tiny frog wizard visits a huge dragon castle near mountain trees under rainbow clouds with cookies"
    )
    found = topics([post(title, 1, score=90_000), post(title + " again", 2, score=90_000)], NOW)
    assert found
    assert all(len(topic.topic.split()) <= 6 for topic in found)


def test_ten_kilobytes_of_text_are_handled() -> None:
    assert isinstance(topics([post("frog " * 2_000, 1), post("\U0001f438" * 2_500, 2)], NOW), list)


def test_five_thousand_signals_do_not_take_the_square_of_the_time() -> None:
    rng = Random(3)
    starts, middles, ends = (
        "bdfgklmnprstvz",
        ("an", "el", "ir", "ost", "um", "ap"),
        ("er", "ing", "ock", "y", "a", "et"),
    )
    words = [a + b + c for a in starts for b in middles for c in ends] + [
        "the",
        "is",
        "a",
        "my",
        "because",
        "when",
    ] * 60
    signals = [
        post(" ".join(rng.choices(words, k=14)), n, place=f"r{n % 60}", score=rng.randrange(9_000), baseline=None)
        for n in range(5_000)
    ]
    assert_growth(lambda: topics(signals[:625], NOW), lambda: topics(signals, NOW), at_most=30)
