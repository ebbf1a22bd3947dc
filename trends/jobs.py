"""The jobs of this room: watch what the world talks about, and score what was found."""

import logging
from datetime import datetime, timedelta

from django.conf import settings

from stickertrendz import clock
from stickertrendz.ops import alerts, queue
from stickertrendz.ops.models import Run
from stickertrendz.ops.runner import Running
from trends import standing
from trends.collect import collect
from trends.discover import discover
from trends.models import Replay, Signal, Source, Trend
from trends.replay import replay

logger = logging.getLogger(__name__)
QUIET_AFTER = timedelta(hours=24)
wake_generator = queue.waker("sticker_generator")


def trend_monitor(run: Running) -> None:
    """One cycle: all sources, then everything trend_evaluation does, then a word when a whole day brought nothing."""
    collect(run)
    trend_evaluation(run)
    tell_if_quiet(run)


def trend_evaluation(run: Running) -> None:
    """Scores what is known without asking the sources: replays a person waits for, what was put off, recordings."""
    run.each(Replay.objects.due(Replay.Status.ASKED), replay, done="scores_replayed")
    if discover(run):
        wake_generator()
    elif run.counts["trends_queued"]:
        run.note(f"This cycle's places are taken; {run.counts['trends_queued']} trends wait in the queue.")
    else:
        run.note("No qualifying trends found.")
        logger.info("No qualifying trends found")


def tell_if_quiet(run: Running) -> None:
    """An alert when nothing qualified for a day in which the monitor did run."""
    since = clock.now() - QUIET_AFTER
    watched_all_day = Run.objects.filter(workflow=run.row.workflow, started_at__lte=since).exists()
    qualifying = Trend.objects.filter(
        scored_at__gte=since, score_overall__gte=settings.TREND_SCORE_THRESHOLD,
        score_safety__gte=settings.MIN_TREND_SAFETY,
    )  # fmt: skip
    if watched_all_day and not qualifying.exists():
        alerts.alert("trends:quiet", "No qualifying trend for 24 hours", _what_happened(since))


def _what_happened(since: datetime) -> str:
    """Whether the day was quiet or we were deaf, with what is to be known of every dead source."""
    sources = list(Source.objects.filter(enabled=True).exclude(state=Source.State.OFF))
    dead = [source for source in sources if source.state == Source.State.DEAD]
    seen = Signal.objects.filter(observed_at__gte=since).count()
    scored = Trend.objects.filter(scored_at__gte=since).count()
    numbers = f"{seen} posts and searches were seen and {scored} trends scored."
    if not dead:
        return f"All sources answered; the day was quiet. {numbers}"
    lines = "\n".join(f"{source}: {standing.explain(source)}" for source in dead)
    return f"{len(dead)} of {len(sources)} sources are dead; the others were quiet. {numbers}\n\n{lines}"
