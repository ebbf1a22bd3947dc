"""The token: the seed's acceptance criteria, consent by PKCE, and one refresh for many workers."""

import io
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.core.management import CommandError, call_command

from etsy import consent, oauth
from etsy.adapters import shop as shop_api
from etsy.adapters import tokens
from etsy.models import Token
from etsy.tests.conftest import fault, operations
from stickertrendz import clock
from stickertrendz.ops import crypto, switches
from stickertrendz.ops.errors import Halt, NeedsPerson, Refused
from stickertrendz.ops.models import Alert
from stickertrendz.sandbox.server import Sandbox

Time = time_machine.Traveller


def test_a_token_that_expires_within_five_minutes_is_refreshed_before_the_call(
    sandbox: Sandbox, shop: Any, virtual_time: Time
) -> None:
    virtual_time.shift(timedelta(minutes=56))
    sandbox.forget_calls()
    shop_api.readiness_profiles()
    assert operations(sandbox) == ["oauth.token", "getShopReadinessStateDefinitions"]
    sandbox.forget_calls()
    shop_api.readiness_profiles()
    assert operations(sandbox) == ["getShopReadinessStateDefinitions"]


def test_a_new_consent_lifts_the_halt_it_caused_but_not_the_operators(shop: Any, virtual_time: Time) -> None:
    shop.table("refresh_tokens").clear()
    virtual_time.shift(timedelta(hours=2))
    with pytest.raises(Halt):
        oauth.access_token()
    call_command("etsy_authorize", stdout=io.StringIO())
    assert not switches.thrown("etsy")
    switches.throw("etsy", "strike", by="operator")
    with pytest.raises(CommandError, match="strike"):
        call_command("etsy_authorize", stdout=io.StringIO())


def test_a_halt_for_want_of_a_token_outlasts_a_consent_that_fails(shop: Any, virtual_time: Time) -> None:
    shop.table("refresh_tokens").clear()
    virtual_time.shift(timedelta(hours=2))
    with pytest.raises(Halt, match="Connect Etsy"):
        oauth.access_token()
    asked = consent.Consent()
    with pytest.raises(NeedsPerson, match="good once"):
        asked.accept(f"http://localhost/?code=used&state={asked.state}", by="op")
    switch = switches.thrown("etsy")
    assert switch
    assert switch.thrown_by == oauth.US
    call_command("etsy_authorize", stdout=io.StringIO())
    assert not switches.thrown("etsy")


def test_a_token_another_worker_just_refreshed_is_used(shop: Any, virtual_time: Time) -> None:
    virtual_time.shift(timedelta(hours=2))
    seen = Token.objects.get()
    fresh = oauth.access_token()
    assert not oauth._lease(seen), "whoever read the old token finds that it was replaced"
    assert oauth.access_token() == fresh


def test_a_loser_waits_for_the_winner(shop: Any, virtual_time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    virtual_time.shift(timedelta(hours=2))
    row = Token.objects.get()
    Token.objects.update(lease_until=clock.now() + timedelta(minutes=3))
    waited: list[float] = []

    def winner_is_done(seconds: float) -> None:
        waited.append(seconds)
        oauth.keep(tokens.refresh(crypto.unseal(crypto.TOKEN, row.refresh_sealed)))

    monkeypatch.setattr(clock, "_wait", winner_is_done)
    monkeypatch.setattr("stickertrendz.ops.breaker.next_moment", lambda *_: 0.0)
    assert oauth.access_token() == crypto.unseal(crypto.TOKEN, Token.objects.get().access_sealed)
    assert waited == [1]


def test_a_lease_that_never_ends_is_waited_for_only_so_long(shop: Any, virtual_time: Time) -> None:
    virtual_time.shift(timedelta(hours=2))
    Token.objects.update(lease_until=clock.now() + timedelta(minutes=10))
    with pytest.raises(Refused, match="another worker"):
        oauth.access_token()


@pytest.mark.parametrize("kind", ["500_after", "timeout_after", "malformed", "500", "429"])
def test_a_refresh_whose_answer_is_lost_is_asked_for_again(
    sandbox: Sandbox, shop: Any, virtual_time: Time, kind: str
) -> None:
    virtual_time.shift(timedelta(hours=2))
    fault(sandbox, "oauth.token", kind, seconds=0.01)
    shop_api.readiness_profiles()
    shop_api.readiness_profiles()
    assert not switches.thrown("etsy")


def test_the_token_before_is_tried_when_the_current_one_is_dead(shop: Any, virtual_time: Time) -> None:
    row = Token.objects.get()
    Token.objects.update(
        previous_refresh_sealed=row.refresh_sealed,
        refresh_sealed=crypto.seal(crypto.TOKEN, "77700001.lost"),
        expires_at=clock.now(),
    )
    shop_api.readiness_profiles()
    renewed = crypto.unseal(crypto.TOKEN, Token.objects.get().refresh_sealed)
    assert renewed not in ("77700001.lost", crypto.unseal(crypto.TOKEN, row.refresh_sealed))
    assert not switches.thrown("etsy")


def test_tokens_are_sealed_in_the_database(shop: Any) -> None:
    row = Token.objects.get()
    plain = [crypto.unseal(crypto.TOKEN, text) for text in (row.access_sealed, row.refresh_sealed)]
    assert all(one.startswith("77700001.") for one in plain)
    assert not any(one in str(vars(row)) for one in plain)


def test_the_consent_address_carries_pkce_and_every_scope() -> None:
    asked = consent.Consent()
    query = parse_qs(urlsplit(asked.address).query)
    assert query["code_challenge"] == [tokens.challenge(asked.verifier)]
    assert query["code_challenge_method"] == ["S256"]
    assert query["scope"] == ["listings_r listings_w listings_d shops_r shops_w transactions_r transactions_w"]
    assert 43 <= len(asked.verifier) <= 128


def test_the_challenge_is_the_one_of_the_standards_example() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert tokens.challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_redirect_of_another_attempt_or_a_refusal_is_not_taken(shop: Any) -> None:
    asked = consent.Consent()
    with pytest.raises(NeedsPerson, match="another attempt"):
        asked.accept("http://localhost:3003/oauth/redirect?code=x&state=other", by="op")
    with pytest.raises(NeedsPerson, match="denied by the owner"):
        asked.accept("http://localhost:3003/?error=access_denied&error_description=denied+by+the+owner", by="op")
    assert not Alert.objects.exists()
