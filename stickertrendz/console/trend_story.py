"""All that is known about one trend, put together for its page in a constant number of queries."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from stickertrendz import money
from stickertrendz.ops.models import Transcript
from stickertrendz.ops.subjects import subject_of
from trends import rank
from trends.models import Replay, Signal, Source, Trend
from trends.score import PURPOSE, REPLAY, TrendScore

from . import rank_words

POSTS_SHOWN = 30
TRANSCRIPTS_SHOWN = 20
DIMENSIONS = ("overall", "velocity", "commercial", "safety", "uniqueness")


@dataclass(frozen=True)
class Post:
    """A piece of evidence; `times` is its speed as a multiple of what its place is used to, None when unknown."""

    signal: Signal
    per_hour: float | None
    times: float | None


@dataclass(frozen=True)
class Moment:
    at: datetime
    words: str


def of(trend: Trend) -> dict[str, Any]:
    """The page's context."""
    signals = list(trend.signals.select_related("source"))
    posts = sorted((_post(signal) for signal in signals), key=_strongest)
    terms = rank_words.terms(trend.rank_parts)
    replays = list(trend.replays.all()[:TRANSCRIPTS_SHOWN])
    return {
        "trend": trend, "posts": posts[:POSTS_SHOWN], "posts_left": max(0, len(posts) - POSTS_SHOWN),
        "places": Counter(str(signal.source) for signal in signals).most_common(),
        "met_again": sum(signal.looks > 1 for signal in signals), "seen": len(signals),
        "terms": terms, "widest": rank_words.widest(terms), "scores": _scores(trend),
        "moments": _moments(trend, signals), "replays": replays,
        "transcripts": [_transcript(row) for row in _transcripts(trend)],
    }  # fmt: skip


def _post(signal: Signal) -> Post:
    if signal.score is None or signal.source.kind != Source.Kind.REDDIT:
        return Post(signal, None, None)
    usual = signal.source.baseline
    speed = signal.per_hour()
    return Post(signal, speed, speed / max(usual, rank.SMALLEST_BASELINE) if usual else None)


def _strongest(post: Post) -> tuple[float, int]:
    return -(post.per_hour or 0), -(post.signal.score or 0)


def _scores(trend: Trend) -> list[tuple[str, Any]]:
    found = [(name, getattr(trend, f"score_{name}")) for name in DIMENSIONS]
    return found if trend.scored_at else []


def _moments(trend: Trend, signals: list[Signal]) -> list[Moment]:
    found = [Moment(trend.created_at, "First seen by us"), Moment(trend.last_seen_at, "Last seen")]
    if signals:
        found.append(Moment(min(signal.created_at for signal in signals), "Its oldest post was made"))
    if trend.scored_at:
        found.append(Moment(trend.scored_at, f"Scored {trend.score_overall} by {_counted(trend.scored_evidence)}"))
    found += [Moment(sticker.created_at, f"Design {sticker}") for sticker in trend.stickers.all()[:10]]
    found.append(Moment(trend.status_since, f"Since then: {trend.get_status_display()}"))
    return sorted(found, key=lambda moment: moment.at)


def _counted(posts: int) -> str:
    return "1 post" if posts == 1 else f"{posts} posts"


def _transcripts(trend: Trend) -> list[Transcript]:
    rows = Transcript.objects.filter(subject=subject_of(trend)).select_related("run")
    return list(rows[:TRANSCRIPTS_SHOWN])


def _transcript(row: Transcript) -> dict[str, Any]:
    """With what our own rules say about the answer; only scores can be replayed."""
    score = row.purpose in (PURPOSE, REPLAY)
    return {"row": row, "cost": f"${money.from_micro(row.cost_micro)}", "score": score, "verdict": _verdict(row, score)}


def _verdict(row: Transcript, score: bool) -> str:
    if not score:
        return ""
    try:
        found = TrendScore.model_validate_json(row.answer)
    except ValidationError as error:
        return f"not usable: {error.errors()[0]['msg']}"
    return f"overall {found.overall:g}"


def beside(row: Replay) -> list[tuple[str, Any, Any]]:
    """Old and new of a replay: name, what the trend carries, what the model says now."""
    names = (*DIMENSIONS, "spread")
    found = [(name, getattr(row.trend, f"score_{name}"), row.found.get(name)) for name in names]
    found += [
        (name.replace("_", " "), getattr(row.trend, name), row.found.get(name))
        for name in ("model", "prompt_version", "reasoning")
    ]
    return found
