"""Whether the shop is well: the worker, each job's last and next run, what is halted or rests, and how much is left."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from croniter import croniter
from django.conf import settings
from django.db.models import Q, Subquery

from etsy import budget
from stickertrendz import money
from stickertrendz.ops import joblist, meters, runner
from stickertrendz.ops.joblist import Job
from stickertrendz.ops.meters import Level
from stickertrendz.ops.models import Health, Meter, Run, Switch
from trends.models import Source

from .front_needs import rows_of

WORKER_SILENT_AFTER = timedelta(minutes=5)
LATE = timedelta(minutes=15)  # so long after its time a job has been missed
NEARLY = 80  # percent of a limit from which it is told
WELL, ILL, IDLE = "well", "ill", "idle"


@dataclass(frozen=True)
class Sign:
    """One line of health. state: well, ill, or idle where there is nothing to tell yet."""

    name: str
    state: str
    words: str
    href: str = ""


@dataclass(frozen=True)
class JobLine:
    """A job, its last run and its next; `sign` says how it fares."""

    job: Job
    sign: Sign
    last: Run | None
    coming: datetime | None


@dataclass(frozen=True)
class Gauge:
    """How much of a budget or quota is used. percent: at most 100, for the bar."""

    name: str
    used: str
    limit: str
    percent: int
    note: str
    href: str

    @property
    def is_near(self) -> bool:
        return self.percent >= NEARLY


@dataclass(frozen=True)
class Wellness:
    signs: list[Sign]
    jobs: list[JobLine]
    gauges: list[Gauge]

    @property
    def ill(self) -> list[Sign]:
        return [sign for sign in (*self.signs, *(line.sign for line in self.jobs)) if sign.state == ILL]

    @property
    def has_run(self) -> bool:
        return any(line.last for line in self.jobs)

    @property
    def ill_jobs(self) -> list[JobLine]:
        return [line for line in self.jobs if line.sign.state == ILL]


def wellness(now: datetime) -> Wellness:
    halted = {switch.name: switch for switch in Switch.objects.order_by("thrown_at")}
    signs = [worker(now), *map(_halted, halted.values()), *_resting(now), _sources()]
    return Wellness(signs, job_lines(now, set(halted)), list(gauges(now)))


def worker(now: datetime) -> Sign:
    """Whether one lives: its heartbeat is a job of each minute."""
    worker, href = Health.objects.filter(name="worker").first(), rows_of("ops.health")
    if worker is None:
        return Sign("Worker", ILL, "never seen; start one with manage.py qcluster", href)
    if worker.seen_at > now - WORKER_SILENT_AFTER:
        return Sign("Worker", WELL, "alive", href)
    return Sign("Worker", ILL, f"last seen {worker.seen_at:%-d %b %H:%M}; start one with manage.py qcluster", href)


def _halted(switch: Switch) -> Sign:
    words = f"halted by {switch.thrown_by} since {switch.thrown_at:%-d %b %H:%M}: {switch.reason}"
    return Sign(switch.get_name_display().capitalize(), ILL, words, rows_of("ops.switch"))


def _resting(now: datetime) -> list[Sign]:
    """Services that failed so often that they are left alone for a while."""
    rows = Meter.objects.filter(name__startswith="breaker:", until__gt=now).order_by("name")
    return [
        Sign(row.name.removeprefix("breaker:").replace("_", " ").capitalize(), ILL,
             f"failed {row.used} times in a row; tried again from {row.until:%H:%M}", rows_of("ops.meter", q=row.name))
        for row in rows
    ]  # fmt: skip


def _sources() -> Sign:
    enabled = list(Source.objects.filter(enabled=True))
    dead = [str(source) for source in enabled if source.state == Source.State.DEAD]
    if not enabled:
        return Sign("Trend sources", ILL, "none is enabled: no trend is found", rows_of("trends.source"))
    words = f"silent: {', '.join(dead)}" if dead else f"{len(enabled)} enabled, none silent"
    return Sign("Trend sources", ILL if dead else WELL, words, rows_of("trends.source"))


def job_lines(now: datetime, halted: set[str]) -> list[JobLine]:
    """Every job of the schedule in two queries; `halted` names the switches that are thrown."""
    listed = joblist.jobs()
    newest = Q()
    for name in listed:
        newest |= Q(pk=Subquery(Run.objects.filter(workflow=name).order_by("-started_at").values("pk")[:1]))
    last = {run.workflow: run for run in Run.objects.filter(newest)}
    return [_job(job, last.get(name), now, halted) for name, job in listed.items()]


def _job(job: Job, run: Run | None, now: datetime, halted: set[str]) -> JobLine:
    stopped = not halted.isdisjoint(runner.stopped_by(job))
    coming = None if stopped else croniter(job.cron, now).get_next(datetime)
    state, words = _fares(job, run, now, stopped)
    return JobLine(job, Sign(job.title, state, words, job_rows(job.name)), run, coming)


def job_rows(name: str) -> str:
    return rows_of("ops.run", workflow=name)


def _fares(job: Job, run: Run | None, now: datetime, stopped: bool) -> tuple[str, str]:
    if run is None:
        return IDLE, "has not run yet"
    told = f"{run.get_status_display().lower()} {run.started_at:%-d %b %H:%M}"
    if run.status in (Run.Status.FAILED, Run.Status.ABANDONED):
        return ILL, told
    due = croniter(job.cron, now - LATE).get_prev(datetime)
    if run.started_at < due and not stopped:
        return ILL, f"{told}, and missed its time at {due:%-d %b %H:%M}"
    return (IDLE, f"{told}, halted now") if stopped else (WELL, told)


def gauges(now: datetime) -> Iterator[Gauge]:
    """Budgets and quotas, those in dollars first."""
    ai, fees, calls = (meters.level(name, now) for name in ("ai", "listing_fees", "etsy"))
    yield _dollars("AI this month", "ai", ai, forecast(ai, now))
    yield _dollars("Listing fees this month", "listing_fees", fees, "")
    yield _counted("Etsy calls in 24 hours", "etsy", calls, budget.outlook(now))
    yield _counted("Pictures bought today", "images", meters.level("images", now), "")
    yield _counted("Trends scored today", "scores", meters.level("scores", now), "")


def forecast(level: Level, now: datetime) -> str:
    """What the month comes to if spending goes on as so far; too early to tell on its first day."""
    start = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    passed, whole = now - start, level.until - start
    if passed < timedelta(days=1) or not level.used:
        return ""
    end = money.cents(money.from_micro(level.used) * Decimal(whole / passed))
    cap = settings.AI_MONTHLY_BUDGET_CAP_USD
    return f"${end} by the end of the month at this pace" + (", above the cap" if end > cap else "")


def _dollars(name: str, meter: str, level: Level, note: str) -> Gauge:
    used, limit = (f"${money.cents(money.from_micro(amount))}" for amount in (level.used, level.limit))
    return Gauge(name, used, limit, _percent(level), note, rows_of("ops.meter", name__exact=meter))


def _counted(name: str, meter: str, level: Level, note: str) -> Gauge:
    return Gauge(
        name, f"{level.used:,}", f"{level.limit:,}", _percent(level), note, rows_of("ops.meter", name__exact=meter)
    )


def _percent(level: Level) -> int:
    return min(100, 100 * level.used // level.limit) if level.limit else 100
