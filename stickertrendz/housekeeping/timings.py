"""How long each step took on one day: P50, P95 and how many, from stored calls, pictures and runs."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Max, Min

from etsy.models import Listing
from stickers.models import Generation
from stickers.moderate import BY
from stickertrendz.ops import meters
from stickertrendz.ops.models import Call, Meter, Run

from .metrics import span

LOOKS = ("rising", "rss", "trending.rss")
RUNS = {"pricing_run": "pricing_engine", "analytics_run": "analytics_sync"}
LOCAL = {"quality": "check_seconds", "post_processing": "cut_seconds"}
CAPS = {"images": timedelta(days=1), "listings": timedelta(days=1)}


def figures(day: date) -> dict[str, Decimal]:
    """By `p50:step`, `p95:step` (seconds) and `n:step`; a step that did not happen has none."""
    found: dict[str, Decimal] = {}
    for step, seconds in durations(day).items():
        if seconds:
            ordered = sorted(seconds)
            for share in (50, 95):
                found[f"p{share}:{step}"] = Decimal(str(round(percentile(ordered, share), 2)))
            found[f"n:{step}"] = Decimal(len(ordered))
    return found


def percentile(ordered: Sequence[float], share: int) -> float:
    """The nearest rank: the smallest value that so many percent of them do not exceed."""
    return ordered[max(0, math.ceil(share / 100 * len(ordered)) - 1)]


def durations(day: date) -> dict[str, list[float]]:
    """Seconds of each step that ended on the day; what a day's caps let through bounds how many there are."""
    start, end = span(day)
    return {**_calls(start, end), **_pictures(start, end), "end_to_end": _end_to_end(start, end), **_runs(start, end)}


def _calls(start: datetime, end: datetime) -> dict[str, list[float]]:
    within = Call.objects.filter(at__gte=start, at__lt=end, ms__isnull=False).order_by()
    looks = within.filter(service__in=["reddit", "google_trends"], operation__in=LOOKS, outcome="done")
    listings = within.filter(service="etsy", subject__startswith="etsy.listing:").values("run", "subject")
    made = Call.objects.filter(at__gte=start, at__lt=end, operation="createDraftListing", outcome="done")
    drafts = set(made.values_list("run", "subject"))
    spans = listings.filter(subject__in=made.values("subject")).annotate(first=Min("at"), last=Max("at"))
    return {
        "trend_source": [(ms or 0) / 1000 for ms in looks.values_list("ms", flat=True)],
        "scoring": _added(within.filter(operation="chat:trend_score").values_list("run", "subject", "ms")),
        "moderation": _added(within.filter(operation="moderations").values_list("run", "subject", "ms")),
        "listing": [
            (row["last"] - row["first"]).total_seconds() for row in spans if (row["run"], row["subject"]) in drafts
        ],
    }


def _added(rows: Iterable[tuple[int | None, str, int | None]]) -> list[float]:
    """The calls about one thing in one run belong to one step, its repeats included."""
    sums: dict[tuple[int | None, str], int] = defaultdict(int)
    for run, subject, ms in rows:
        sums[run, subject] += ms or 0
    return [ms / 1000 for ms in sums.values()]


def _pictures(start: datetime, end: datetime) -> dict[str, list[float]]:
    """A picture takes from its order to its delivery, waiting for a cold model and for our asking included."""
    calls = Call.objects.filter(service="replicate", subject__startswith="stickers.generation:").order_by()
    delivered = calls.filter(at__gte=start, at__lt=end, operation="delivery", outcome="done")
    ended = dict(delivered.values_list("subject").annotate(Max("at")))
    keys = [int(subject.rpartition(":")[2]) for subject in ended]
    rows = Generation.objects.filter(pk__in=keys).exclude(ordered_at=None).values_list("pk", "ordered_at", "numbers")
    found: dict[str, list[float]] = {"image": [], **{step: [] for step in LOCAL}}
    for key, ordered_at, numbers in rows:
        found["image"].append((ended[f"stickers.generation:{key}"] - ordered_at).total_seconds())
        for step, name in LOCAL.items():
            if name in numbers:
                found[step].append(float(numbers[name]))
    return found


def _end_to_end(start: datetime, end: datetime) -> list[float]:
    """From the trend's being let through to be drawn, for before that it waits for evidence, a score or a place.

    Without designs a person decided on, and those in whose time a cap was reached.
    """
    live = Listing.objects.filter(first_active_at__gte=start, first_active_at__lt=end, sticker__reviewed_by=BY)
    rows = live.values_list("sticker__trend__let_through_at", "first_active_at")
    spans = [(begun, done) for begun, done in rows if begun and done]
    if not spans:
        return []
    since = min(begun for begun, _ in spans) - max(CAPS.values())
    limits = {name: meters.limit(name) for name in CAPS}
    full = [
        (meter.window, meter.window + CAPS[meter.name])
        for meter in Meter.objects.filter(name__in=CAPS, window__gte=since, window__lt=end)
        if meter.used >= limits[meter.name]
    ]
    return [
        (done - begun).total_seconds()
        for begun, done in spans
        if not any(first < done and begun < last for first, last in full)
    ]


def _runs(start: datetime, end: datetime) -> dict[str, list[float]]:
    rows = Run.objects.filter(
        started_at__gte=start, started_at__lt=end, workflow__in=RUNS.values(), ended_at__isnull=False
    )
    ended = rows.filter(status__in=[Run.Status.COMPLETED, Run.Status.PARTIAL])
    times = [(run.workflow, run.seconds or 0.0) for run in ended]
    return {step: [seconds for name, seconds in times if name == workflow] for step, workflow in RUNS.items()}
