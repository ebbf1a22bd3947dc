"""Asking for a job to run soon; the queue carries names only, never rows."""

from collections.abc import Callable

from django_q.models import OrmQ
from django_q.tasks import async_task

from . import joblist


def waker(name: str) -> Callable[[], None]:
    """A function that asks for the job; a system check proves that the schedule lists the name."""
    joblist.woken.add(name)
    return lambda: enqueue(name)


def enqueue(name: str) -> None:
    """Asks for a run. One waiting request is enough: the job takes everything that is due."""
    group = f"job {name}"
    if not any(task.group() == group for task in OrmQ.objects.order_by("-pk")[:50]):
        async_task("stickertrendz.ops.runner.work", name, group=group)
