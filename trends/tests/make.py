"""Rows and recordings the tests of this room start from."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from stickertrendz import clock
from trends import merge
from trends.extract import Topic
from trends.models import Signal, Source, Trend
from trends.normalise import stems
from trends.rank import Seen


def make_source(kind: str = "reddit", place: str = "frogs", **columns: Any) -> Source:
    source, _ = Source.objects.update_or_create(kind=kind, place=place, defaults=columns)
    return source


def make_signal(text: str = "happy frog", source: Source | None = None, **columns: Any) -> Signal:
    source = source or make_source()
    wanted = {"native_id": f"{text}-{Signal.objects.count()}", "score": 900, "created_at": clock.now(), **columns}
    return Signal.objects.create(source=source, text=text, **wanted)


def make_topic(words: str, rank: float = 9.0) -> Topic:
    return Topic(words, tuple(dict.fromkeys(stems(words))), rank, {"velocity": rank}, ())


def make_trend(topic: str = "happy frog wizard", signals: int = 2, **columns: Any) -> Trend:
    wanted = {"status": "found", "topic_normalized": " ".join(sorted(stems(topic))), "rank": 9.0, **columns}
    trend = Trend.objects.create(topic=topic, sources=["reddit"], keywords=list(stems(topic)), **wanted)
    merge.store_keys(trend)
    trend.signals.add(*[make_signal(f"{topic} number {n}") for n in range(signals)])
    return trend


def make_seen(text: str, *, key: str = "", minutes_ago: float = 0, score: int | None = 100, **columns: Any) -> Seen:
    now = clock.now()
    wanted = {"source": "reddit", "place": "frogs", "comments": 3, "url": "", **columns}
    at = now - timedelta(minutes=minutes_ago)
    return Seen(id=key or text, text=text, score=score, created_at=at - timedelta(hours=2), observed_at=at, **wanted)


def posts_about(topics: Sequence[str], places: Sequence[str] = ("aww", "memes", "cute")) -> list[dict[str, Any]]:
    """Recordings for the sandbox: every topic in several places, an hour old and growing fast."""
    created = (clock.now() - timedelta(hours=1)).timestamp()
    return [
        {
            "id": f"p{number}x{n}", "title": f"{opening} {topic}", "subreddit": place, "score": 9000 - number,
            "num_comments": 120, "created_utc": created,
        }
        for number, topic in enumerate(topics)
        for n, (place, opening) in enumerate(zip(places, ("Need this", "Drew a", "Meet the"), strict=True))
    ]  # fmt: skip
