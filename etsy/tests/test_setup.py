"""Setting the shop up: everything found or made, and never twice."""

import getpass
import io
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from etsy import setup
from etsy.adapters import shop as shop_api
from etsy.models import SetupObject
from etsy.tests.conftest import fault, operations
from stickertrendz.ops.errors import Refused
from stickertrendz.ops.models import AuditEntry
from stickertrendz.ops.subjects import subject_of
from stickertrendz.sandbox.server import Sandbox

Time = time_machine.Traveller
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


def test_two_set_ups_at_once_make_nothing_twice(connected: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one comes when the first has read what is there."""
    read = shop_api.sections

    def meanwhile() -> list[shop_api.Named]:
        there = read()
        monkeypatch.setattr(shop_api, "sections", read)
        with pytest.raises(CommandError, match="Another set-up of the shop is running"):
            run()
        return there

    monkeypatch.setattr(shop_api, "sections", meanwhile)
    run()
    assert count(connected) == MADE
    assert run().count("made") == 0, "the first one has let go"


def test_a_set_up_that_died_keeps_others_out_for_ten_minutes(connected: Any, virtual_time: Time) -> None:
    died = setup._alone()
    died.__enter__()
    with pytest.raises(CommandError, match="Another set-up"):
        run()
    assert run(dry_run=True).count("would be made") == 7
    virtual_time.shift(timedelta(minutes=11))
    assert run().count("made") == 7


def test_what_was_made_is_audited_though_a_later_step_fails(sandbox: Sandbox, connected: Any) -> None:
    fault(sandbox, "createShopShippingProfile", "400")
    with pytest.raises(CommandError):
        run()
    made = AuditEntry.objects.filter(action="made at Etsy", who=getpass.getuser())
    assert {entry.subject for entry in made} == {
        subject_of(row) for row in SetupObject.objects.filter(kind__in=["readiness", "returns"])
    }


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
    lines = run().splitlines()
    for kind, purpose in setup.PURPOSE.items():
        assert any(line.startswith(kind) and line.endswith(purpose) for line in lines), kind


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
