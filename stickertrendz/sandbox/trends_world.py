"""What the world talks about, by seed and time: mostly noise, some news and brands, a few good sticker topics."""

import hashlib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random
from typing import Any

from stickertrendz.sandbox.noise import (
    BRANDS,
    DULL,
    EVENT_TITLES,
    STICKER_TITLES,
    SUBREDDITS,
    UNSAFE,
    everyday_title,
    title_about,
)
from stickertrendz.sandbox.vocabulary import ACTIVITIES, CREATURES, FOODS, MOODS, OBJECTS, PLANTS

HOUR = 3600
DAY = 24 * HOUR
# A good topic starts on most days once, on some twice, and stays alive so long that the topics of three days
# overlap: an empty shop finds three on any day between 06:00 and 18:00 UTC.
SECOND_TOPIC_SHARE = 0.3
TOPIC_LIFE = 66 * HOUR
EVENT_LIFE = 30 * HOUR
NOISE_PER_HOUR = 3
NOISE_HOURS = 10
FEED_HOURS = 24
GROUPS = {"brand": BRANDS, "unsafe": UNSAFE, "dull": DULL}
HEADLINES = ("Why {topic} is suddenly everywhere", "{Topic}: the internet reacts", "What is behind {topic}?")
CROWDS = ("memes", "funny", "aww", "wholesomememes", "mademesmile", "trending", "art", "cute", "pics", "stickers")


@dataclass(frozen=True)
class Post:
    id: str
    title: str
    subreddit: str
    score: int
    num_comments: int
    created_utc: float


@dataclass(frozen=True)
class Search:
    query: str
    traffic: int
    started: float
    headlines: tuple[str, ...]


@dataclass(frozen=True)
class Talk:
    """Something people talk about for a while."""

    phrase: str
    kind: str
    started: float
    life: float


