"""The jobs of the schedule: what each is for, how it fares, when it runs next; and asking for a run at once."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from stickertrendz import clock
from stickertrendz.ops import audit, joblist, queue, runner
from stickertrendz.ops.models import Run, Switch

from . import cron_words, front_health
from .front_health import JobLine
from .front_needs import rows_of

MAY_SEE, MAY_ASK = "ops.view_run", "ops.change_run"
DAY = timedelta(days=1)
STATUS = Run.Status
WELL_ENDED = {STATUS.COMPLETED, STATUS.RUNNING}
NO_WORKER = "No worker is running: start one with manage.py qcluster, then ask again. Nothing was asked for."


@dataclass(frozen=True)
class Line:
    """A job with what is asked of it now. halts: the thrown switch that stops it. lately: its runs of 24 hours."""

    of: JobLine
    halts: Switch | None
    is_waiting: bool
    lately: Counter[str]

    @property
    def when(self) -> str:
        return cron_words.in_words(self.of.job.cron)

    @property
    def running(self) -> Run | None:
        """The run that holds the job's lock."""
        last = self.of.last
        return last if last and last.status == STATUS.RUNNING and last.lease_until > clock.now() else None

    @property
    def died(self) -> Run | None:
        """The run that held it until its lease ended: the next run closes it and takes its work up."""
        last = self.of.last
        return last if last and last.status == STATUS.RUNNING and last.lease_until <= clock.now() else None

    @property
    def stops(self) -> str:
        """The switches that stop it, in words."""
        return ", ".join(str(Switch.Name(name).label) for name in runner.stopped_by(self.of.job)) or "no switch"

    @property
    def troubles(self) -> str:
        """Runs of the last 24 hours that did not end well."""
        ill = [(status, count) for status, count in sorted(self.lately.items()) if status not in WELL_ENDED]
        return ", ".join(f"{count} {status}" for status, count in ill)

    @property
    def runs(self) -> str:
        return front_health.job_rows(self.of.job.name)

    @property
    def ill_runs(self) -> str:
        ill = ",".join(status for status in STATUS.values if status not in WELL_ENDED)
        return rows_of("ops.run", workflow=self.of.job.name, status__in=ill)


def lines(now: datetime) -> list[Line]:
    """Every job, in a number of queries that does not depend on how many there are."""
    thrown = {switch.name: switch for switch in Switch.objects.all()}
    waiting, lately = queue.waiting(), _lately(now)
    return [
        Line(line, _halting(line, thrown), line.job.name in waiting, lately.get(line.job.name, Counter()))
        for line in front_health.job_lines(now, set(thrown))
    ]


def _lately(now: datetime) -> dict[str, Counter[str]]:
    counts = Run.objects.filter(started_at__gt=now - DAY).order_by().values_list("workflow", "status")
    found: dict[str, Counter[str]] = {}
    for workflow, status, count in counts.annotate(Count("pk")):
        found.setdefault(workflow, Counter())[status] = count
    return found


def _halting(line: JobLine, thrown: dict[str, Switch]) -> Switch | None:
    return next((thrown[name] for name in runner.stopped_by(line.job) if name in thrown), None)


def jobs(request: HttpRequest) -> HttpResponse:
    _require(request, MAY_SEE)
    now = clock.now()
    facts = {"lines": lines(now), "worker": front_health.worker(now), "now": now}
    return _page(request, "jobs", "Jobs", ABOUT, **facts)


ABOUT = (
    "Everything the shop does by itself, each job with its time, its last run and what stops it; times are UTC. "
    "“Run now” asks the worker for a run at once, as its time would; what spends money or reaches customers asks first."
)
ABOUT_ONE = "A run at once is the same run as at its time: one at a time, within the same caps, switches and budgets."


def run_now(request: HttpRequest, name: str) -> HttpResponse:
    """Shows what a run may reach; once agreed to, asks the worker for it."""
    _require(request, MAY_ASK)
    if name not in joblist.jobs():
        raise Http404(f"There is no job {name}.")
    now = clock.now()
    line = next(line for line in lines(now) if line.of.job.name == name)
    if request.method == "POST":
        level, words = _ask(line, request.user.get_username(), now)
        messages.add_message(request, level, words)
        return HttpResponseRedirect(reverse("jobs"))
    facts = {"line": line, "worker": front_health.worker(now)}
    return _page(request, "job", f"Run {line.of.job.title.lower()} now", ABOUT_ONE, **facts)


def _ask(line: Line, who: str, now: datetime) -> tuple[int, str]:
    """A request that no worker takes, or whose run would do nothing, is refused: kept, it would surprise later."""
    title, job = line.of.job.title, line.of.job
    if line.halts:
        return messages.ERROR, f"{title} was not asked for: {line.halts}. Clear the switch first."
    if front_health.worker(now).state != front_health.WELL:
        return messages.ERROR, NO_WORKER
    audit.record(who, "asked for a run", job=job.name)
    queue.enqueue(job.name, by=who)
    if line.running:
        return messages.SUCCESS, f"{title} is running already; it runs once more when it is done."
    return messages.SUCCESS, f"{title} was asked for; a worker takes it within seconds. Load this page again to see it."


def _require(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def _page(request: HttpRequest, name: str, title: str, about: str, **facts: object) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": title, "about": about, **facts}
    return TemplateResponse(request, f"console/ops/{name}.html", context)
