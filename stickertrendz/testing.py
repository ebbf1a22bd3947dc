"""pytest plug-in: one sandbox per session, loopback sockets only, virtual time, files in a folder of its own."""

import ipaddress
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine

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


@pytest.fixture(autouse=True, scope="session")
def loopback_only() -> Iterator[None]:
    """A connection to anywhere but this machine fails the test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if not _stays_here(address):
            pytest.fail(f"a test tried to reach {address}")
        connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()


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
