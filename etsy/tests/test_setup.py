"""Setting the shop up: everything found or made, and never twice."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from etsy import setup
from etsy.models import SetupObject
from etsy.tests.conftest import fault, operations
from stickertrendz.ops.errors import Refused
from stickertrendz.sandbox.server import Sandbox

MADE = {"readiness_states": 1, "return_policies": 1, "shipping_profiles": 1, "sections": 4}


def count(world: Any) -> dict[str, int]:
    return {kind: len(world.table(kind)) for kind in MADE}


@pytest.fixture
def connected(world: Any, db: None) -> Any:
    call_command("etsy_authorize", stdout=io.StringIO())
    return world


def run(**options: Any) -> str:
    out = io.StringIO()
    call_command("etsy_setup", stdout=out, **options)
    return out.getvalue()


def test_it_makes_what_is_missing_and_keeps_the_ids(connected: Any) -> None:
    assert run().count("made") == 7
    assert count(connected) == MADE
    ids = setup.ids()
    assert set(ids.sections) == {"Popular", "Trending Now", "New Drops", "Under $5"}
    assert ids.shipping in connected.table("shipping_profiles")
    assert SetupObject.objects.get(kind="taxonomy").name == "Stickers"


def test_running_it_again_makes_no_doubles(connected: Any) -> None:
    run()
    before = list(SetupObject.objects.values_list("kind", "name", "etsy_id"))
    assert run().count("made") == 0
    assert count(connected) == MADE
    assert list(SetupObject.objects.values_list("kind", "name", "etsy_id")) == before


def test_a_dry_run_only_looks(connected: Any) -> None:
    assert run(dry_run=True).count("would be made") == 7
    assert sum(count(connected).values()) == 0
    assert not SetupObject.objects.exists()


CREATE = [
    "createShopReadinessStateDefinition",
    "createShopReturnPolicy",
    "createShopShippingProfile",
    "createShopSection",
]


@pytest.mark.parametrize("operation", CREATE)
@pytest.mark.parametrize("kind", ["500_after", "timeout_after", "malformed"])
def test_a_lost_answer_makes_no_doubles(sandbox: Sandbox, connected: Any, operation: str, kind: str) -> None:
    fault(sandbox, operation, kind, seconds=0.01)
    try:
        run()
    except CommandError:
        assert kind == "malformed", "what was made is found by looking again at once"
        run()
    assert count(connected) == MADE


def test_the_owners_own_return_policy_is_used(connected: Any) -> None:
    policy = connected.add(
        "return_policies", {"accepts_returns": True, "accepts_exchanges": True, "return_deadline": 30}
    )
    run()
    assert setup.ids().returns == policy["return_policy_id"]


def test_before_it_ran_listings_wait(db: None) -> None:
    with pytest.raises(Refused, match="run manage"):
        setup.ids()


def test_without_a_consent_it_says_what_to_do(sandbox: Sandbox, db: None) -> None:
    with pytest.raises(CommandError, match="etsy_authorize"):
        run()
    assert operations(sandbox) == []
