"""Recordings played to the demo's sandbox instead of its invented world, shifted so that the last reading is now."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from stickertrendz.sandbox.server import Sandbox
from stickertrendz.sandbox.trends_world import TrendsWorld
from trends import recordings
from trends.extract import GOOGLE_TRENDS, REDDIT, Seen
from trends.models import Source

BAD_ROWS_SHOWN = 5


def play(files: Sequence[Path], sandbox: Sandbox, now: datetime, console: Console) -> None:
    """Reddit posts are served under their subreddit and r/all, searches in Google's feed; bad rows are named."""
    seen: list[Seen] = []
    for file in files:
        rows = list(recordings.read(file))
        bad = [row for row in rows if isinstance(row, recordings.BadRow)]
        seen += [row for row in rows if isinstance(row, Seen)]
        console.print(
            f"Recording {file.name}: {len(rows) - len(bad)} rows" + (f", {len(bad)} bad ones skipped" if bad else "")
        )
        for row in bad[:BAD_ROWS_SHOWN]:
            console.print(f"  line {row.line}: {row.reason}")
    shifted = recordings.shift(seen, now)
    posts = [_post(row) for row in shifted if row.source == REDDIT]
    searches = [_search(row) for row in shifted if row.source == GOOGLE_TRENDS]
    for name in ("reddit", "google_trends"):
        world = sandbox.worlds[name]
        if isinstance(world, TrendsWorld):
            world.play(posts, searches)
    Source.objects.get_or_create(kind=Source.Kind.REDDIT, place="all")


def _post(row: Seen) -> dict[str, Any]:
    numbers = {"score": row.score or 0, "num_comments": row.comments or 0}
    return {
        **numbers, "id": row.id, "title": row.text, "subreddit": row.place,
        "created_utc": row.created_at.timestamp(), "observed_at": row.observed_at.timestamp(),
    }  # fmt: skip


def _search(row: Seen) -> dict[str, Any]:
    return {"query": row.text, "traffic": row.score or 0, "started": row.created_at.timestamp()}
