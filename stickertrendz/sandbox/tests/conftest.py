"""A sandbox of its own for each test, and an HTTP client on it."""

from collections.abc import Iterator

import httpx
import pytest

from stickertrendz.sandbox.server import Sandbox
from stickertrendz.sandbox.tests.seller import Seller


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    running = Sandbox().start()
    yield running
    running.stop()


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sandbox.url, timeout=60) as http:
        yield http


@pytest.fixture
def seller(client: httpx.Client) -> Seller:
    return Seller(client)
