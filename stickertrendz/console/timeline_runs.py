"""What one run did and touched, counted by kind, and every entry that it wrote into the audit."""

from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Count, Max, Min, Sum

from pricing.models import PriceChange
from stickertrendz import clock, money
from stickertrendz.ops.models import AuditEntry, Call, ErrorLog, Run, Transcript

from . import timeline_words
from .timeline import MOST, Moment, Strand
from .timeline_strands import entry, error, short


def known(run: Run) -> list[Moment]:
    """Its beginning and end, and what it did, counted; four queries however much it did."""
    who = timeline_words.who(run.workflow)
    asked = "" if run.asked_by == "schedule" else f", asked for by {timeline_words.who(run.asked_by)}"
    found = [Moment(run.started_at, f"began{asked}", "stands", who)]
    if run.ended_at:
        kind = "trouble" if run.status in (Run.Status.FAILED, Run.Status.ABANDONED) else "stands"
        found.append(Moment(run.ended_at, timeline_words.RUNS[run.status], kind, who, why=short(run.note)))
    return [*found, *_calls(run, who), *_prices(run, who), *_transcripts(run)]


def strands(run: Run) -> list[Strand]:
    return [partial(_errors, run), partial(_entries, run)]


def _calls(run: Run, who: str) -> list[Moment]:
    rows = Call.objects.filter(run=run).order_by().values("operation", "outcome")
    counted = rows.annotate(times=Count("pk"), last=Max("at"), first=Min("at"), things=Count("subject", distinct=True))
    return [_called(row, who) for row in counted]


def _called(row: Any, who: str) -> Moment:
    once, many = timeline_words.asking(row["operation"], row["outcome"])
    kind = "sent" if row["outcome"] in ("done", Call.OPEN) else "trouble"
    about = f"about {row['things']} things" if row["things"] > 1 else ""
    words = once if row["times"] == 1 else many.format(row["times"])
    return Moment(row["last"], words, kind, who, why=about, times=row["times"], began=row["first"])


def _prices(run: Run, who: str) -> list[Moment]:
    rows = PriceChange.objects.filter(run=run).order_by().values("status")
    counted = rows.annotate(times=Count("pk"), last=Max("created_at"))
    return [
        Moment(row["last"], f"changed {row['times']} price{'' if row['times'] == 1 else 's'}", "price", who,
               why=timeline_words.PRICES[row["status"]])
        for row in counted
    ]  # fmt: skip


def _transcripts(run: Run) -> list[Moment]:
    rows = Transcript.objects.filter(run=run).order_by().values("purpose")
    counted = rows.annotate(times=Count("pk"), last=Max("created_at"), micro=Sum("cost_micro"))
    return [
        Moment(row["last"], f"{timeline_words.PURPOSES.get(row['purpose'], row['purpose'])}, {row['times']} times",
               "model", why=f"${money.from_micro(row['micro'])}")
        for row in counted
    ]  # fmt: skip


def _errors(run: Run, before: datetime | None) -> list[Moment]:
    rows = ErrorLog.objects.filter(run=run, **({"created_at__lt": before} if before else {}))
    return [error(row, row.subject and called(row.subject)) for row in rows[:MOST]]


def _entries(run: Run, before: datetime | None) -> list[Moment]:
    """What its job wrote between its beginning and its end: the audit knows no runs."""
    writers = (run.workflow, *timeline_words.WRITES_IN.get(run.workflow, ()))
    span = {"at__gte": run.started_at, "at__lte": run.ended_at or clock.now()}
    rows = AuditEntry.objects.filter(who__in=writers, **span, **({"at__lt": before} if before else {}))
    return [entry(row, row.subject and called(row.subject)) for row in rows[:MOST]]


def called(subject: str) -> str:
    """A row by its kind and number, without looking it up."""
    label, _, key = subject.partition(":")
    if label == "stickers.sticker" and key.isdecimal():
        return f"ST-{int(key):06d}"
    return f"{label.rpartition('.')[2]} {key}"
