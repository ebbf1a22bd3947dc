"""The run this process is working for, so that calls, errors and transcripts know where they belong."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Current:
    run_id: int
    workflow: str
    beat: Callable[[], None]


_current: ContextVar[Current | None] = ContextVar("current_run", default=None)


def run() -> Current | None:
    return _current.get()


def run_id() -> int | None:
    current = _current.get()
    return current.run_id if current else None


def beat() -> None:
    """Renews the current run's lease; raises LostLock when the run is no longer ours."""
    if current := _current.get():
        current.beat()


@contextmanager
def running(current: Current) -> Iterator[None]:
    token = _current.set(current)
    try:
        yield
    finally:
        _current.reset(token)
