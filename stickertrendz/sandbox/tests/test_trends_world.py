"""The invented world: deterministic, mostly noise, with enough good topics; and recordings in its place."""

from collections import Counter

import pytest

from stickertrendz.sandbox.trends_world import DAY, HOUR, TrendsWorld

MONDAY = 20_780 * DAY


def good(world: TrendsWorld, now: float) -> set[str]:
    return {talk.phrase for talk in world.talks(now) if talk.kind == "good"}


def test_two_worlds_of_one_seed_say_the_same_and_of_two_seeds_do_not() -> None:
    now = MONDAY + 9 * HOUR
    assert TrendsWorld(1).posts("aww", now) == TrendsWorld(1).posts("aww", now)
    assert TrendsWorld(1).searches(now) == TrendsWorld(1).searches(now)
    assert TrendsWorld(1).posts("aww", now) != TrendsWorld(2).posts("aww", now)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_three_good_topics_can_be_found_at_any_hour_of_any_working_day(seed: int) -> None:
    world = TrendsWorld(seed)
    for day in range(30):
        for hour in range(6, 19):
            now = MONDAY + day * DAY + hour * HOUR
            visible = " ".join(post.title.lower() for post in world.posts("all", now))
            found = [phrase for phrase in good(world, now) if phrase in visible or phrase.replace(" ", "") in visible]
            assert len(found) >= 3, (day, hour)


def test_seventeen_days_bring_about_twenty_good_topics() -> None:
    world = TrendsWorld(1)
    seen = set().union(*(good(world, MONDAY + hour * HOUR) for hour in range(17 * 24)))
    assert 17 <= len(seen) <= 30


def test_most_of_what_is_said_is_noise_and_titles_repeat_rarely() -> None:
    world = TrendsWorld(1)
    now = MONDAY + 10 * HOUR
    posts = [post for sub in ("memes", "funny", "aww", "cats", "diy", "coffee") for post in world.posts(sub, now)]
    phrases = good(world, now)
    about = [p for p in posts if any(phrase in p.title.lower() for phrase in phrases)]
    assert 0 < len(about) < len(posts) / 4
    titles = Counter(post.title for post in posts)
    assert len(titles) > len(posts) * 0.85


def test_a_good_topic_bursts_in_several_subreddits_and_in_the_searches() -> None:
    world = TrendsWorld(1)
    now = MONDAY + 18 * HOUR
    phrase = sorted(good(world, now))[0]
    homes = {post.subreddit for post in world.posts("all", now) if phrase in post.title.lower()}
    assert len(homes) >= 3
    assert phrase in {search.query for search in world.searches(now)}


def test_scores_rise_with_the_hours() -> None:
    world = TrendsWorld(1)
    now = MONDAY + 12 * HOUR
    before = {post.id: post.score for post in world.posts("aww", now)}
    after = {post.id: post.score for post in world.posts("aww", now + 2 * HOUR)}
    shared = before.keys() & after.keys()
    assert shared
    assert all(after[each] >= before[each] for each in shared)
    assert any(after[each] > before[each] * 1.3 for each in shared)


def recording(seen: float, score: int) -> dict[str, object]:
    row = {"id": "abc12", "title": "A moose on a trampoline", "subreddit": "Pics", "score": score, "num_comments": 7}
    return {**row, "created_utc": MONDAY, "observed_at": seen}


def test_recordings_replace_the_invented_world() -> None:
    world = TrendsWorld(1)
    world.play([recording(MONDAY + HOUR, 10), recording(MONDAY + 2 * HOUR, 900)])
    for name in ("pics", "all"):
        assert [(p.id, p.score) for p in world.posts(name, MONDAY + HOUR)] == [("abc12", 10)]
        assert [(p.id, p.score) for p in world.posts(name, MONDAY + 3 * HOUR)] == [("abc12", 900)]
    assert world.posts("all", MONDAY + 3 * DAY) == []
    assert world.searches(MONDAY + HOUR) == []
    assert world.exists("pics")
    assert world.posts("funny", MONDAY + HOUR) == []
    assert not world.exists("nosuchplace")


def test_a_world_can_be_saved_and_restored() -> None:
    world, other = TrendsWorld(1), TrendsWorld(2)
    world.play([recording(MONDAY + HOUR, 10)])
    other.load(world.dump())
    assert other.posts("all", MONDAY + HOUR) == world.posts("all", MONDAY + HOUR)
