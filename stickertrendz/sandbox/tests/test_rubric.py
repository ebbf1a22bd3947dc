"""The scorer's rubric, on invented topics and on recorded titles."""

import csv
from pathlib import Path

import pytest

from stickertrendz.sandbox.noise import DULL, UNSAFE
from stickertrendz.sandbox.rubric import score
from stickertrendz.sandbox.trends_world import DAY, HOUR, TrendsWorld

MONDAY = 20_780 * DAY


def passes(topic: str, context: str, sources: str = "reddit") -> bool:
    answer = score(topic, context, sources)
    return float(answer["overall"]) >= 7.0 and int(answer["safety"]) >= 6


def test_the_owners_calibration_holds() -> None:
    evidence = "r/all: everyone posts it (score 24000, 900 comments)"
    assert passes("moo deng baby hippo", evidence)
    assert float(score("taylor swift eras tour", evidence, "reddit")["overall"]) < 7
    assert float(score("federal reserve rate decision", evidence, "reddit")["overall"]) < 7


def test_every_good_topic_of_the_invented_world_passes() -> None:
    for seed in (1, 2):
        world = TrendsWorld(seed)
        for day in range(30):
            for talk in world.talks(MONDAY + day * DAY + 12 * HOUR):
                if talk.kind == "good":
                    assert passes(talk.phrase, f"{talk.phrase} (score 9000)"), talk.phrase


@pytest.mark.parametrize("topic", [*UNSAFE, *DULL])
def test_news_and_dull_topics_are_refused(topic: str) -> None:
    assert not passes(topic, f"{topic} (score 60000)", "reddit, google_trends")


@pytest.mark.parametrize("topic", UNSAFE)
def test_harmful_topics_are_unsafe_or_have_nothing_to_draw(topic: str) -> None:
    answer = score(topic, "score 60000", "reddit")
    assert int(answer["safety"]) < 6 or int(answer["commercial"]) < 6


def test_the_overall_lies_within_its_four_scores() -> None:
    topics = ["cat", "sleepy cat in a teacup", "school shooting", "x", "", "my boyfriend's nude duck", *DULL]
    for topic in topics:
        for context in ("", "score 3", "score 90,000", "+4000/h"):
            answer = score(topic, context, "reddit")
            four = [int(answer[name]) for name in ("velocity", "commercial", "safety", "uniqueness")]
            assert all(1 <= value <= 10 for value in four)
            assert min(four) <= float(answer["overall"]) <= max(four)


def test_velocity_grows_with_the_numbers_and_with_a_second_source() -> None:
    slow = int(score("happy otter", "score 40", "reddit")["velocity"])
    fast = int(score("happy otter", "score 40,000", "reddit")["velocity"])
    both = int(score("happy otter", "score 40", "reddit, google_trends")["velocity"])
    assert slow < fast
    assert both == slow + 1


def test_gloomy_evidence_makes_a_harmless_topic_unsafe() -> None:
    assert not passes("zoo bear", "the zoo bear was shot dead (score 50000)")


@pytest.mark.parametrize("name", ["r_all_hourly_top100.csv", "r_all_daily_top.csv"])
def test_recorded_titles_are_refused_but_for_a_few(shared: Path, name: str) -> None:
    with (shared / "data" / "reddit" / name).open(encoding="utf-8", errors="replace", newline="") as file:
        titles = {row["title"]: f"{row['title']} (score {row['score']})" for row in csv.DictReader(file)}
    passed = sum(passes(title, context) for title, context in titles.items())
    assert 0.002 < passed / len(titles) < 0.2
