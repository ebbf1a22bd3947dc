"""pytest plug-in: one sandbox per session, loopback sockets only, virtual time, files in a folder of its own.

Tests marked `live` are the exception: they reach the real services with keys from LIVE_ variables, or are skipped.
"""

import ipaddress
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pytest_django.fixtures import Settings

from stickertrendz import clock
from stickertrendz.ops import log
from stickertrendz.sandbox.server import Sandbox

# Before Django reads its settings: every test process has its own files and its own sandbox.
_sandbox = Sandbox()
os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="stickertrendz-tests-")
os.environ["STICKERTRENDZ_MODE"] = "sandbox"
os.environ["SANDBOX_URL"] = _sandbox.url


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
    """Time runs on from now, and waiting moves it instead of standing still; the sandbox moves with it."""
    with time_machine.travel(clock.now(), tick=True) as traveller:
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
