"""The schedule as the machinery sees it: the project's job list, and the jobs that code wakes by name."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Job:
    """One line of the schedule. function: dotted path of `def job(run: Running) -> None`. cron: five fields, UTC.

    switch: the switch that stops it, besides the one over everything. reaches: what a run may spend, sell, print or
    take down; empty when it only reads and writes our own rows, so that it may be asked for without a second look.
    """

    name: str
    function: str
    cron: str
    why: str
    switch: str = ""
    reaches: str = ""

    @property
    def title(self) -> str:
        return self.name.replace("_", " ").capitalize()


woken: set[str] = set()


def jobs() -> dict[str, Job]:
    listed: list[Job] = import_string(settings.JOB_LIST)
    return {job.name: job for job in listed}
