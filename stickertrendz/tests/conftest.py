"""The first day of a shop, for tests whose processes commit what they do."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command

from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.children import run
from stickertrendz.tests.making import empty_tables

PARTNER = 66600001


@pytest.fixture
def open_shop(transactional_db: None, live_sandbox: Sandbox, settings: Any) -> Callable[[], Sandbox]:
    """Makes it the first day: empty tables but for prices and costs, and an Etsy shop connected and set up.

    The blocklists stay empty, as they are after any other test that commits.
    """
    settings.ETSY_PRODUCTION_PARTNER_IDS = [PARTNER]

    def opened() -> Sandbox:
        empty_tables()
        live_sandbox.reset()
        assert run(live_sandbox, _connect) == 0
        live_sandbox.forget_calls()
        return live_sandbox

    return opened


@pytest.fixture
def shop(open_shop: Callable[[], Sandbox]) -> Sandbox:
    return open_shop()


def _connect() -> int:
    """Done by a process of its own, so that none inherits its connections."""
    for command in ("etsy_authorize", "etsy_setup"):
        call_command(command, stdout=io.StringIO())
    return 0
