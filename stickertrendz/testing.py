"""pytest plug-in: one sandbox per session, loopback sockets only, virtual time, files in a folder of its own.

Tests marked `live` are the exception: they reach the real services with keys from LIVE_ variables, or are skipped.
"""

import ipaddress
import os
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import time_machine
from django.db import connection
from pytest_django.fixtures import Settings

from stickertrendz import clock
from stickertrendz.ops import log
from stickertrendz.sandbox.server import Sandbox

# Before Django reads its settings: every test process has its own files and its own sandbox.
_sandbox = Sandbox()
os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="stickertrendz-tests-")
os.environ["STICKERTRENDZ_MODE"] = "sandbox"
os.environ["SANDBOX_URL"] = _sandbox.url

# The same examples each time, so that only a change turns a test red; `make test-long` looks at others, and more.
# Nor do seconds: on a busy machine drawing examples takes long, which is no fault of theirs.
_unhurried = [hypothesis.HealthCheck.too_slow]
hypothesis.settings.register_profile("same", derandomize=True, deadline=None, suppress_health_check=_unhurried)
hypothesis.settings.register_profile("wider", max_examples=1000, deadline=None, suppress_health_check=_unhurried)
hypothesis.settings.load_profile("same")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="leave out tests that use no database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test without a database says nothing new on the second one; without its mark it could not reach one."""
    if not config.getoption("--database-only"):
        return
    pure = [item for item in items if not _uses_database(item)]
    config.hook.pytest_deselected(items=pure)
    left = set(pure)
    items[:] = [item for item in items if item not in left]


def _uses_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or fixtures & {"db", "transactional_db", "live_server"})


