"""What a cycle found, and why each candidate went on or stayed behind, kept for the operator to look into."""

from datetime import timedelta
from typing import Any

from stickertrendz import clock
from stickertrendz.ops.runner import Running
from trends.extract import Topic
from trends.models import Cycle, Trend

KEPT_FOR = timedelta(days=30)
PASSED_OVER_KEPT = 20  # of those with too low a rank; half of the places are for vetoed ones
Candidate = dict[str, Any]


def of(topic: Topic, fate: str, why: str, trend: Trend | None = None) -> Candidate:
    """fate: new, known, blocked, shut, too_many, vetoed or too_low."""
    return {
        "topic": topic.topic[:200], "rank": topic.rank, "parts": topic.parts, "evidence": len(topic.signal_ids),
        "fate": fate, "why": why, "trend": trend.pk if trend else None,
    }  # fmt: skip


def passed_over(topic: Topic, lowest: float | None = None) -> Candidate:
    """One that was not even stored; `lowest` is the rank it did not reach, None when better ones filled the cycle."""
    vetoes = [name.removeprefix("veto_").replace("_", " ") for name, value in topic.parts.items() if value < 0]
    if vetoes:
        return of(topic, "vetoed", f"Nothing to wear: {', '.join(vetoes)}.")
    if lowest is None:
        return of(topic, "too_many", "There were enough better ones in this cycle.")
    return of(topic, "too_low", f"Its rank is below {lowest:g}: neither fast nor much to draw.")


def keep(run: Running, topics: int, taken: list[Candidate], others: list[Candidate]) -> None:
    """The record of one run: everything taken, and the nearest of what was passed over."""
    vetoed = [each for each in others if each["fate"] == "vetoed"]
    low = [each for each in others if each["fate"] != "vetoed"]
    nearest = low[: PASSED_OVER_KEPT // 2] + vetoed[: PASSED_OVER_KEPT // 2]
    Cycle.objects.update_or_create(run=run.row, defaults={"topics": topics, "candidates": taken + nearest})


def purge() -> int:
    """Deletes records older than 30 days; returns how many."""
    return Cycle.objects.filter(created_at__lt=clock.now() - KEPT_FOR).delete()[0]
