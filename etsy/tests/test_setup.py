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


def test_each_object_is_told_with_what_it_is_for(connected: Any) -> None:
    told = run()
    assert "free within the United States" in told
    assert all(line.split()[-1] for line in told.splitlines())


def test_a_renamed_section_or_profile_is_still_ours(connected: Any) -> None:
    run()
    before = setup.ids()
    for section in connected.table("sections").values():
        section["title"] += " 2"
    for profile in connected.table("shipping_profiles").values():
        profile["title"] = "Letters"
    assert "called “Popular 2” in the shop" in run()
    assert count(connected) == MADE
    assert setup.ids() == before


def test_a_deleted_section_is_made_anew(connected: Any) -> None:
    run()
    old = setup.ids().sections["Popular"]
    del connected.table("sections")[old]
    assert run().count("made") == 1
    assert setup.ids().sections["Popular"] != old


def test_a_section_of_that_name_made_by_the_owner_is_used(connected: Any) -> None:
    theirs = connected.add("sections", {"title": "New Drops"})
    assert run().count("made") == 6
    assert setup.ids().sections["New Drops"] == theirs["shop_section_id"]


def test_a_shop_full_of_sections_is_told_before_and_the_rest_is_kept(connected: Any) -> None:
    for number in range(18):
        connected.add("sections", {"title": f"Theirs {number}"})
    assert run(dry_run=True).count("The shop has 18 sections and Etsy allows 20") == 2
    with pytest.raises(CommandError, match="delete or rename one"):
        run()
    assert len(connected.table("sections")) == 20
    assert set(setup.ids().sections) == {"Popular", "Trending Now"}
    for theirs in [key for key, one in connected.table("sections").items() if one["title"].startswith("Theirs")][:2]:
        del connected.table("sections")[theirs]
    assert run().count("made") == 2


def test_a_policy_used_before_stays_when_the_owner_adds_another(connected: Any) -> None:
    run()
    ours = setup.ids().returns
    policies = connected.table("return_policies")
    policies[1] = {**policies[ours], "return_policy_id": 1}
    run()
    assert setup.ids().returns == ours


def test_the_postal_code_comes_from_the_setting_or_the_option(connected: Any, settings: Any) -> None:
    settings.ETSY_ORIGIN_POSTAL_CODE = ""
    with pytest.raises(CommandError, match="ETSY_ORIGIN_POSTAL_CODE"):
        run()
    run(postal_code="97201")
    (profile,) = connected.table("shipping_profiles").values()
    assert profile["origin_postal_code"] == "97201"


def test_what_the_category_demands_is_noticed(connected: Any) -> None:
    names = {"name": "material", "display_name": "Material", "is_required": True, "supports_variations": False}
    connected.settings["properties"] = [
        {"property_id": 1, **names},
        {"property_id": 2, **names, "display_name": "Size", "supports_variations": True},
    ]
    assert "Etsy asks every listing of this category for: Material\n" in run()
    assert setup.ids().variation.property_id == 2


def test_the_calls_are_few(connected: Any, sandbox: Sandbox) -> None:
    run()
    sandbox.forget_calls()
    run()
    assert len(operations(sandbox)) == 6
