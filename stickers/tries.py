"""What follows when a picture cannot be used: another try, and a halt when too many of a day's pictures fail."""

import hashlib
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from stickertrendz import clock
from stickertrendz.ops import alerts, switches
from stickertrendz.ops.models import AuditEntry
from trends.models import Trend

from . import prompts
from .models import Generation

LAST_TRY = 2
FEWEST_TO_JUDGE = 10
HALT_ADVICE = (
    "Nothing more is drawn until you clear the switch “generation”. Look at the failed pictures first, in the console "
    "under Pictures bought: the prompts or the version of the model may be at fault."
)
Status = Generation.Status


def seed_for(trend: Trend, variant: int, try_no: int) -> int:
    """The same for the same try of the same trend, and of no other: by it a prediction is found again."""
    name = f"{trend.topic_normalized}|{trend.episode}|{variant}|{try_no}"
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) & 0x7FFFFFFF


def unfit(generation: Generation, failures: list[str], **columns: Any) -> None:
    """The picture is no sticker: the next try asks for a simpler one."""
    with transaction.atomic():
        generation.move_to(Status.QUALITY_FAILED, failures=failures, **columns)
        _try_again(generation, prompts.calmer(generation.prompt), clock.now())
    _halt_when_most_fail()


def lost(generation: Generation, why: str, **columns: Any) -> None:
    """Replicate gave no picture: the next try asks for the same one, a little later each time."""
    pause = timedelta(seconds=2 ** (generation.try_no + 1))
    with transaction.atomic():
        generation.move_to(Status.FAILED, failures=[why], **columns)
        _try_again(generation, generation.prompt, clock.now() + pause)


def given_up(generation: Generation, why: str, **columns: Any) -> None:
    """Replicate did not answer as often as we ask: no further try."""
    generation.move_to(Status.FAILED, failures=[why], **columns)


def _try_again(last: Generation, prompt: str, when: datetime) -> None:
    if last.try_no < LAST_TRY:
        next_try(last, prompt, not_before=when).save()


def next_try(last: Generation, prompt: str, **columns: Any) -> Generation:
    """The try after this one, not yet saved: the same model and another seed."""
    try_no = last.try_no + 1
    return Generation(
        status=Status.PLANNED, trend=last.trend, variant=last.variant, try_no=try_no, composition=last.composition,
        prompt=prompt, prompt_version=last.prompt_version, concept_version=last.concept_version,
        model_version=last.model_version, seed=seed_for(last.trend, last.variant, try_no), **columns,
    )  # fmt: skip


def _halt_when_most_fail() -> None:
    """More than half of at least ten pictures of today, or since the operator last cleared the switch."""
    judged = Generation.objects.filter(
        status__in=[Status.PASSED, Status.QUALITY_FAILED], status_since__gte=_judged_since()
    )
    failed, count = judged.filter(status=Status.QUALITY_FAILED), judged.count()
    if count < FEWEST_TO_JUDGE or len(failed) * 2 <= count:
        return
    reason = f"{len(failed)} of today's {count} pictures failed the quality checks"
    if switches.throw("generation", reason, by="sticker_generator"):
        kinds = Counter(kind_of(failure) for each in failed for failure in each.failures)
        told = "\n".join(f"{times} × {kind.replace('_', ' ')}" for kind, times in kinds.most_common())
        alerts.alert("generation-halted", "Generation halted itself", f"{reason}:\n{told}\n\n{HALT_ADVICE}")


def kind_of(failure: str) -> str:
    """The check, or the other thing, by which a picture failed."""
    return failure.partition(":")[0]


def _judged_since() -> datetime:
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    cleared = AuditEntry.objects.filter(action="cleared switch", detail__switch="generation", at__gte=today).first()
    return cleared.at if cleared else today
