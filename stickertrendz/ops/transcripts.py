"""What was asked of a model and what it answered, kept so that a verdict can be looked into."""

from stickertrendz import clock

from . import current
from .models import Transcript
from .redact import redact


def record(
    purpose: str, *, subject: str, model: str, prompt_version: str, request: str, answer: str, cost_micro: int
) -> Transcript:
    return Transcript.objects.create(
        run_id=current.run_id(), subject=subject, purpose=purpose, model=model, prompt_version=prompt_version,
        request=redact(request), answer=redact(answer), cost_micro=cost_micro, created_at=clock.now(),
    )  # fmt: skip
