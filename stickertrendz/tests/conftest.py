"""The first day of a shop, for tests whose processes commit what they do."""

import io
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command

from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.children import run
from trends.models import Term

PARTNER = 66600001


@pytest.fixture
def first_day(transactional_db: None) -> None:
    """Prices and costs of the first day, empty blocklists: tests that commit leave empty tables to the next."""
    Term.objects.all().delete()
    for migration in ("pricing.migrations.0002_tiers", "fulfillment.migrations.0002_costs"):
        import_module(migration).add(apps, None)


@pytest.fixture
def shop(first_day: None, live_sandbox: Sandbox, settings: Any) -> Sandbox:
    """The sandbox with its Etsy shop connected and set up, by a process of its own."""
    settings.ETSY_PRODUCTION_PARTNER_IDS = [PARTNER]
    assert run(live_sandbox, _connect) == 0
    live_sandbox.forget_calls()
    return live_sandbox


def _connect() -> int:
    for command in ("etsy_authorize", "etsy_setup"):
        call_command(command, stdout=io.StringIO())
    return 0
