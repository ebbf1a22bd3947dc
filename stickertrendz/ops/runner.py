"""Runs a job: one at a time each, within a time box, with a lease that beats, and a row that says how it went."""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from stickertrendz import clock

from . import alerts, current, joblist, ledger, log, queue, stamp, switches
from .errors import Halt, LostLock, OutsideError, Refused
from .models import ErrorLog, Run
from .redact import redact
from .work import Attempt, Outcome, WorkItem, attempt, kind

logger = logging.getLogger(__name__)
TIME_BOX = timedelta(seconds=240)
LEASE = timedelta(minutes=5)
SHORT = timedelta(seconds=60)  # a run so short leaves room for another within the queue's time-out
AGAIN = "asked for while it ran"
SAME_ERRORS = 3
NEVER_STOPPED = ("send_mail", "heartbeat")  # or a halted shop would be silent and look dead
W = TypeVar("W", bound=WorkItem)


class Running:
    """A run under way, as its job sees it."""

    def __init__(self, row: Run) -> None:
        self.row = row
        self.counts: Counter[str] = Counter()
        self.left = 0
        self.troubles = 0
        self.notes: list[str] = []
        self._alike: list[str] = []

    def count(self, name: str, by: int = 1) -> None:
        self.counts[name] += by

    def note(self, words: str) -> None:
        """A sentence for the run's page: why nothing was done, which source was dead."""
        self.notes.append(words)

    def out_of_time(self) -> bool:
        return clock.now() > self.row.started_at + TIME_BOX

    def beat(self) -> None:
        """Renews the lease; LostLock when the run was swept away as dead meanwhile."""
        alive = Run.objects.filter(pk=self.row.pk, status=Run.Status.RUNNING).update(lease_until=clock.now() + LEASE)
        if not alive:
            raise LostLock(f"{self.row} was taken over")

    def each(self, due: QuerySet[Any], step: Callable[[W], object], *, done: str = "") -> Counter[Outcome]:
        """Attempts the step on every due row until the time box ends; `done` names the count of successes."""
        outcomes: Counter[Outcome] = Counter()
        keys = list(due.values_list("pk", flat=True))
        for position, key in enumerate(keys):
            if self.out_of_time():
                self.left += len(keys) - position
                break
            self.beat()
            item = due.model._default_manager.filter(pk=key).first()
            if item is None:
                continue
            result = attempt(item, step)
            outcomes[result.outcome] += 1
            self._judge(result)
            if result.outcome is Outcome.REFUSED:
                self.note(f"Stopped: {result.error}")
                break
        if done:
            self.count(done, outcomes[Outcome.DONE])
        return outcomes

    def _judge(self, result: Attempt) -> None:
        """Counts trouble; three unforeseen errors of one type in a row are a bug, and a bug must not park the shop."""
        if result.outcome in (Outcome.PASSING, Outcome.PARKED):
            self.troubles += 1
        self._alike = [*self._alike, type(result.error).__name__] if result.unknown else []
        if len(self._alike) >= SAME_ERRORS and len(set(self._alike[-SAME_ERRORS:])) == 1:
            raise Halt(
                f"{SAME_ERRORS} rows in a row failed with {self._alike[-1]}; stopped before more are parked"
            ) from result.error


def work(name: str, by: str = "schedule") -> int:
    """What the queue calls: runs the job, and asks for it again when rows were left over."""
    code, left = run_job(name, by=by)
    if left:
        queue.enqueue(name)
    return code


def run_job(name: str, *, by: str = "schedule") -> tuple[int, int]:
    """Runs the job now: (exit code, rows left over). Exit code 1 only when the run could not do its work at all."""
    job = joblist.jobs()[name]
    try:
        stamp.claim()
        sweep(name)
        row = _start(name, by)
        if row is None:
            logger.info("%s is running already; it will run once more when it is done", name)
            return 0, 0
        code, left = _run(job, row)
        row.refresh_from_db(fields=["again", "status"])
    except DatabaseError as error:
        log.tell_database_down(error)
        logger.critical("%s cannot run: the database does not answer", name)
        return 1, 0
    except Halt as halt:
        logger.error("%s refused: %s", name, halt, extra={"step": name})
        return 1, 0
    if row.again and row.status != Run.Status.ABANDONED:
        if by != AGAIN and clock.now() < row.started_at + SHORT:
            return run_job(name, by=AGAIN)
        queue.enqueue(name)
    return code, left


