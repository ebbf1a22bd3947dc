"""pytest plug-in: loopback sockets only, waiting that takes no time, files in a folder of the test's own."""

import ipaddress
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# Before Django reads its settings: every test process keeps its files apart.
os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="stickertrendz-tests-")
os.environ["STICKERTRENDZ_MODE"] = "sandbox"


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


@pytest.fixture
def shared() -> Path:
    """The folder of recorded inputs; the test is skipped where it is absent."""
    folder = Path(os.environ.get("STICKERTRENDZ_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not folder.is_dir():
        pytest.skip(f"recorded inputs are not here: {folder} (set STICKERTRENDZ_SHARED)")
    return folder
