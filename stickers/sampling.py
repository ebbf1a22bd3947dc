"""The weekly sample of designs that moderation rejected by itself, and how many of them a person finds wrong."""

import math
import random
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from stickertrendz import clock
from stickertrendz.ops import audit
from stickertrendz.ops.errors import Beaten

from .models import Sample, SampledDesign, Sticker
from .moderate import BY

SIZE = 20
Z = 1.959964  # standard deviations on both sides of the mean that hold 95 %


def monday(moment: datetime) -> date:
    return moment.date() - timedelta(days=moment.weekday())


def candidates(since: datetime | None, until: datetime) -> QuerySet[Sticker]:
    """Designs that moderation rejected in the span, nobody decided on since, and no sample has held."""
    rejected = Sticker.objects.filter(status=Sticker.Status.REJECTED, reviewed_by=BY, sampled=None)
    within = rejected.filter(status_since__lt=until)
    rows: QuerySet[Sticker] = within.filter(status_since__gte=since) if since else within
    return rows.order_by("pk")


def draw() -> Sample | None:
    """This week's sample, every candidate equally likely; None when it is drawn already or there is no candidate."""
    now = clock.now()
    previous = Sample.objects.first()
    since = previous.drawn_at if previous else None
    found = list(candidates(since, now).values_list("pk", "reject_reason"))
    if not found:
        return None
    seed = random.SystemRandom().getrandbits(48)
    try:
        with transaction.atomic():
            sample = Sample.objects.create(
                week=monday(now), seed=seed, since=since, drawn_at=now, drawn_from=len(found)
            )
            SampledDesign.objects.bulk_create(
                SampledDesign(sample=sample, sticker_id=key, position=place, reason=reason)
                for place, (key, reason) in enumerate(chosen(found, seed), 1)
            )
    except IntegrityError:
        return None
    return sample


def chosen(found: list[tuple[int, str]], seed: int) -> list[tuple[int, str]]:
    """At most 20 of them in random order: the same again for the same seed."""
    return random.Random(seed).sample(found, min(SIZE, len(found)))


def judge(design: SampledDesign, verdict: str, *, by: str) -> None:
    """A person's word, which may be changed; Beaten when another's came in between. It moves no design."""
    word = SampledDesign.Verdict(verdict)
    same = SampledDesign.objects.filter(pk=design.pk, verdict=design.verdict, judged_at=design.judged_at)
    now = clock.now()
    with transaction.atomic():
        if not same.update(verdict=word, judged_by=by, judged_at=now):
            raise Beaten(f"{design.sticker.number} was judged by somebody else meanwhile.")
        audit.record(by, f"judged rejection {word}", design.sticker, design.reason)
    design.verdict, design.judged_by, design.judged_at = word, by, now


@dataclass(frozen=True)
class FalsePositives:
    """Of so many rejections judged by a person, so many were wrong."""

    wrong: int
    judged: int

    @property
    def rate(self) -> float | None:
        """The share of wrong ones, None while nothing is judged."""
        return self.wrong / self.judged if self.judged else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the true share lies with 95 % confidence (Wilson score interval), None while nothing is judged."""
        if not self.judged:
            return None
        share, n = self.wrong / self.judged, self.judged
        middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        if self.rate is None or self.interval is None:
            return "–"
        low, high = self.interval
        return f"{self.rate:.0%} ({self.wrong} of {self.judged}, likely {low:.0%} to {high:.0%})"


def false_positives(*, since: datetime | None = None, sample: Sample | None = None) -> FalsePositives:
    """The KPI over all judgements, over those made since, or over one sample."""
    rows = SampledDesign.objects.exclude(verdict="").order_by()
    if since:
        rows = rows.filter(judged_at__gte=since)
    if sample:
        rows = rows.filter(sample=sample)
    counts = Counter(rows.values_list("verdict", flat=True))
    return FalsePositives(counts[SampledDesign.Verdict.WRONG], counts.total())


def waiting() -> QuerySet[SampledDesign]:
    return SampledDesign.objects.filter(verdict="")
