"""Pictures on order are collected: stored when drawn, and each way of getting none ends in its own place."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import F

from stickertrendz import clock
from stickertrendz.ops import meters, storage
from stickertrendz.ops.errors import NeedsPerson, NotYet, OutsideError
from stickertrendz.ops.models import Call, Run
from stickertrendz.ops.subjects import subject_of
from stickertrendz.ops.work import MOST_ATTEMPTS

from . import tries
from .adapters import replicate
from .adapters.replicate import BadAddress, BadFile, Gone, Prediction
from .generate import cost_micro, estimate_micro
from .models import Generation

POLL, SLOWEST_POLL = timedelta(seconds=2), timedelta(seconds=10)
NO_PICTURE_AFTER = timedelta(minutes=15)
EXPIRED = "expired: Replicate removed the picture before it was collected"
ENDED_WITHOUT = {
    "failed": "Replicate could not draw it",
    "canceled": "it was cancelled while it was being drawn",
    "aborted": "Replicate gave it up before it was begun",
}
ADVICE = (
    "It was not fetched. Look at the prediction on Replicate's page and at REPLICATE_OUTPUT_HOSTS in the settings, and "
    "retry. An hour after drawing it Replicate removes it; a retry then has it drawn anew."
)
Ending = Callable[..., None]
Status = Generation.Status


def collect(generation: Generation) -> None:
    """Stores the picture once it is drawn; NotYet until then."""
    try:
        picture = replicate.get(generation.prediction_id, subject=subject_of(generation))
    except OutsideError as error:
        return _without_picture(generation, error)()
    if picture.status != "succeeded" and picture.status not in ENDED_WITHOUT:
        return _wait(generation)
    ending = _ending(generation, picture)
    with transaction.atomic():
        ending(predict_seconds=picture.seconds, cost_micro=_cost(picture))
        _book(generation)
    return None


def _cost(picture: Prediction) -> int:
    """A picture whose GPU time is not told is not free: the estimate stands."""
    if picture.seconds is None and picture.status == "succeeded":
        return estimate_micro()
    return cost_micro(picture.seconds or 0)


def _wait(generation: Generation) -> None:
    """The longer it takes, the more seldom it is asked for: a cold start is told by nothing but time."""
    now = clock.now()
    age = now - (generation.ordered_at or generation.status_since)
    if age > NO_PICTURE_AFTER:
        return tries.lost(generation, f"late: no picture after {NO_PICTURE_AFTER.seconds // 60} minutes")
    raise NotYet(now + min(max(POLL, age / 10), SLOWEST_POLL), "being drawn")


def _ending(generation: Generation, picture: Prediction) -> Ending:
    if picture.status != "succeeded":
        if "nsfw" in picture.error.lower():
            return partial(tries.unfit, generation, ["nsfw: the safety filter refused the picture"])
        words = f"{picture.status}: {ENDED_WITHOUT[picture.status]}"
        return partial(tries.lost, generation, f"{words} ({picture.error})" if picture.error else words)
    if not picture.outputs:
        empty = "empty: Replicate finished without a picture"
        return partial(tries.lost, generation, EXPIRED if picture.removed else empty)
    try:
        content = replicate.download(picture.outputs[0], subject=subject_of(generation))
    except OutsideError as error:
        return _without_picture(generation, error)
    key = storage.keep("private", storage.key_for("originals", content, "1", "png"), content)
    return partial(generation.move_to, Status.COLLECTED, original_key=key)


def _without_picture(generation: Generation, error: OutsideError) -> Ending:
    """What to do without it; passing errors are raised, to be tried again, until the last attempt."""
    if isinstance(error, Gone):
        return partial(tries.lost, generation, EXPIRED)
    if isinstance(error, BadAddress):
        raise NeedsPerson(f"{error.message[:1].upper()}{error.message[1:]}. {ADVICE}") from error
    last = generation.attempts >= MOST_ATTEMPTS
    if isinstance(error, BadFile) and (error.permanent or last):
        return partial(tries.unfit, generation, [f"file: {error.message}"])
    if error.permanent or not last:
        raise error
    return partial(tries.given_up, generation, str(error))


def _book(generation: Generation) -> None:
    """What the picture cost replaces the estimate: in the month's budget, the call and the run that ordered it."""
    meters.spend("ai", generation.cost_micro - estimate_micro(), generation.ordered_at or clock.now())
    calls = Call.objects.filter(subject=subject_of(generation), operation="predictions.create")
    call = calls.order_by("-at", "-pk").first()
    if call is None:
        return
    more = generation.cost_micro - call.cost_micro
    Call.objects.filter(pk=call.pk).update(cost_micro=F("cost_micro") + more)
    if call.run_id:
        Run.objects.filter(pk=call.run_id).update(ai_cost_micro=F("ai_cost_micro") + more)
