"""Rows that carry work: claims, allowed moves, and the one way in which a step is attempted on a row."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Self, TypeVar

from django.db import OperationalError, models
from django.db.models import F, Q

from stickertrendz import clock

from . import log
from .errors import Beaten, Halt, IllegalMove, LostLock, NeedsPerson, NotYet, OutsideError, Refused
from .subjects import subject_of

logger = logging.getLogger(__name__)
CLAIM = timedelta(minutes=10)
WAITS = (timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=60))
MOST_ATTEMPTS = 3


Row = TypeVar("Row", bound=models.Model)


class WorkQuerySet(models.QuerySet[Row]):
    def due(self, *statuses: str) -> Self:
        """Rows a job may take now: in one of these statuses, not waiting, not parked, not claimed."""
        now = clock.now()
        free = Q(claimed_until=None) | Q(claimed_until__lte=now)
        ready = Q(not_before=None) | Q(not_before__lte=now)
        return self.filter(free & ready, status__in=statuses, needs_attention="").order_by("status_since", "pk")

    def parked(self) -> Self:
        return self.exclude(needs_attention="")


class WorkItem(models.Model):
    """A row that jobs move from status to status."""

    Status: ClassVar[type[models.TextChoices]]
    MOVES: ClassVar[dict[str, set[str]]] = {}

    status = models.CharField(max_length=20)
    status_since = models.DateTimeField(default=clock.now)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Tries in this status.")
    not_before = models.DateTimeField(null=True, blank=True)
    needs_attention = models.TextField(blank=True, help_text="Why a person has to look; empty when none has to.")
    claimed_until = models.DateTimeField(null=True, blank=True)
    asked_by = models.CharField(max_length=150, blank=True, help_text="Who asked for the next step by hand.")

    objects: ClassVar[Any] = WorkQuerySet.as_manager()

    class Meta:
        abstract = True

    def get_status_display(self) -> str:
        return str(self.Status(self.status).label)

    def move_to(self, status: str, **columns: Any) -> None:
        """One conditional UPDATE; Beaten when the row has left the status we saw, IllegalMove when not allowed."""
        if status not in self.MOVES.get(self.status, set()):
            raise IllegalMove(f"{self._meta.verbose_name} {self.pk} cannot go from {self.status} to {status}.")
        fresh = {"attempts": 0, "not_before": None, "needs_attention": "", "status_since": clock.now(), **columns}
        changed = type(self)._default_manager.filter(pk=self.pk, status=self.status).update(status=status, **fresh)
        if not changed:
            raise Beaten(f"{self._meta.verbose_name} {self.pk} is no longer {self.status}.")
        for name, value in {"status": status, **fresh}.items():
            setattr(self, name, value)


W = TypeVar("W", bound=WorkItem)


class Outcome(StrEnum):
    DONE = "done"
    NOT_YET = "not yet"
    REFUSED = "refused"
    PASSING = "put off"
    PARKED = "parked"
    TAKEN = "taken by another"


@dataclass(frozen=True)
class Attempt:
    outcome: Outcome
    error: BaseException | None = None

    @property
    def unknown(self) -> bool:
        """An error nobody foresaw: a bug until shown otherwise."""
        return self.outcome is Outcome.PARKED and not isinstance(self.error, OutsideError | NeedsPerson | IllegalMove)


def attempt(item: W, step: Callable[[W], object]) -> Attempt:
    """Claims the row, runs the step, releases the row by what came of it.

    Only LostLock, Halt and a database that does not answer come out: none of them is the row's fault.
    """
    if not claim(item):
        return Attempt(Outcome.TAKEN)
    try:
        step(item)
        result = _release(item, Attempt(Outcome.DONE), attempts=0, asked_by="")
    except NotYet as wait:
        result = _release(
            item, Attempt(Outcome.NOT_YET, wait), attempts=max(0, item.attempts - 1), not_before=wait.when
        )
    except Refused as refused:
        result = _release(
            item, Attempt(Outcome.REFUSED, refused), attempts=max(0, item.attempts - 1), not_before=refused.until
        )
    except Beaten as beaten:
        result = _release(item, Attempt(Outcome.TAKEN, beaten))
    except (LostLock, Halt, OperationalError):
        _release(item, Attempt(Outcome.PASSING), attempts=max(0, item.attempts - 1))
        raise
    except OutsideError as error:
        result = _put_off(item, error)
    except Exception as error:  # noqa: BLE001 - whatever a step raises, the row is parked and the queue goes on
        result = _park(item, error)
    log.flush()
    return result


def claim(item: WorkItem, how_long: timedelta = CLAIM) -> bool:
    """One UPDATE takes the row for us and counts the attempt; False when another has it or it moved on."""
    now = clock.now()
    mine = now + how_long
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    rows = type(item)._default_manager.filter(free, pk=item.pk, status=item.status)
    if not rows.update(claimed_until=mine, attempts=F("attempts") + 1):
        return False
    item.refresh_from_db()
    return True


def retry(item: WorkItem, *, by: str) -> bool:
    """A person says it may be tried again; False when it was not parked any more."""
    parked = type(item)._default_manager.filter(pk=item.pk).exclude(needs_attention="")
    return bool(parked.update(needs_attention="", attempts=0, not_before=None, asked_by=by))


def _release(item: WorkItem, result: Attempt, **columns: Any) -> Attempt:
    """Only our own claim is released: one that expired may be somebody else's by now."""
    type(item)._default_manager.filter(pk=item.pk, claimed_until=item.claimed_until).update(
        claimed_until=None, **columns
    )
    return result


def _put_off(item: WorkItem, error: OutsideError) -> Attempt:
    if error.permanent or item.attempts >= MOST_ATTEMPTS:
        return _park(item, error)
    asked = timedelta(seconds=error.retry_after or 0)
    wait = max(asked, WAITS[max(0, min(item.attempts, len(WAITS)) - 1)])
    logger.warning("%s put off: %s", item, error, extra=_context(item, error))
    return _release(item, Attempt(Outcome.PASSING, error), not_before=_later(wait))


def _later(wait: timedelta) -> datetime:
    return clock.now() + wait


def _park(item: WorkItem, error: Exception) -> Attempt:
    words = _words(item, error)
    logger.error("%s needs a person: %s", item, words, exc_info=error, extra=_context(item, error))
    return _release(item, Attempt(Outcome.PARKED, error), needs_attention=words)


def _words(item: WorkItem, error: Exception) -> str:
    if isinstance(error, OutsideError):
        how_often = "" if error.permanent else f" (tried {item.attempts} times)"
        return f"{error.service} refused this{how_often}: {error.message}" if error.permanent else f"{error}{how_often}"
    if isinstance(error, NeedsPerson | IllegalMove):
        return str(error)
    kind = type(error).__name__
    return f"Something we did not foresee went wrong ({kind}). The error list has the details; retry once it is mended."


def _context(item: WorkItem, error: Exception) -> dict[str, Any]:
    service = error.service if isinstance(error, OutsideError) else ""
    return {"step": item.status, "service": service, "subject": subject_of(item), "retry_count": item.attempts,
            "error_type": kind(error)}  # fmt: skip


def kind(error: BaseException) -> str:
    """What the error list calls it: of a service by how it failed, else the exception's name."""
    if not isinstance(error, OutsideError):
        return type(error).__name__
    known = {401: "auth", 403: "auth", 429: "rate_limit", 400: "validation", 422: "validation"}
    return known.get(error.status or 0, "timeout" if error.status is None and error.ambiguous else "api_error")
