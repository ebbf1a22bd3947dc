"""All that is known about one trend, put together for its page in a constant number of queries."""

from collections import Counter
from dataclasses import dataclass
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
        "replays": replays,
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
