"""What operations rows tell of a thing: audit, calls, intents, errors, alerts, transcripts, prices, looks and sales.

Each strand is one query that an index on subject and time answers.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet

from fulfillment.models import AccessLog, OrderItem
from pricing.models import PriceChange
from stickertrendz import money
from stickertrendz.ops.intents import CERTAIN_AFTER
from stickertrendz.ops.models import Alert, AuditEntry, Call, ErrorLog, Intent, Run, Transcript
from stickertrendz.ops.subjects import subject_of

from . import timeline_words
from .cells import in_words
from .timeline import MOST, Life, Moment, Strand

LOOKS = [name for name, asked in timeline_words.OPERATIONS.items() if asked.looks]
SELF = "Somebody in the console"
LONGEST = 240  # characters of a reason


def strands(life: Life) -> list[Strand]:
    told = (_entries, _calls, _errors, _alerts, _transcripts, _prices, _looks, _sales)
    return [partial(strand, life) for strand in told]


def _rows(rows: QuerySet[Any], time: str, life: Life, before: datetime | None) -> QuerySet[Any]:
    span: dict[str, datetime] = {f"{time}__gte": life.since} if life.since else {}
    if before:
        span[f"{time}__lt"] = before
    return rows.filter(**span).order_by(f"-{time}", "-pk")[:MOST]


def _entries(life: Life, before: datetime | None) -> list[Moment]:
    names = life.deeds | life.names
    rows = AuditEntry.objects.filter(subject__in=names)
    return [entry(row, names[row.subject]) for row in _rows(rows, "at", life, before)]


def entry(row: AuditEntry, named: str) -> Moment:
    return Moment(
        row.at, timeline_words.action(row.action, row.detail), "decided", timeline_words.who(row.who), None,
        short(row.why), row.subject if named else "", named,
    )  # fmt: skip


def _calls(life: Life, before: datetime | None) -> list[Moment]:
    """Looks that found what they looked for are passed over."""
    rows = Call.objects.filter(subject__in=life.names).exclude(operation__in=LOOKS, outcome="done")
    return [_call(row, life.names[row.subject]) for row in _rows(rows.select_related("run"), "at", life, before)]


def _call(row: Call, named: str) -> Moment:
    once, many = timeline_words.asking(row.operation, row.outcome)
    kind = "sent" if row.outcome in ("done", Call.OPEN) else "trouble"
    same = (row.operation, row.outcome, row.run_id or f"{row.at:%Y-%m-%d %H}")
    return Moment(
        row.at, once, kind, job(row.run), row.run_id, "", row.subject if named else "", named, subject_of(row),
        "the call", same, many,
    )  # fmt: skip


def job(run: Run | None) -> str:
    return timeline_words.who(run.workflow) if run else SELF


def _errors(life: Life, before: datetime | None) -> list[Moment]:
    rows = ErrorLog.objects.filter(subject__in=life.names)
    return [error(row, life.names[row.subject]) for row in _rows(rows, "created_at", life, before)]


def error(row: ErrorLog, named: str) -> Moment:
    words = "met an error" if row.severity == ErrorLog.Severity.ERROR else "was held up"
    done = " (resolved)" if row.resolved else ""
    return Moment(
        row.created_at, words + done, "trouble", timeline_words.who(row.workflow) if row.workflow else SELF,
        row.run_id, short(row.error_message), row.subject if named else "", named, subject_of(row), "the error",
    )  # fmt: skip


def _alerts(life: Life, before: datetime | None) -> list[Moment]:
    names = life.deeds | life.names
    rows = Alert.objects.filter(subject__in=names).select_related("mail")
    return [_alert(row, names[row.subject]) for row in _rows(rows, "created_at", life, before)]


def _alert(row: Alert, named: str) -> Moment:
    mailed = f", by mail at {row.mail.sent_at:%H:%M}" if row.mail and row.mail.sent_at else ""
    return Moment(
        row.created_at, f"You were told{mailed}: {row.title}", "told", of=row.subject if named else "", named=named,
        subject=subject_of(row), link="the alert",
    )  # fmt: skip


def _transcripts(life: Life, before: datetime | None) -> list[Moment]:
    rows = Transcript.objects.filter(subject__in=life.names).select_related("run").defer("request", "answer")
    return [_transcript(row, life.names[row.subject]) for row in _rows(rows, "created_at", life, before)]


def _transcript(row: Transcript, named: str) -> Moment:
    words = timeline_words.PURPOSES.get(row.purpose, f"The model answered ({row.purpose})")
    same = ("transcript", row.purpose, row.run_id or row.pk)
    return Moment(
        row.created_at, words, "model", "", row.run_id, f"{row.model}, ${money.from_micro(row.cost_micro)}",
        row.subject if named else "", named, subject_of(row), "question and answer", same, f"{words}, {{}} times",
    )  # fmt: skip


def _prices(life: Life, before: datetime | None) -> list[Moment]:
    rows = PriceChange.objects.filter(offer__in=life.offers).select_related("offer", "run")
    return [_price(row) for row in _rows(rows, "created_at", life, before)]


def _price(row: PriceChange) -> Moment:
    """A run of the pricing engine did it, or a person, whom the audit tells."""
    words = f"The price of the {row.offer.size[0]} inch sticker {_became(row)}"
    ended = timeline_words.PRICES[row.status]
    if row.pushed_at:
        ended = ", ".join(filter(None, (f"on Etsy since {row.pushed_at:%-d %b %H:%M}", ended)))
    return Moment(
        row.created_at, f"{words} ({ended})" if ended else words, "price", "", row.run_id,
        _because(row), subject=subject_of(row), link="how it came about",
    )  # fmt: skip


def _because(row: PriceChange) -> str:
    usual = f"{row.tier} price"
    if row.reason.startswith(usual):
        return f"because the trend’s age makes it “{in_words(row.tier)}”{row.reason.removeprefix(usual)}"
    return f"{row.reason} (tier {in_words(row.tier)})"


def _became(row: PriceChange) -> str:
    if row.old_price is None:
        return f"began at ${row.new_price}"
    if row.old_price == row.new_price:
        return f"stayed ${row.new_price}"
    return f"went from ${row.old_price} to ${row.new_price}"


def _looks(life: Life, before: datetime | None) -> list[Moment]:
    """Who looked at customers, never what they saw."""
    rows = AccessLog.objects.filter(order__in=life.orders).select_related("order")
    several = len(life.orders) > 1
    return [_looked(row, several) for row in _rows(rows, "at", life, before)]


def _looked(row: AccessLog, several: bool) -> Moment:
    of, named = (subject_of(row.order), f"order {row.order}") if several else ("", "")
    words = "read the customer’s data"
    same = ("look", row.who, row.why, of, f"{row.at:%Y-%m-%d %H}")
    return Moment(
        row.at, words, "looked", timeline_words.who(row.who), None, row.why, of, named, same=same,
        many=f"{words}, {{}} times",
    )  # fmt: skip


def _sales(life: Life, before: datetime | None) -> list[Moment]:
    rows = OrderItem.objects.filter(sticker__in=life.stickers).select_related("order")
    return [_sale(row) for row in _rows(rows, "sold_at", life, before)]


def _sale(row: OrderItem) -> Moment:
    """Those of one day are told as one."""
    size = f" × {row.size[0]} inch" if row.size else ""
    back = ", paid back since" if row.refunded else ""
    return Moment(
        row.sold_at, f"Sold {row.quantity}{size} at ${row.unit_price}{back}", "sale", of=subject_of(row.order),
        named=f"order {row.order}", same=("sale", row.sold_at.date()), many="Sold in {} lines of orders",
    )  # fmt: skip


def intents(life: Life) -> Iterator[Moment]:
    """Only where a deed that is done once did not go as usual: otherwise its call tells it."""
    rows = Intent.objects.filter(subject__in=life.names).order_by("-planned_at", "-pk")[:MOST]
    for row in rows:
        named = life.names[row.subject]
        for at, words in _intent(row):
            if at and (life.since is None or at >= life.since):
                yield Moment(
                    at, words, "trouble", of=row.subject if named else "", named=named, subject=subject_of(row),
                    link="the promise",
                )  # fmt: skip


def _intent(row: Intent) -> Iterator[tuple[datetime | None, str]]:
    what, where = timeline_words.INTENTS.get(row.kind, (row.kind, "the service"))
    if row.sends > 1:
        yield row.sent_at, f"It was not found at {where}, so {what} was sent once more"
    if row.absent_at:
        yield row.absent_at, f"Looked for {what} at {where} and did not find it; it is looked for once more"
    if row.state == Intent.State.PLANNED:
        yield row.planned_at, f"Decided to send {what} to {where}; it has not left yet"
    elif row.state == Intent.State.VOID:
        yield row.planned_at, f"{what[0].upper()}{what[1:]} was called off before {where} had it"
    elif row.state == Intent.State.SENT:
        yield row.sent_at, f"Sent {what} to {where}, and do not know yet whether it arrived: it is looked for"
    elif row.done_at and row.sent_at and row.done_at - row.sent_at >= CERTAIN_AFTER:
        yield row.done_at, f"No answer had come from {where}; looked whether {what} was there, and found it"


def short(text: str) -> str:
    """One line of it."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"
