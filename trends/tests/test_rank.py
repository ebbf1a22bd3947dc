"""Each term of the rank says one thing, and the rank is their sum."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trends.rank import VETO, Seen, parts, stories, vetoes

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def seen(text: str = "a frog", **changes: object) -> Seen:
    values: dict[str, object] = {
        "id": "1", "source": "reddit", "place": "memes", "score": 150, "comments": 40,
        "created_at": NOW - timedelta(hours=3), "observed_at": NOW, "url": "", "baseline": 50.0,
    }  # fmt: skip
    return Seen(text=text, **(values | changes))  # type: ignore[arg-type]  # one place for every test's defaults


def terms(*signals: Seen, topic: str = "frog") -> dict[str, float]:
    return parts(topic, stories(signals), NOW)


def test_a_post_at_its_places_usual_pace_has_no_velocity() -> None:
    assert terms(seen())["velocity"] == 0.0


@pytest.mark.parametrize(("score", "velocity"), [(300, 1.0), (600, 2.0), (10**7, 4.0)])
def test_each_doubling_above_the_usual_pace_counts_one_up_to_four(score: int, velocity: float) -> None:
    assert terms(seen(score=score))["velocity"] == velocity


def test_without_a_baseline_the_usual_pace_of_the_place_in_this_batch_is_taken() -> None:
    quiet = [seen(id=str(n), score=20, baseline=None) for n in range(9)]
    (*_, burst) = stories([*quiet, seen(id="burst", score=80, baseline=None)])
    assert burst.pace == pytest.approx(4.0)


def test_posts_without_scores_have_evidence_but_no_velocity() -> None:
    found = terms(seen(score=None), seen("the frog again", id="2", score=None))
    assert found["velocity"] == 0.0
    assert found["evidence"] > terms(seen(score=None))["evidence"]


def test_two_sources_and_more_places_count() -> None:
    one = terms(seen())
    more = terms(seen(), seen(id="2", place="aww"), seen("frog", id="3", source="google_trends", place="US"))
    assert (one["cross_source"], one["spread"]) == (0.0, 0.0)
    assert (more["cross_source"], more["spread"]) == (2.0, 1.5)


def test_the_same_words_posted_twice_are_one_piece_of_evidence() -> None:
    assert terms(seen(), seen(id="2"))["evidence"] == terms(seen())["evidence"]


def test_a_heavier_place_counts_for_more_with_and_without_scores() -> None:
    plain, heavy, silent = terms(seen(score=300)), terms(seen(score=300, weight=2.0)), terms(seen(weight=0.0))
    assert heavy["velocity"] == plain["velocity"] + 1
    assert heavy["evidence"] > plain["evidence"] > silent["evidence"] == silent["velocity"] == 0
    without_scores = [terms(seen(score=None, weight=weight))["evidence"] for weight in (1.0, 2.0)]
    assert without_scores[1] > without_scores[0]


def test_what_is_met_again_and_again_recurs() -> None:
    assert [terms(seen(looks=n))["recurrence"] for n in (1, 2, 3, 5, 50)] == [0, 0.25, 0.5, 1, 1]


def test_freshness_halves_in_a_day() -> None:
    old = seen(created_at=NOW - timedelta(hours=26), observed_at=NOW - timedelta(hours=24))
    assert terms(old)["freshness"] == 0.5


def test_what_can_be_drawn_counts_and_charm_adds() -> None:
    assert terms(seen(), topic="rate decision")["drawable"] == 0.0
    assert terms(seen(), topic="sleepy frogs")["drawable"] > terms(seen(), topic="frog")["drawable"] > 0


@pytest.mark.parametrize(
    ("topic", "text", "veto"),
    [
        ("plane crash", "plane crash kills 20", "veto_tragedy"),
        ("dog fight", "man attacks dog in park", "veto_tragedy"),
        ("senate vote", "senate vote tonight", "veto_politics"),
        ("iran strikes", "iran strikes again", "veto_politics"),
        ("topless frog", "topless frog", "veto_sex"),
        ("cake", "my girlfriend baked a cake", "veto_private_person"),
        ("frog", "frog found at scene of murder", "veto_tragedy"),
    ],
)
def test_a_veto_outweighs_everything(topic: str, text: str, veto: str) -> None:
    found = terms(seen(text, score=10**6), topic=topic)
    assert found[veto] == VETO
    assert sum(found.values()) < 0


@pytest.mark.parametrize(
    "topic", ["sleepy fox in a party hat", "ice cream cone", "rescue dog", "campfire", "birthday cake"]
)
def test_harmless_topics_have_no_veto(topic: str) -> None:
    assert vetoes(topic, stories([seen(f"this {topic} made my day")])) == []


@given(st.lists(st.tuples(st.text(max_size=30), st.none() | st.integers(0, 10**9), st.integers(0, 500)), min_size=1))
def test_only_vetoes_are_negative(rows: list[tuple[str, int | None, int]]) -> None:
    signals = [
        seen(text, id=str(n), score=score, created_at=NOW - timedelta(hours=age), baseline=None)
        for n, (text, score, age) in enumerate(rows)
    ]
    for name, value in terms(*signals, topic=rows[0][0] or "frog").items():
        assert value == VETO if name.startswith("veto_") else value >= 0
