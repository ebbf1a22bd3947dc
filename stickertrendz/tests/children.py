"""Processes of the shop forked from the test: jobs run in them in time that waiting moves, and they can be killed."""

import os
import signal
import sys
import time
import traceback
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any, NoReturn

import time_machine
from django.db import connection, connections

from stickertrendz import clock
from stickertrendz.ops import runner
from stickertrendz.sandbox.faults import Hold
from stickertrendz.sandbox.server import Sandbox

PATIENCE = 60.0  # seconds; far more than anything here takes
BROKEN = 70  # exit code of a child whose work raised
LATER = timedelta(minutes=11)  # past claims, dead leases, certainty about intents and the second look


@dataclass
class Child:
    pid: int
    code: int | None = None

    def ended(self) -> bool:
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.code = os.waitstatus_to_exitcode(status) if pid else None
        return self.code is not None

    def wait(self) -> int:
        """Its exit code."""
        until(self.ended, "a child did not end")
        assert self.code is not None
        return self.code

    def kill(self) -> None:
        """SIGKILL: no `finally` runs in it, as when the machine loses power."""
        if not self.ended():
            os.kill(self.pid, signal.SIGKILL)
            self.wait()


def until(what: Callable[[], object], complaint: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, complaint
        time.sleep(0.002)


@contextmanager
def fork(sandbox: Sandbox, work: Callable[[], int]) -> Iterator[Child]:
    """A process that does the work and ends with its result as exit code; it never outlives the block."""
    connections.close_all()  # a connection must not be shared with the child
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the sandbox's threads stay behind, which is meant
        pid = os.fork()
    if not pid:
        _live(sandbox, work)
    child = Child(pid)
    try:
        yield child
    finally:
        child.kill()


def _live(sandbox: Sandbox, work: Callable[[], int]) -> NoReturn:
    code = BROKEN
    try:
        with time_machine.travel(clock.now() + timedelta(seconds=sandbox.offset), tick=True) as traveller:
            clock.wait_with(lambda seconds: _let_pass(seconds, traveller, sandbox.url))
            code = work()
    except BaseException:  # noqa: BLE001 - nothing of the child may reach the test runner it was forked from
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _let_pass(seconds: float, traveller: time_machine.Traveller, url: str) -> None:
    """Waiting moves the child's time, and the sandbox's by as much."""
    traveller.shift(seconds)
    request = urllib.request.Request(f"{url}/_sandbox/clock", f'{{"advance": {seconds}}}'.encode(), method="POST")
    urllib.request.urlopen(request, timeout=PATIENCE).close()


def database_url() -> str:
    """DATABASE_URL of the test database, for processes that are not forked."""
    told = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{told['NAME']}"
    password = f":{told['PASSWORD']}" if told["PASSWORD"] else ""
    return f"postgres://{told['USER']}{password}@{told['HOST']}:{told['PORT']}/{told['NAME']}"


def jobs(*names: str) -> Callable[[], int]:
    """Work that runs these jobs one after the other; the highest exit code counts."""
    return lambda: max(runner.run_job(name)[0] for name in names)


def run(sandbox: Sandbox, work: Callable[[], int]) -> int:
    with fork(sandbox, work) as child:
        return child.wait()


@contextmanager
def held(
    sandbox: Sandbox, work: Callable[[], int], service: str, operation: str, when: str = "before", nth: int = 1
) -> Iterator[Child]:
    """A child standing still in the nth such call, before or after the service did its work; then let go."""
    sandbox.holds.arm(Hold(service, operation, when, nth))
    try:
        with fork(sandbox, work) as child:
            until(lambda: sandbox.holds.waiting() or child.ended(), "no call was held")
            assert child.code is None, f"ended with {child.code} before call {nth} of {operation}"
            yield child
    finally:
        sandbox.holds.release()


def killed(sandbox: Sandbox, work: Callable[[], int], service: str, operation: str, when: str, nth: int = 1) -> None:
    """The work, begun and killed in the middle of that call."""
    with held(sandbox, work, service, operation, when, nth) as child:
        child.kill()


def killed_before_write(sandbox: Sandbox, work: Callable[[], int], nth: int) -> bool:
    """The work, begun and killed just before it changes the database for the nth time; False when it was done first."""
    with fork(sandbox, lambda: _dies_before_write(work, nth)) as child:
        return child.wait() == -signal.SIGKILL


def _dies_before_write(work: Callable[[], int], nth: int) -> int:
    writes = count(1)

    def write(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")) and next(writes) == nth:
            print(f"killed before write {nth}: {sql}", flush=True)  # noqa: T201 - pytest shows it when the test fails
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, *rest)

    with connection.execute_wrapper(write):
        return work()


def until_quiet(sandbox: Sandbox, work: Callable[[], int], rounds: int = 12) -> None:
    """Does the work again and again, minutes apart, until it asks nothing of the outside any more."""
    for _ in range(rounds):
        sandbox.offset += LATER.total_seconds()
        sandbox.forget_calls()
        assert run(sandbox, work) == 0
        if not sandbox.calls():
            return
    raise AssertionError(f"still at work after {rounds} rounds")
