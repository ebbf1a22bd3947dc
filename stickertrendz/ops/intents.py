"""Irreversible things are done once: planned, sent, done, and looked for before anything is repeated."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Model, Q

from stickertrendz import clock

from .errors import Beaten, NeedsPerson, NotYet
from .models import Intent
from .subjects import subject_of

State = Intent.State
CERTAIN_AFTER = timedelta(seconds=180)  # a send's deadline of 120 s, and a minute more
LOOK_AGAIN = timedelta(minutes=2)
CLAIM = timedelta(minutes=5)
MOST_SENDS = 2


def plan(kind: str, key: str, row: Model | None = None) -> Intent:
    """The intent for this deed, written once; planned again and again it stays the same row."""
    known = Intent.objects.filter(kind=kind, key=key).first()
    if known:
        return known
    try:
        with transaction.atomic():
            return Intent.objects.create(
                kind=kind, key=key, subject=subject_of(row) if row else "", planned_at=clock.now()
            )
    except IntegrityError:
        return Intent.objects.get(kind=kind, key=key)


def sent(intent: Intent) -> None:
    """Committed just before the bytes leave; Beaten when it was called off or sent by another since we read it."""
    open_still = Intent.objects.filter(pk=intent.pk, state__in=[State.PLANNED, State.SENT], sends=intent.sends)
    now = clock.now()
    if not open_still.update(state=State.SENT, sent_at=now, absent_at=None, sends=F("sends") + 1):
        raise Beaten(f"{intent} was sent or called off by another.")
    intent.refresh_from_db()


def done(intent: Intent, result: dict[str, Any]) -> None:
    """The result alone, before any status moves: ids and keys, never a body."""
    Intent.objects.filter(pk=intent.pk).exclude(state=State.DONE).update(
        state=State.DONE, done_at=clock.now(), result=result, claimed_until=None
    )
    intent.refresh_from_db()


def back_to_planned(intent: Intent) -> None:
    """The service said clearly that nothing was done. `sent_at` stays: an earlier request may still come."""
    ours = Intent.objects.filter(pk=intent.pk, state=State.SENT, sends=intent.sends)  # or another has sent it since
    ours.update(state=State.PLANNED, absent_at=None)
    intent.refresh_from_db()


def void(intent: Intent) -> None:
    Intent.objects.filter(pk=intent.pk).exclude(state=State.DONE).update(state=State.VOID, claimed_until=None)


def once(
    intent: Intent,
    send: Callable[[Intent], object],
    find: Callable[[Intent], dict[str, Any] | None],
    *,
    most_sends: int = MOST_SENDS,
    again_after: timedelta = LOOK_AGAIN,
) -> dict[str, Any]:
    """Does the deed, or finds out whether it was done; running it again is the recovery.

    `send` goes through the guard with this intent. `find` looks at the service: the result, or None when absent.
    NotYet while it is too early to tell; NeedsPerson when it was sent as often as its kind allows and cannot be found.
    """
    intent.refresh_from_db()
    if intent.state == State.SENT:
        _recover(intent, find, most_sends, again_after)
    if intent.state == State.VOID:
        raise NeedsPerson("This was called off; nothing will be sent.")
    if intent.state != State.DONE:
        send(intent)
        intent.refresh_from_db()
    result: dict[str, Any] = intent.result
    return result


def _recover(
    intent: Intent, find: Callable[[Intent], dict[str, Any] | None], most_sends: int, again_after: timedelta
) -> None:
    now = clock.now()
    certain = (intent.sent_at or now) + CERTAIN_AFTER
    if now < certain:
        raise NotYet(certain, "a request went out and its answer is unknown; looking for it soon")
    _claim(intent)
    found = find(intent)
    if found is not None:
        done(intent, found)
    elif intent.absent_at is None:
        Intent.objects.filter(pk=intent.pk).update(absent_at=now, claimed_until=None)
        raise NotYet(now + again_after, "not found at the service; looking once more before sending again")
    elif now < intent.absent_at + again_after:
        raise NotYet(intent.absent_at + again_after)
    elif intent.sends >= most_sends:
        raise NeedsPerson(
            "Sent more than once without an answer and not found there. Look at the service's own page before going on."
        )


def _claim(intent: Intent) -> None:
    now = clock.now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    if not Intent.objects.filter(free, pk=intent.pk).update(claimed_until=now + CLAIM):
        raise NotYet(now + timedelta(minutes=1), "another worker is looking for it")