class TrendsWorld:
    """Recordings, once played, replace everything invented."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.recordings: list[dict[str, Any]] | None = None
        self.recorded_searches: list[dict[str, Any]] = []

    def play(self, recordings: Iterable[Mapping[str, Any]], searches: Iterable[Mapping[str, Any]] = ()) -> None:
        """Posts are dicts with the fields of Post; with `observed_at` (unix) each is one reading of several.

        Searches are dicts of query, traffic and started (unix).
        """
        self.recordings = [dict(r) for r in recordings]
        self.recorded_searches = [dict(s) for s in searches]

    def exists(self, subreddit: str) -> bool:
        if self.recordings is not None:
            known = subreddit in SUBREDDITS or subreddit in ("all", "popular")
            return known or any(r["subreddit"].lower() == subreddit for r in self.recordings)
        return subreddit in SUBREDDITS

    def posts(self, subreddit: str, now: float) -> list[Post]:
        """Fastest growing first."""
        name = subreddit.lower()
        if self.recordings is not None:
            return self._recorded(name, now)
        found = [*_noise(self.seed, name, int(now // HOUR)), *self._burst(name, now)]
        alive = [_grown(post, now) for post in found if post.created_utc <= now]
        return sorted(alive, key=lambda p: -p.score / (now - p.created_utc + HOUR))

    def searches(self, now: float) -> list[Search]:
        if self.recordings is not None:
            found = [Search(s["query"], s["traffic"], s["started"], ()) for s in self.recorded_searches]
            return sorted((s for s in found if now - DAY <= s.started <= now), key=lambda s: -s.started)[:20]
        loud = [t for t in self.talks(now) if now - t.started >= 3 * HOUR]
        found = [self._search(talk, now) for talk in loud]
        return sorted(found, key=lambda s: -s.started)[:20]

    def talks(self, now: float) -> list[Talk]:
        today = int(now // DAY)
        days = range(today - 3, today + 1)
        every = [talk for day in days for talk in _talks_of(self.seed, day)]
        return [t for t in every if t.started <= now < t.started + t.life]

    def dump(self) -> dict[str, Any]:
        return {"seed": self.seed, "recordings": self.recordings, "searches": self.recorded_searches}

    def load(self, state: Mapping[str, Any]) -> None:
        self.seed = state["seed"]
        self.recordings = state["recordings"]
        self.recorded_searches = state["searches"]

    def _burst(self, name: str, now: float) -> list[Post]:
        posts = []
        for talk in self.talks(now):
            for n in range(int((now - talk.started) // (1.5 * HOUR)) + 1):
                post = _post_about(self.seed, talk, n)
                if name in ("all", "popular", post.subreddit) and post.created_utc > now - FEED_HOURS * HOUR:
                    posts.append(post)
        return posts

    def _search(self, talk: Talk, now: float) -> Search:
        rng = _rng(self.seed, "search", talk.phrase, talk.started)
        hours = (now - talk.started) / HOUR
        traffic = rng.choice((200, 500, 1000)) * (1 + int(hours)) * (2 if talk.kind != "dull" else 5)
        chosen = rng.sample(HEADLINES, rng.randint(1, 2))
        headlines = tuple(title_about(talk.phrase, (headline,), rng) for headline in chosen)
        return Search(talk.phrase, traffic, talk.started, headlines)

    def _recorded(self, name: str, now: float) -> list[Post]:
        latest: dict[str, dict[str, Any]] = {}
        for row in self.recordings or ():
            seen = row.get("observed_at") or row["created_utc"]
            fits = name in ("all", "popular") or row["subreddit"].lower() == name
            if fits and now - FEED_HOURS * HOUR <= seen <= now and seen >= latest.get(row["id"], {}).get("seen", 0):
                latest[row["id"]] = {**row, "seen": seen}
        posts = [Post(**{key: row[key] for key in Post.__dataclass_fields__}) for row in latest.values()]
        return sorted(posts, key=lambda p: -p.score / (max(0.0, now - p.created_utc) + HOUR))


def _rng(*key: object) -> Random:
    return Random(hashlib.sha256("|".join(map(str, key)).encode()).hexdigest())


def _post_id(rng: Random) -> str:
    return "1" + "".join(rng.choices("0123456789abcdefghijklmnopqrstuvwxyz", k=6))


@lru_cache(maxsize=4096)
def _noise(seed: int, name: str, hour: int) -> tuple[Post, ...]:
    slots = range(hour - NOISE_HOURS, hour + 1)
    return tuple(_noise_post(seed, name, slot, n) for slot in slots for n in range(NOISE_PER_HOUR))


def _noise_post(seed: int, name: str, slot: int, n: int) -> Post:
    rng = _rng(seed, "noise", name, slot, n)
    home = name if name not in ("all", "popular") else rng.choice(sorted(SUBREDDITS - {"all", "popular"}))
    peak = round(math.exp(rng.gauss(4.6, 1.5))) + 1
    return Post(
        _post_id(rng),
        everyday_title(rng),
        home,
        peak,
        round(peak * rng.uniform(0.02, 0.2)),
        slot * HOUR + rng.randrange(HOUR),
    )


@lru_cache(maxsize=256)
def _talks_of(seed: int, day: int) -> tuple[Talk, ...]:
    rng = _rng(seed, "talks", day)
    good = [_sticker_phrase(rng) for _ in range(1 + (rng.random() < SECOND_TOPIC_SHARE))]
    found = [Talk(phrase, "good", day * DAY + rng.uniform(3, 6) * HOUR, TOPIC_LIFE) for phrase in good]
    for kind, phrases in GROUPS.items():
        for phrase in rng.sample(phrases, 4 if kind == "dull" else 2):
            found.append(Talk(phrase, kind, day * DAY + rng.uniform(0, 22) * HOUR, EVENT_LIFE))
    return tuple(found)


def _sticker_phrase(rng: Random) -> str:
    group = rng.choices((CREATURES, FOODS, PLANTS, OBJECTS), weights=(60, 22, 10, 8))[0]
    subject = rng.choice(group)
    fitting = [a for a in ACTIVITIES if not set(re.findall(r"\w{4,}", a)) & set(subject.split())]
    return f"{rng.choice(MOODS)} {subject} {rng.choice(fitting)}"


def _post_about(seed: int, talk: Talk, n: int) -> Post:
    """The n-th post about it; a talk brings one every 90 minutes or so, in ever other places."""
    rng = _rng(seed, "about", talk.phrase, talk.started, n)
    good = talk.kind == "good"
    # The first posts of a good topic land in different places, so that several sources carry it at once.
    places = _rng(seed, "places", talk.phrase, talk.started).sample(CROWDS, len(CROWDS))
    where = (
        places[n % len(places)]
        if good or talk.kind == "brand"
        else rng.choice(("news", "worldnews", "pics", "videos", "trending", "memes"))
    )
    peak = round(rng.uniform(6000, 42000) if good else rng.uniform(1500, 30000))
    title = title_about(talk.phrase, STICKER_TITLES if good else EVENT_TITLES, rng)
    when = talk.started + n * 1.5 * HOUR * rng.uniform(0.9, 1.0)
    return Post(_post_id(rng), title, where, peak, round(peak * rng.uniform(0.01, 0.06)), when)


def _grown(post: Post, now: float) -> Post:
    """Score and comments at `now`: fast at first, nearly all of the peak after ten hours."""
    share = 1 - math.exp(-(now - post.created_utc) / (4 * HOUR))
    return replace(post, score=max(1, round(post.score * share)), num_comments=round(post.num_comments * share))
