"""Asking for a job to run soon; the queue carries names only, never rows."""

from collections.abc import Callable

from django_q.models import OrmQ
from django_q.tasks import async_task

from stickertrendz import clock

from . import joblist

GROUP = "job "  # and the job's name


def waker(name: str) -> Callable[[], None]:
    """A function that asks for the job; a system check proves that the schedule lists the name."""
    joblist.woken.add(name)
    return lambda: enqueue(name)


def enqueue(name: str, *, by: str = "schedule") -> None:
    """Asks for a run. One waiting request is enough: the job takes everything that is due.

    One that a worker has taken (its lock lies ahead) is not waiting: its run may have passed the new row already.
    """
    if name not in waiting():
        async_task("stickertrendz.ops.runner.work", name, by, group=f"{GROUP}{name}")


def waiting() -> set[str]:
    """The jobs that were asked for and that no worker has taken yet."""
    tasks = OrmQ.objects.filter(lock__lte=clock.now()).order_by("-pk")[:50]
    groups = [str(task.group()) for task in tasks]
    return {group.removeprefix(GROUP) for group in groups if group.startswith(GROUP)}
