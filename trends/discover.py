"""Turns what was seen into trends: topics found, blocked ones kept out, the likeliest scored, the best let through."""

import logging
import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from stickertrendz import clock
from stickertrendz.ops import meters
from stickertrendz.ops.meters import Reserve
from stickertrendz.ops.runner import Running
from stickertrendz.ops.work import Outcome
from trends import blocklists, candidates, extract, readings
from trends.candidates import Candidate
from trends.extract import Topic
from trends.merge import merge
from trends.models import Signal, Trend
from trends.score import score_trend
from trends.shut import Screen, turned_away

logger = logging.getLogger(__name__)
LOWEST_RANK = 3.0  # below this a topic has neither speed nor anything to draw
TOPICS_PER_RUN = 40
SCHEDULE = "schedule"
SCORED_PER_RUN = 10  # what fits into the time box of a run


def discover(run: Running) -> int:
    """Topics, scores, promotions within the caps; returns how many trends became discovered."""
    find_trends(run)
    promoted = promote(run)
    outcomes = run.each(to_score()[: allowance(run)], score_trend)
    run.count("trends_scored", outcomes[Outcome.DONE])
    promoted += promote(run)
    run.count("trends_discovered", promoted)
    run.count("trends_queued", _queued().count())
    return promoted


def find_trends(run: Running) -> None:
    """Extracts topics from the fresh signals and stores those no blocklist shuts out. Costs nothing."""
    rows = readings.fresh()
    by_key: dict[tuple[str, str], list[Signal]] = defaultdict(list)
    for row in rows:
        by_key[readings.key_of(row)].append(row)
    found = extract.topics(readings.as_seen(rows), clock.now())
    run.beat()
    likely = [topic for topic in found if topic.rank >= LOWEST_RANK]
    screen = Screen(blocklists.current())
    taken = [
        _take(topic, [row for key in topic.signal_ids for row in by_key[key]], screen, run)
        for topic in likely[:TOPICS_PER_RUN]
    ]
    passed_over = [candidates.passed_over(topic) for topic in likely[TOPICS_PER_RUN:]]
    passed_over += [candidates.passed_over(topic, LOWEST_RANK) for topic in found if topic.rank < LOWEST_RANK]
    candidates.keep(run, len(found), taken, passed_over)


def _take(topic: Topic, evidence: Sequence[Signal], screen: Screen, run: Running) -> Candidate:
    hit = screen.blocked_by(topic.topic, (row.text for row in evidence))
    if hit is not None:
        blocklists.count_blocked(topic.topic, hit)
        run.count(f"{hit.kind}_blocked")
        logger.info("%s_blocked: %s, %s", hit.kind, topic.topic, hit.why)
        return candidates.of(topic, "blocked", hit.why)
    merged = merge(topic, evidence)
    if merged is None:
        run.count("stays_shut")
        return candidates.of(topic, "shut", "This topic was found unsafe or shut before and stays so.")
    if merged.new:
        run.count("trends_found")
    return candidates.of(topic, "new" if merged.new else "known", "", merged.trend)


def to_score() -> QuerySet[Any]:
    """New trends, and watched ones whose evidence has at least doubled, likeliest first and only while fresh."""
    doubled = Q(status=Trend.Status.WATCHING, known__gte=2 * F("scored_evidence"))
    rows: QuerySet[Any] = Trend.objects.due(Trend.Status.FOUND, Trend.Status.WATCHING).filter(shut_why="")
    rows = (
        _fresh(rows)
        .annotate(known=Count("signals__native_id", distinct=True))
        .filter(Q(status=Trend.Status.FOUND) | doubled)
    )
    return rows.order_by("-rank", "pk")


def allowance(run: Running) -> int:
    """How many this run may score: a cycle's share of what the day has left, all of it when a person asked."""
    today = meters.level("scores")
    if not today.left:
        run.note("The day's scores are used up.")
    cycles_left = max(1, math.ceil((today.until - clock.now()) / meters.CYCLE))
    fair = math.ceil(today.left / cycles_left) if run.row.asked_by == SCHEDULE else today.left
    return min(fair, SCORED_PER_RUN)


def _fresh(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(last_seen_at__gte=clock.now() - readings.FRESH_FOR)


def _queued() -> QuerySet[Any]:
    queued: QuerySet[Any] = Trend.objects.due(Trend.Status.QUEUED).filter(shut_why="")
    return _fresh(queued).order_by("-score_overall", "-rank", "pk")


def promote(run: Running) -> int:
    """Lets the best queued trends through, as many as the cycle still allows."""
    room = meters.level("discoveries").left
    passed: list[bool] = []

    def let(trend: Trend) -> None:
        passed.append(let_through(trend))

    if room:
        run.each(_queued()[:room], let)
    return sum(passed)


def let_through(trend: Trend) -> bool:
    """One of the cycle's places; False when a blocklist shuts it out by now, Refused when the last place is gone."""
    if turned_away(trend, trend.signals.all()):
        return False
    held = meters.reserve(Reserve("discoveries"), clock.now())
    used = 0
    try:
        trend.move_to(Trend.Status.DISCOVERED, let_through_at=clock.now())
        used = 1
    finally:
        meters.settle(held, used)
    return True