def _stays_here(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket
    host = str(address[0])
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


_gate = {"open": False}


@pytest.fixture(autouse=True, scope="session")
def loopback_only() -> Iterator[None]:
    """A connection to anywhere but this machine fails the test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if not _gate["open"] and not _stays_here(address):
            pytest.fail(f"a test tried to reach {address}")
        connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()


def _live_value(name: str, ours: Any, otherwise: Any) -> Any:
    """The variable in the form that the setting has."""
    told = os.environ.get(f"LIVE_{name}", "")
    if not told:
        return otherwise
    if isinstance(ours, list):
        return told.split(",")
    return int(told) if isinstance(ours, int) else told


@pytest.fixture
def real_service(request: pytest.FixtureRequest, settings: Settings) -> Iterator[None]:
    """Takes the settings that `pytest.mark.live` names from LIVE_ variables; without one of them the test is skipped.

    Its keywords are settings with a value of their own, which such a variable may replace.
    """
    mark = request.node.get_closest_marker("live")
    missing = [f"LIVE_{name}" for name in mark.args if not os.environ.get(f"LIVE_{name}")]
    if missing:
        pytest.skip(f"talks to the real service: set {', '.join(missing)}")
    for name in (*mark.args, *mark.kwargs):
        setattr(settings, name, _live_value(name, getattr(settings, name, ""), mark.kwargs.get(name)))
    _gate["open"] = True
    yield
    _gate["open"] = False


@pytest.fixture(autouse=True)
def no_errors_of_others() -> Iterator[None]:
    """What one test logged inside its transaction is not written down by the next."""
    yield
    log.pending().clear()


@pytest.fixture(scope="session")
def _started_sandbox() -> Iterator[Sandbox]:
    _sandbox.start()
    yield _sandbox
    _sandbox.stop()


@pytest.fixture
def virtual_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[time_machine.Traveller]:
    """Time runs on from today's noon, and waiting moves it instead of standing still; the sandbox moves with it.

    From noon, so that no test ends on another day than it began because of the hour at which it is run.
    """
    with time_machine.travel(clock.now().replace(hour=12, minute=0, second=0), tick=True) as traveller:
        monkeypatch.setattr(clock, "_wait", traveller.shift)
        yield traveller


@pytest.fixture
def sandbox(_started_sandbox: Sandbox, virtual_time: time_machine.Traveller) -> Sandbox:
    """The outside world as on its first day, in virtual time; the settings point at it already."""
    _started_sandbox.reset()
    return _started_sandbox


@pytest.fixture
def live_sandbox(_started_sandbox: Sandbox) -> Sandbox:
    """The same in real time, for tests with processes of their own."""
    _started_sandbox.reset()
    return _started_sandbox


@pytest.fixture
def shared() -> Path:
    """The folder of recorded inputs; the test is skipped where it is absent."""
    folder = Path(os.environ.get("STICKERTRENDZ_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not folder.is_dir():
        pytest.skip(f"recorded inputs are not here: {folder} (set STICKERTRENDZ_SHARED)")
    return folder


@dataclass
class Figure:
    """One line of the benchmark table. `limit` and `ratio` are empty where nothing is promised or compared."""

    name: str
    measured: str
    limit: str = ""
    naive: str = ""
    ratio: str = ""


@dataclass
class Bench:
    """Figures of one run of `make bench`. A figure is written down before its limit is judged, so it always shows."""

    figures: list[Figure] = field(default_factory=list)

    def compare(
        self, name: str, ours: Callable[[], object], naive: Callable[[], object], unit: int = 1, at_least: float = 1.0
    ) -> float:
        """How many times faster ours is, judged against `at_least`. `unit` is how many things one call handles.

        Both are timed by turns in processor time of this process (so load of others counts little), best of several.
        """
        pairs = [(_cpu_seconds(ours), _cpu_seconds(naive)) for _ in range(ROUNDS)]
        fast, slow = (min(times) / unit for times in zip(*pairs, strict=True))
        ratio: float = slow / fast
        line = Figure(name, _in_words(fast), f"{at_least:g} × naive", _in_words(slow), f"{ratio:,.1f} ×")
        self.figures.append(line)
        assert ratio >= at_least, f"{name}: only {ratio:.2f} times as fast as the naive version"
        return ratio

    def figure(
        self, name: str, value: float, unit: str, limit: float | None = None, naive: float | None = None
    ) -> None:
        """Writes a value down, beside the naive version's where there is one; it must not pass the limit."""
        line = Figure(name, f"{value:,.4g} {unit}")
        if limit is not None:
            line.limit = f"≤ {limit:,g} {unit}"
        if naive is not None:
            line.naive, line.ratio = f"{naive:,.4g} {unit}", f"{naive / value:,.1f} ×" if value else ""
        self.figures.append(line)
        assert limit is None or value <= limit, f"{name}: {value:,.4g} {unit}, the limit is {limit:,g}"


def assert_growth(few: Callable[[], object], many: Callable[[], object], at_most: float) -> None:
    """Fails when `many` takes more than `at_most` times the processor time of `few`.

    For tests of `make test`, which must not fail because the machine is busy: nothing but this thread counts, both are
    timed by turns, best of several, and one round suffices when its ratio is within bounds.
    """
    fast = slow = float("inf")
    for _ in range(ROUNDS):
        fast, slow = min(fast, _cpu_seconds(few, time.thread_time)), min(slow, _cpu_seconds(many, time.thread_time))
        if slow <= at_most * fast:
            return
    raise AssertionError(f"{_in_words(slow)} beside {_in_words(fast)}: more than {at_most:g} times as long")


ROUNDS = 5
_figures = pytest.StashKey[Bench]()


def _cpu_seconds(work: Callable[[], object], now: Callable[[], float] = time.process_time) -> float:
    start = now()
    work()
    return now() - start


def _in_words(seconds: float) -> str:
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        if seconds * factor >= 1:
            return f"{seconds * factor:,.3g} {unit}"
    return f"{seconds * 1e9:,.3g} ns"


@pytest.fixture(scope="session")
def bench(request: pytest.FixtureRequest) -> Bench:
    """Takes down what `bench` tests measure; the table is printed when all are done."""
    return request.config.stash.setdefault(_figures, Bench())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    measured = terminalreporter.config.stash.get(_figures, Bench()).figures
    if not measured:
        return
    header = Figure("figure", "measured", "limit", "naive", "ratio")
    rows = [(f.name, f.measured, f.limit, f.naive, f.ratio) for f in (header, *measured)]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    terminalreporter.section(f"benchmarks on {connection.vendor}")
    for name, *cells in rows:
        aligned = "  ".join(cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
        terminalreporter.write_line(f"{name.ljust(widths[0])}  {aligned}")
