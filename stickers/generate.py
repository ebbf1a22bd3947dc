"""Trends become pictures: three designs planned per trend, each picture ordered once, the trend closed at the end."""

import logging
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from stickertrendz import clock, money
from stickertrendz.ops import alerts, intents, meters
from stickertrendz.ops.errors import NeedsPerson, NotYet, OutsideError, Refused
from stickertrendz.ops.models import Intent
from stickertrendz.ops.subjects import subject_of
from stickertrendz.ops.work import MOST_ATTEMPTS
from trends.models import Trend

from . import prompts, tries
from .adapters import replicate
from .adapters.replicate import Prediction, Wish
from .ask import Unusable
from .models import Generation

logger = logging.getLogger(__name__)
MOST_SENDS = 3
Status = Generation.Status
OPEN = (Status.PLANNED, Status.ORDERED, Status.COLLECTED)


def plan(trend: Trend) -> None:
    """Writes down the first try of three designs; the trend stays discovered while today's pictures are used up."""
    _check_cap()
    try:
        designs = prompts.write(trend)
    except Unusable as unusable:
        return _generation_failed(trend, str(unusable))
    before = Generation.objects.filter(trend=trend).aggregate(last=Max("variant"))["last"] or 0
    with transaction.atomic():
        trend.move_to(Trend.Status.PROCESSING)
        for variant, design in enumerate(designs, start=before + 1):
            Generation.objects.create(
                status=Status.PLANNED, trend=trend, variant=variant, composition=design.composition,
                prompt=design.prompt, prompt_version=prompts.version(), concept_version=prompts.concept_version(),
                model_version=settings.REPLICATE_MODEL_VERSION, seed=tries.seed_for(trend, variant, 0),
            )  # fmt: skip
    return None


def _check_cap() -> None:
    """Pictures planned but not yet bought count too, so that no trend is begun that cannot be finished today."""
    level = meters.level("images")
    planned = Generation.objects.filter(status=Status.PLANNED, needs_attention="").count()
    if level.left - planned < prompts.DESIGNS_PER_TREND:
        raise Refused(level.until, "images bought today: the limit is reached", replicate.SERVICE)


def order(generation: Generation) -> None:
    """Buys the picture, or finds the one that was bought before a crash."""
    wish = wish_of(generation)
    intent = intents.plan("prediction", f"{generation.pk}:{wish.seed}", generation)
    sends = intent.sends
    try:
        bought = intents.once(intent, _buyer(wish), _finder(wish), most_sends=MOST_SENDS)
    except NeedsPerson as error:
        return tries.given_up(generation, str(error))
    except OutsideError as error:
        if error.ambiguous and intent.sends > sends:
            raise _look_for_it_later(generation, error) from error
        if error.permanent or generation.attempts < MOST_ATTEMPTS:
            raise
        return tries.given_up(generation, str(error))
    generation.move_to(
        Status.ORDERED, prediction_id=bought["id"], ordered_at=intent.sent_at, cost_micro=estimate_micro()
    )
    return None


def _look_for_it_later(generation: Generation, error: OutsideError) -> NotYet:
    """Not a failed attempt yet: it may have been bought, and is looked for before it is sent again."""
    logger.warning("%s: no clear answer to the order; it is looked for soon: %s", generation, error, extra={
        "step": generation.status, "service": error.service, "subject": subject_of(generation)})  # fmt: skip
    return NotYet(clock.now() + intents.CERTAIN_AFTER, "the order went out and its answer is unknown")


def wish_of(generation: Generation) -> Wish:
    return Wish(generation.model_version, generation.prompt, prompts.negative(), generation.seed)


def _buyer(wish: Wish) -> Callable[[Intent], Prediction]:
    return lambda intent: replicate.create(wish, estimate_micro=estimate_micro(), intent=intent)


def _finder(wish: Wish) -> Callable[[Intent], dict[str, Any] | None]:
    def find(intent: Intent) -> dict[str, Any] | None:
        since = (intent.sent_at or intent.planned_at) - timedelta(minutes=1)  # their clock is not ours
        taken = Generation.objects.filter(seed=wish.seed, prompt=wish.prompt).exclude(prediction_id="")
        besides = set(taken.values_list("prediction_id", flat=True))
        found = replicate.find(wish, since=since, besides=besides, subject=intent.subject)
        return {"id": found.id} if found else None

    return find


def estimate_micro() -> int:
    return cost_micro(settings.REPLICATE_SECONDS_PER_IMAGE)


def cost_micro(seconds: float) -> int:
    return money.micro(settings.REPLICATE_DOLLARS_PER_SECOND * Decimal(str(seconds)))


def close(trend: Trend) -> None:
    """Ends a trend of which no picture is under way any more."""
    passed = Generation.objects.filter(trend=trend, status=Status.PASSED).exists()
    last_tries = {each.variant: each for each in Generation.objects.filter(trend=trend).order_by("try_no")}
    newest = sorted(last_tries)[-prompts.DESIGNS_PER_TREND :]
    failed = [last_tries[variant] for variant in newest if last_tries[variant].status == Status.FAILED]
    if passed:
        trend.move_to(Trend.Status.GENERATED)
    elif failed:
        _generation_failed(trend, "; ".join(dict.fromkeys(why for each in failed for why in each.failures)))
    else:
        trend.move_to(Trend.Status.QUALITY_FAILED)


def _generation_failed(trend: Trend, why: str) -> None:
    with transaction.atomic():
        trend.move_to(Trend.Status.GENERATION_FAILED)
        text = f"No picture could be made for “{trend}”: {why}\n\nIts page offers to draw it again and tells the cost."
        alerts.alert(f"generation-failed:{trend.pk}", f"Generation failed: {trend}", text, trend)
