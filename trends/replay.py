"""Asks the model once more about a scored trend, so that its verdict can be looked into; changes nothing unasked."""

from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from stickertrendz import clock
from stickertrendz.adapters.openai import Denied, estimate_micro
from stickertrendz.ops import audit, authority, prompt_files, queue
from stickertrendz.ops.errors import IllegalMove
from stickertrendz.ops.models import Transcript
from stickertrendz.ops.prompt_files import Prompt
from stickertrendz.ops.subjects import subject_of
from trends.models import Replay, Trend
from trends.score import PURPOSE, REPLAY, Score, ask_again, prompt_for, verdict

KEPT_FOR = timedelta(days=30)
MOST_SAMPLES = 9
MAY_TAKE = (Trend.Status.FOUND, Trend.Status.WATCHING, Trend.Status.QUEUED)
wake_evaluation = queue.waker("trend_evaluation")


def ask(trend: Trend, *, by: str, transcript: Transcript | None = None, samples: int = 1) -> Replay:
    """The wish; the model is asked by the next run of trend_evaluation, which this wakes.

    transcript: its request is sent again word for word; without one today's prompt and evidence are used.
    """
    row = wish(trend, by=by, transcript=transcript, samples=samples)
    wake_evaluation()
    return row


def wish(trend: Trend, *, by: str, transcript: Transcript | None = None, samples: int = 1) -> Replay:
    with transaction.atomic():
        row = Replay.objects.create(
            status=Replay.Status.ASKED, trend=trend, transcript=transcript, samples=samples, asked_by=by
        )
        audit.record(by, "asked for a replay", trend, samples=samples)
    return row


def replayable(trend: Trend) -> QuerySet[Transcript]:
    """The kept requests for a score of this trend."""
    return Transcript.objects.filter(subject=subject_of(trend), purpose__in=(PURPOSE, REPLAY))


def estimate(row: Replay) -> int:
    """The most these answers can cost, in micro-dollars; in place of a useless one another is asked for."""
    return row.samples * estimate_micro(settings.OPENAI_MODEL, _prompt(row).text())


def replay(row: Replay) -> None:
    """The step of one replay. It scores no trend, so only the AI budget limits it, not the day's scores."""
    try:
        found = ask_again(_prompt(row), row.samples, subject=subject_of(row.trend))
    except Denied as denied:
        raise authority.refused(denied) from denied
    row.move_to(Replay.Status.DONE, found=_as_json(found), cost_micro=found.cost_micro)


def take_over(row: Replay, *, by: str) -> None:
    """The trend carries the new score from now on; IllegalMove when it has gone past scoring."""
    trend, found = row.trend, _from_json(row.found)
    if trend.status not in MAY_TAKE:
        raise IllegalMove(
            f"“{trend}” is {trend.get_status_display().lower()}: its score is no longer acted on and stays as it was."
        )
    known = trend.signals.values("native_id").distinct().count()
    with transaction.atomic():
        row.move_to(Replay.Status.TAKEN)
        trend.move_to(verdict(found), **found.columns(), scored_at=clock.now(), scored_evidence=known)
        audit.record(by, "took over a replayed score", trend, overall=str(found.overall), replay=row.pk)


def purge() -> int:
    """Deletes replays older than 30 days, as their transcripts are; returns how many."""
    return Replay.objects.filter(created_at__lt=clock.now() - KEPT_FOR).delete()[0]


def _prompt(row: Replay) -> Prompt:
    if row.transcript:
        return prompt_files.parse(row.transcript.prompt_version, row.transcript.request)
    return prompt_for(row.trend.topic, list(row.trend.signals.select_related("source")))


def _as_json(found: Score) -> dict[str, Any]:
    plain = asdict(found)
    return plain | {
        "overall": str(found.overall), "spread": str(found.spread), "samples": [str(each) for each in found.samples],
    }  # fmt: skip


def _from_json(found: dict[str, Any]) -> Score:
    exact = {"overall": Decimal(found["overall"]), "spread": Decimal(found["spread"])}
    return Score(**{**found, **exact, "samples": tuple(Decimal(each) for each in found["samples"])})
