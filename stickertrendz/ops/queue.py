"""Asking for a job to run soon; the queue carries names only, never rows."""

from collections.abc import Callable

from django_q.models import OrmQ
from django_q.tasks import async_task

from stickertrendz import clock

from . import joblist


def waker(name: str) -> Callable[[], None]:
    """A function that asks for the job; a system check proves that the schedule lists the name."""
    joblist.woken.add(name)
    return lambda: enqueue(name)


def enqueue(name: str) -> None:
    """Asks for a run. One waiting request is enough: the job takes everything that is due.

    One that a worker has taken (its lock lies ahead) is not waiting: its run may have passed the new row already.
    """
    group = f"job {name}"
    waiting = OrmQ.objects.filter(lock__lte=clock.now()).order_by("-pk")
    if not any(task.group() == group for task in waiting[:50]):
        async_task("stickertrendz.ops.runner.work", name, group=group)