def stopped_by(job: joblist.Job) -> list[str]:
    """The names of the switches that stop it."""
    return [] if job.name in NEVER_STOPPED else switches.over(job.switch)


def sweep(name: str = "") -> None:
    """Dead leases are closed as abandoned, aloud."""
    dead = Run.objects.filter(
        status=Run.Status.RUNNING, lease_until__lt=clock.now(), **({"workflow": name} if name else {})
    )
    for row in dead:
        if Run.objects.filter(pk=row.pk, status=Run.Status.RUNNING, lease_until=row.lease_until).update(
            status=Run.Status.ABANDONED, ended_at=clock.now(), note="Its process died or lost the database."
        ):
            logger.warning("%s was abandoned; its work is taken up again", row, extra={"step": row.workflow})
    ledger.settle_forgotten()


def _start(name: str, by: str) -> Run | None:
    """The running row is the lock. None: held by another, who was told to run once more."""
    now = clock.now()
    for _ in range(2):
        try:
            with transaction.atomic():
                return Run.objects.create(workflow=name, asked_by=by, started_at=now, lease_until=now + LEASE)
        except IntegrityError:
            if Run.objects.filter(workflow=name, status=Run.Status.RUNNING).update(again=True):
                return None
    return None


def _run(job: joblist.Job, row: Run) -> tuple[int, int]:
    running = Running(row)
    beat = current.Current(row.pk, job.name, running.beat)
    try:
        with current.running(beat):
            _work(job, running)
    except LostLock:
        logger.warning("%s lost its lock and stopped", row, extra={"step": job.name})
        return 0, 0
    except (Halt, DatabaseError, OutsideError) as error:
        return _fail(job, running, error), 0
    except BaseException as error:
        _fail(job, running, error)
        if isinstance(error, Exception):
            return 1, 0
        raise
    log.flush()
    status = Run.Status.PARTIAL if running.left or running.troubles else Run.Status.COMPLETED
    _close(running, status)
    return 0, running.left


def _work(job: joblist.Job, running: Running) -> None:
    switch = switches.thrown(job.switch)
    if switch and job.name not in NEVER_STOPPED:
        running.note(str(switch))
        return
    function: Callable[[Running], None] = import_string(job.function)
    try:
        function(running)
    except Refused as refused:
        running.note(f"Stopped: {refused.why}")


def _fail(job: joblist.Job, running: Running, error: BaseException) -> int:
    try:
        with current.running(current.Current(running.row.pk, job.name, running.beat)):
            extra = {"step": job.name, "error_type": kind(error), "service": getattr(error, "service", "")}
            logger.error("%s failed: %s", job.name, error, exc_info=error, extra=extra)
            log.flush()
        running.note(redact(f"{type(error).__name__}: {error}"))
        _close(running, Run.Status.FAILED)
        _tell(job)
    except DatabaseError as down:
        log.tell_database_down(down)
    return 1


def _close(running: Running, status: Run.Status) -> None:
    errors = ErrorLog.objects.filter(run_id=running.row.pk, severity=ErrorLog.Severity.ERROR).count()
    Run.objects.filter(pk=running.row.pk, status=Run.Status.RUNNING).update(
        status=status, ended_at=clock.now(), left=running.left, counts=dict(running.counts), errors_count=errors,
        note="\n".join(dict.fromkeys(running.notes)),
    )  # fmt: skip


def _tell(job: joblist.Job) -> None:
    last = list(Run.objects.filter(workflow=job.name).values_list("status", flat=True)[:3])
    if last == [Run.Status.FAILED] * 3:
        alerts.alert(
            f"failing:{job.name}",
            f"{job.name} failed three times in a row",
            "The run list says why; see Runs in the console.",
        )
