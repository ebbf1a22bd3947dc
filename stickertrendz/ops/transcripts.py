"""What was asked of a model and what it answered, kept 30 days so that a verdict can be looked into."""

from datetime import timedelta

from stickertrendz import clock

from . import current
from .models import Transcript
from .redact import redact

KEPT_FOR = timedelta(days=30)


def record(
    purpose: str, *, subject: str, model: str, prompt_version: str, request: str, answer: str, cost_micro: int
) -> Transcript:
    return Transcript.objects.create(
        run_id=current.run_id(), subject=subject, purpose=purpose, model=model, prompt_version=prompt_version,
        request=redact(request), answer=redact(answer), cost_micro=cost_micro, created_at=clock.now(),
    )  # fmt: skip


def purge() -> int:
    """Deletes transcripts older than 30 days; returns how many."""
    return Transcript.objects.filter(created_at__lt=clock.now() - KEPT_FOR).delete()[0]
