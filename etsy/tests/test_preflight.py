"""The preflight: each thing that would stop publishing is found, said in words, with what to do."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.storage import storages
from django.core.management import CommandError, call_command

from etsy import preflight
from etsy.models import SetupObject, Token
from etsy.tests.conftest import MakeSticker, fault, operations
from fulfillment.models import PrintCost
from pricing.models import Tier
from stickers import mockup_templates
from stickertrendz.ops import breaker, meters, switches
from stickertrendz.ops.errors import OutsideError
from stickertrendz.sandbox.server import Sandbox

Break = Callable[[Any, Any], object]


def levels() -> dict[str, str]:
    return {one.check: one.level for one in preflight.run()}


def finding(check: str) -> preflight.Finding:
    return next(one for one in preflight.run() if one.check == check)


def test_a_shop_in_order_has_nothing_to_mend_and_costs_as_many_calls_as_told(shop: Any, sandbox: Sandbox) -> None:
    sandbox.forget_calls()
    found = preflight.run()
    assert {one.level for one in found} == {"ok"}, [one for one in found if one.level != "ok"]
    assert not any(one.do for one in found)
    assert len(operations(sandbox)) == preflight.calls() == 8


def lose(kind: str) -> Break:
    return lambda world, settings: SetupObject.objects.filter(kind=kind).update(etsy_id=1)


def partners(*ids: int) -> Break:
    return lambda world, settings: setattr(settings, "ETSY_PRODUCTION_PARTNER_IDS", list(ids))


BROKEN: list[tuple[str, str, Break]] = [
    ("Switches", "halted: strike", lambda *_: switches.throw("publishing", "strike", by="op")),
    ("Rights", "listings_d missing", lambda world, _: [
        one["scopes"].remove("listings_d") for one in world.table("access_tokens").values()]),
    ("Shop", "on vacation", lambda world, _: world.settings.update(vacation=True)),
    ("Shop", "sells in EUR", lambda world, _: world.settings.update(currency="EUR")),
    ("Processing profile", "gone from Etsy", lose("readiness")),
    ("Return policy", "gone from Etsy", lose("returns")),
    ("Shipping profile", "gone from Etsy", lose("shipping")),
    ("Sections", "Section New Drops gone from Etsy",
     lambda world, _: SetupObject.objects.filter(name="New Drops").update(etsy_id=1)),
    ("Sections", "not set up yet", lambda *_: SetupObject.objects.filter(kind="section").delete()),
    ("Category", "no such category", lose("taxonomy")),
    ("Production partner", "knows no partner 7", partners(7)),
    ("Who makes it", "no production partner is named", partners()),
    ("When it is made", "since the turn of the year",
     lambda _, settings: setattr(settings, "ETSY_WHEN_MADE", "2020_2025")),
    ("Prices", "no price tiers", lambda *_: Tier.objects.all().delete()),
    ("Prices", "is not known", lambda *_: PrintCost.objects.filter(size="4in").delete()),
]  # fmt: skip


@pytest.mark.parametrize(("check", "says", "break_it"), BROKEN, ids=lambda value: str(value).replace(" ", "-")[:24])
def test_what_blocks_publishing_is_found(shop: Any, settings: Any, check: str, says: str, break_it: Break) -> None:
    settings.ETSY_WHO_MADE = "someone_else"
    break_it(shop, settings)
    found = finding(check)
    assert found.level == "blocks"
    assert says in found.says
    assert found.do or "add its print cost" in found.says


@pytest.mark.parametrize(
    ("who", "provider", "ids", "level", "words"),
    [
        ("someone_else", "self_usps", [], "blocks", "You print yourself: set ETSY_WHO_MADE=i_did"),
        ("someone_else", "sticker_mule", [], "blocks", "ETSY_PRODUCTION_PARTNER_IDS"),
        ("i_did", "sticker_mule", [], "warning", "with ETSY_WHO_MADE=someone_else"),
        ("i_did", "self_usps", [], "ok", ""),
        ("someone_else", "sticker_mule", [66600001], "ok", ""),
    ],
)
def test_who_makes_it_fits_who_prints_it(
    shop: Any, settings: Any, who: str, provider: str, ids: list[int], level: str, words: str
) -> None:
    settings.ETSY_WHO_MADE, settings.FULFILLMENT_PROVIDER, settings.ETSY_PRODUCTION_PARTNER_IDS = who, provider, ids
    found = finding("Who makes it")
    assert found.level == level
    assert words in found.do if words else not found.do


def test_what_time_cannot_mend_is_told_with_what_can(shop: Any, settings: Any, sandbox: Sandbox) -> None:
    fault(sandbox, "getShop", "500", times=4)
    assert finding("Shop").do == "Look again in a few minutes."
    settings.ETSY_API_SECRET = "wrong"
    assert "ETSY_API_SECRET" in finding("Rights").do
    assert "Check its key" in finding("Shop").says


def test_a_dead_token_is_told_with_where_to_connect(shop: Any, virtual_time: time_machine.Traveller) -> None:
    shop.table("refresh_tokens").clear()
    virtual_time.shift(timedelta(hours=2))
    assert "use Connect Etsy" in finding("Rights").says


def test_a_token_that_another_worker_renews_is_told_with_when_to_look_again(
    shop: Any, virtual_time: time_machine.Traveller
) -> None:
    now = Token.objects.get().refreshed_at
    Token.objects.update(expires_at=now, lease_until=now + timedelta(minutes=10))
    assert finding("Rights").do.startswith("Look again after ")


def test_without_a_connection_etsy_is_not_asked(sandbox: Sandbox, db: None) -> None:
    found = {one.check: one for one in preflight.run()}
    assert "etsy_authorize" in found["Connection"].do
    assert (found["Shop"].says, found["Shop"].do) == ("not looked at", "Mend this first: Connection.")
    assert operations(sandbox) == []


def test_a_consent_near_its_end_warns_and_an_ended_one_blocks(shop: Any, virtual_time: time_machine.Traveller) -> None:
    virtual_time.shift(timedelta(days=80))
    assert finding("Connection").level == "warning"
    Token.objects.update(refreshed_at=Token.objects.get().refreshed_at - timedelta(days=100))
    assert finding("Connection").level == "blocks"


def test_spent_calls_warn_and_then_block(shop: Any, virtual_time: Any) -> None:
    now = Token.objects.get().refreshed_at
    meters.spend("etsy", 3600, now)
    assert finding("Calls").level == "warning"
    meters.spend("etsy", 1300, now)
    assert finding("Calls").level == "blocks"


def test_a_resting_service_and_a_failing_answer_are_told(shop: Any, sandbox: Sandbox) -> None:
    fault(sandbox, "getShop", "500", times=4)
    assert "Etsy said: " in finding("Shop").says
    for _ in range(3):
        breaker.failed("etsy", OutsideError("etsy", "down", status=500), False)
    assert finding("Breaker").level == "blocks"


def test_fees_and_slots_that_are_used_up_only_warn(shop: Any, settings: Any) -> None:
    settings.MAX_ACTIVE_LISTINGS = 0
    settings.METERS = {**settings.METERS, "listings": {**settings.METERS["listings"], "limit": 0}}
    assert (levels()["Shop"], levels()["Listings and fees"]) == ("warning", "warning")


def test_a_picture_that_cannot_be_read_blocks(shop: Any, make_sticker: MakeSticker) -> None:
    sticker = make_sticker()
    assert f"of {sticker.number} can be read" in finding("Pictures").says
    storages["public"].delete(sticker.listing_images[0])
    assert "cannot be read" in finding("Pictures").says


def test_a_broken_mockup_template_blocks(shop: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "1-mug.json").write_text("[]")
    monkeypatch.setattr(mockup_templates, "FOLDER", tmp_path)
    assert "1-mug" in finding("Pictures").says


def test_the_command_prints_a_table_or_json_and_exits_1_when_blocked(shop: Any) -> None:
    out = io.StringIO()
    call_command("etsy_preflight", stdout=out)
    assert out.getvalue().count("ok ") == len(preflight.CHECKS)
    switches.throw("publishing", "strike", by="op")
    out = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("etsy_preflight", "--json", stdout=out)
    assert error.value.returncode == 1
    told = {one["check"]: one for one in json.loads(out.getvalue())}
    assert told["Switches"]["level"] == "blocks"


def test_nothing_is_changed_at_etsy(shop: Any, sandbox: Sandbox) -> None:
    before = shop.dump()
    preflight.run()
    after = shop.dump()
    same = ("listings", "sections", "return_policies", "shipping_profiles", "readiness_states")
    assert all(before[kind] == after[kind] for kind in same)
