"""Drawn once more because a person asks: a picture from other, the same or failed words, or a trend without designs."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from stickertrendz import clock
from stickertrendz.ops import audit, queue
from stickertrendz.ops.errors import Beaten, NeedsPerson
from trends.models import Trend

from . import prompts, tries
from .generate import OPEN
from .models import Generation

Status = Generation.Status
DRAWABLE = (Trend.Status.PROCESSING, Trend.Status.GENERATED, Trend.Status.PUBLISHED)
CLOSED = (Trend.Status.QUALITY_FAILED, Trend.Status.GENERATION_FAILED)
wake_generator = queue.waker("sticker_generator")


def from_words(of: Generation, concept: str, *, by: str) -> Generation:
    """A new design of the trend, drawn from an edited concept. Raises NeedsPerson with what is wrong with it."""
    concept = prompts.concept_of(concept)
    if not prompts.LEAST_LENGTH <= len(concept) <= prompts.MOST_LENGTH:
        raise NeedsPerson(f"Say in {prompts.LEAST_LENGTH} to {prompts.MOST_LENGTH} letters what is drawn.")
    if wrong := prompts.objections(concept):
        raise NeedsPerson(f"This is not drawn: {'; '.join(wrong)}. Change the words.")
    prompt = prompts.styled(concept)
    _check_new(of, prompt)
    variant = _next_variant(of.trend)
    return _order(
        Generation(
            trend=of.trend, variant=variant, composition=of.composition, prompt=prompt,
            prompt_version=prompts.version(), model_version=settings.REPLICATE_MODEL_VERSION,
            seed=tries.seed_for(of.trend, variant, 0), made_from=of,
        ),
        "asked for other words", by,
    )  # fmt: skip


def the_same(of: Generation, *, by: str) -> Generation:
    """The very same design as a new one of the trend: same words, seed and version of the model."""
    _check_old(of)
    _check_new(of, of.prompt)
    return _order(
        Generation(
            trend=of.trend, variant=_next_variant(of.trend), composition=of.composition, prompt=of.prompt,
            prompt_version=of.prompt_version, concept_version=of.concept_version, model_version=of.model_version,
            seed=of.seed, made_from=of,
        ),
        "asked for the same again", by,
    )  # fmt: skip


def retry(of: Generation, *, by: str) -> Generation:
    """The next try of a design whose last one failed; the failed prediction is neither sent nor paid for again."""
    last = Generation.objects.filter(trend=of.trend, variant=of.variant).order_by("-try_no")[0]
    if last.status not in (Status.FAILED, Status.QUALITY_FAILED):
        raise NeedsPerson(f"Try {last.try_no + 1} of this design is {last.get_status_display().lower()}; look at that.")
    _check_old(last)
    return _order(tries.next_try(last, last.prompt, made_from=of), "asked for another try", by)


def anew(trend: Trend, *, by: str) -> None:
    """Three new designs, from words the model writes anew, of a trend of which none came out. Raises NeedsPerson."""
    _check_open(trend)
    if trend.status not in CLOSED:
        raise NeedsPerson(f"This trend is {trend.get_status_display().lower()}; look at its designs.")
    try:
        with transaction.atomic():
            trend.move_to(Trend.Status.DISCOVERED, asked_by=by, let_through_at=clock.now())
            audit.record(by, "asked for new designs", trend)
    except Beaten:
        raise NeedsPerson("Somebody else asked for it in this moment; reload the trend's page.") from None
    wake_generator()


def _order(wish: Generation, action: str, by: str) -> Generation:
    """Writes it down and wakes the job that buys it."""
    _check_trend(wish.trend)
    wish.status, wish.asked_by = Status.PLANNED, by
    try:
        with transaction.atomic():
            wish.save()
            audit.record(by, action, wish, made_from=wish.made_from_id, concept=prompts.concept_of(wish.prompt))
            if wish.trend.status in CLOSED:
                wish.trend.move_to(Trend.Status.PROCESSING)
    except (Beaten, IntegrityError):
        raise NeedsPerson("Somebody else asked for it in this moment; look at the list.") from None
    wake_generator()
    return wish


def _check_old(of: Generation) -> None:
    """Terms may have come since it was drawn first."""
    if wrong := prompts.objections(prompts.concept_of(of.prompt)):
        raise NeedsPerson(f"This is not drawn any more: {'; '.join(wrong)}.")


def _check_new(of: Generation, prompt: str) -> None:
    """An impatient second click asks for nothing more."""
    if Generation.objects.filter(made_from=of, prompt=prompt, status__in=OPEN).exists():
        raise NeedsPerson("This is being drawn already.")


def _check_open(trend: Trend) -> None:
    if trend.shut_why:
        raise NeedsPerson(f"Designs of this topic are shut: {trend.shut_why}.")


def _check_trend(trend: Trend) -> None:
    _check_open(trend)
    if trend.status not in (*DRAWABLE, *CLOSED):
        raise NeedsPerson(f"Its trend is {trend.get_status_display().lower()}; nothing is drawn for it.")


def _next_variant(trend: Trend) -> int:
    last = Generation.objects.filter(trend=trend).aggregate(last=Max("variant"))["last"]
    return int(last or 0) + 1
