"""Jobs of the stickers room: designs made of trends, and deadlines of what waits for review."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Q, QuerySet

from stickertrendz import clock
from stickertrendz.adapters import openai
from stickertrendz.ops import alerts, authority, switches
from stickertrendz.ops.runner import Running
from stickertrendz.ops.subjects import address, subject_of
from stickertrendz.ops.work import WorkItem
from trends.models import Trend

from . import copy, moderate, rescan, review, sampling
from .adapters import replicate
from .collect import collect
from .generate import OPEN, close, order, plan
from .judge import judge
from .models import Generation, Rescan, Sticker

SOON = timedelta(seconds=15)
Status = Generation.Status
W = TypeVar("W", bound=WorkItem)


def sticker_generator(run: Running) -> None:
    """Discovered trends become stickers with words and a verdict; whatever is half-way is taken up where it stands."""
    if halt := switches.thrown("generation"):
        run.note(f"{halt}. Nothing new is drawn; what was bought before is finished.")
    else:
        best_first = Trend.objects.due(Trend.Status.DISCOVERED).filter(shut_why="").order_by("-score_overall", "pk")
        run.each(best_first, _with_keys(plan), done="trends_planned")
    _draw(run)
    under_way = Generation.objects.filter(status__in=OPEN).values("trend")
    run.each(Trend.objects.due(Trend.Status.PROCESSING).exclude(pk__in=under_way), close, done="trends_closed")
    pending = Sticker.objects.due(Sticker.Status.PENDING)
    run.each(pending.filter(title=""), _with_keys(copy.write), done="stickers_described")
    run.each(pending.exclude(title=""), _with_keys(moderate.moderate), done="stickers_moderated")


def _draw(run: Running) -> None:
    """All pictures are ordered before the first is asked for; then rounds until none is expected soon."""
    while True:
        run.each(Generation.objects.due(Status.PLANNED), _with_keys(order), done="images_ordered")
        run.each(Generation.objects.due(Status.ORDERED), _with_keys(collect))
        run.each(Generation.objects.due(Status.COLLECTED), judge, done="images_judged")
        if run.out_of_time() or not _expected_soon().exists():
            break
        clock.sleep(1)
    if run.out_of_time():
        run.left += _expected_soon().count()


def _expected_soon() -> QuerySet[Generation]:
    now = clock.now()
    ready = Q(not_before=None) | Q(not_before__lte=now + SOON)
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    return Generation.objects.filter(ready & free, status__in=OPEN, needs_attention="")


def review_deadlines(run: Running) -> None:
    """A reminder after 24 hours without a verdict, a refusal after 48."""
    now = clock.now()
    flagged = Sticker.objects.due(Sticker.Status.FLAGGED)
    overdue = flagged.filter(status_since__lte=now - review.REJECT_AFTER)
    waiting = flagged.filter(status_since__lte=now - review.REMIND_AFTER, reminded_at=None)
    run.each(overdue, review.expire, done="reviews_expired")
    run.each(waiting, review.remind, done="reviews_reminded")


def moderation_sample(run: Running) -> None:
    """Twenty designs that moderation rejected by itself since the last sample, for a person to judge."""
    sample = sampling.draw()
    if sample is None:
        run.note("Moderation rejected nothing since the last sample, or this week's is drawn already.")
        return
    count = sample.designs.count()
    run.count("designs_sampled", count)
    alerts.alert(
        f"sample:{sample.week}",
        f"{count} rejected designs wait for your judgement",
        f"Was moderation right? One click each: {settings.CONSOLE_URL}{address(subject_of(sample))}",
        sample,
    )


def blocklist_rescan(run: Running) -> None:
    """Terms that came or changed since the last time, in every design; one that was interrupted is finished first."""
    rescan.plan()
    scans = Rescan.objects.filter(ended_at=None).order_by("pk")
    if not scans:
        run.note("No term came or changed since the last time.")
    for scan in scans:
        if not rescan.scan_until_done(scan, run):
            break


def _with_keys(step: Callable[[W], Any]) -> Callable[[W], Any]:
    """A refused key or spent credit is no row's fault: the run ends, and no row is parked for it."""

    def halting(row: W) -> None:
        try:
            step(row)
        except (openai.Denied, replicate.Denied) as denied:
            raise authority.refused(denied) from denied

    return halting
