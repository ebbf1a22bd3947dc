"""Step 5, the token: its acceptance criteria, and one renewal for workers that are separate processes."""

import io
import os
import time
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from etsy import oauth
from etsy.adapters import shop as shop_api
from etsy.adapters import tokens
from etsy.models import Token
from etsy.tests.conftest import fault, operations
from stickertrendz import clock
from stickertrendz.ops import breaker, crypto, guard, switches
from stickertrendz.ops.errors import Halt, Refused
from stickertrendz.ops.models import Alert, ErrorLog, Mail
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.faults import Hold
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests import children

Time = time_machine.Traveller


@pytest.mark.parametrize(("left", "renewed"), [(timedelta(seconds=299), True), (timedelta(seconds=310), False)])
def test_when_the_token_expires_within_5_minutes_it_is_refreshed_before_the_first_call_of_a_workflow(
    sandbox: Sandbox, shop: Any, left: timedelta, renewed: bool
) -> None:
    Token.objects.update(expires_at=clock.now() + left)
    sandbox.forget_calls()
    assert run_job("import_orders") == (0, 0)
    assert (operations(sandbox)[0] == "oauth.token") is renewed
    assert operations(sandbox).count("oauth.token") == int(renewed)


def test_on_invalid_grant_an_alert_is_mailed_all_etsy_workflows_halt_and_the_error_is_logged(
    sandbox: Sandbox, shop: Any, virtual_time: Time
) -> None:
    shop.table("refresh_tokens").clear()
    virtual_time.shift(timedelta(hours=2))
    assert run_job("import_orders") == (1, 0)
    subject = "[Sticker Trendz] Etsy OAuth token is invalid -- manual re-authorization required"
    assert Mail.objects.filter(subject=subject).count() == 1
    assert switches.thrown("etsy")
    assert ErrorLog.objects.filter(step="etsy_token", service="etsy", severity="error").count() == 1
    sandbox.forget_calls()
    for name in ("publisher", "push_changes", "import_orders", "push_tracking", "sync_stats"):
        assert run_job(name) == (0, 0)
    assert operations(sandbox) == []


def test_a_token_refused_with_401_before_its_time_is_refreshed_and_the_call_repeated(
    sandbox: Sandbox, shop: Any
) -> None:
    shop.table("access_tokens").clear()  # as after a change of the owner's password, had it spared the refresh token
    sandbox.forget_calls()
    assert len(shop_api.readiness_profiles()) == 1
    asked = "getShopReadinessStateDefinitions"
    assert operations(sandbox) == [asked, "oauth.token", asked]


@pytest.mark.django_db(transaction=True)
def test_when_another_workflow_just_refreshed_the_token_the_others_use_the_new_one(live_sandbox: Sandbox) -> None:
    """Four processes at once: the winner's renewal takes a second, in which the losers wait."""
    call_command("etsy_authorize", stdout=io.StringIO())
    Token.objects.update(expires_at=clock.now())
    live_sandbox.forget_calls()
    live_sandbox.holds.arm(Hold("etsy", "oauth.token", "after"))
    reading, writing = os.pipe()
    try:
        with ExitStack() as stack:
            workers = [stack.enter_context(children.fork(live_sandbox, lambda: _asks(writing))) for _ in range(4)]
            children.until(live_sandbox.holds.waiting, "nobody refreshed the token")
            time.sleep(1)
            assert not any(worker.ended() for worker in workers)
            live_sandbox.holds.release()
            assert [worker.wait() for worker in workers] == [0, 0, 0, 0]
    finally:
        os.close(writing)
        with os.fdopen(reading) as told:
            got = told.read().split()
    assert operations(live_sandbox) == ["oauth.token"]
    assert got == [crypto.unseal(crypto.TOKEN, Token.objects.get().access_sealed)] * 4
    assert not switches.thrown("etsy")


def _asks(pipe: int) -> int:
    clock.wait_with(time.sleep)  # real seconds: the winner's answer takes some
    os.write(pipe, f"{oauth.access_token()}\n".encode())
    return 0


def test_the_lease_outlasts_the_longest_send_with_its_last_try() -> None:
    connect_write_read = timedelta(seconds=3 * 30)
    assert guard.DEADLINE + connect_write_read < oauth.LEASE


def test_the_lease_begins_anew_before_the_token_before_is_tried(
    shop: Any, virtual_time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two sends in a row, each as slow as can be, are still within the lease."""
    _loses_its_refresh_token()
    left: list[timedelta] = []
    refresh = tokens.refresh

    def slow(token: str) -> tokens.Tokens:
        virtual_time.shift(guard.DEADLINE + timedelta(seconds=90))
        until = Token.objects.values_list("lease_until", flat=True).get()
        assert until is not None
        left.append(until - clock.now())
        return refresh(token)

    monkeypatch.setattr(tokens, "refresh", slow)
    oauth.access_token()
    assert len(left) == 2
    assert min(left) > timedelta(0)
    assert Token.objects.get().lease_until is None


def _loses_its_refresh_token() -> None:
    row = Token.objects.get()
    lost = crypto.seal(crypto.TOKEN, "77700001.lost")
    Token.objects.update(previous_refresh_sealed=row.refresh_sealed, refresh_sealed=lost, expires_at=clock.now())


def test_a_lease_that_another_took_over_is_neither_used_nor_given_back(
    sandbox: Sandbox, shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _loses_its_refresh_token()
    others = clock.now() + timedelta(minutes=9)
    refresh = tokens.refresh

    def overtaken(token: str) -> tokens.Tokens:
        Token.objects.update(lease_until=others)
        return refresh(token)

    monkeypatch.setattr(tokens, "refresh", overtaken)
    sandbox.forget_calls()
    with pytest.raises(Refused, match="another worker"):
        oauth.access_token()
    assert operations(sandbox) == ["oauth.token"]
    assert Token.objects.get().lease_until == others


def test_a_new_consent_in_the_middle_of_a_renewal_is_not_written_over(
    shop: Any, virtual_time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    Token.objects.update(expires_at=clock.now())
    agreed: list[Any] = []
    refresh = tokens.refresh

    def owner_connects(token: str) -> tokens.Tokens:
        late = refresh(token)
        call_command("etsy_authorize", stdout=io.StringIO())
        agreed.extend(Token.objects.values())
        return late

    monkeypatch.setattr(tokens, "refresh", owner_connects)
    access = oauth.access_token()
    assert list(Token.objects.values()) == agreed
    assert access == crypto.unseal(crypto.TOKEN, Token.objects.get().access_sealed)


def test_a_renewal_refused_because_a_new_consent_came_first_halts_nothing(
    shop: Any, virtual_time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    Token.objects.update(expires_at=clock.now())
    refresh = tokens.refresh

    def owner_connects(token: str) -> tokens.Tokens:
        call_command("etsy_authorize", stdout=io.StringIO())
        del shop.table("refresh_tokens")[token]
        return refresh(token)

    monkeypatch.setattr(tokens, "refresh", owner_connects)
    assert oauth.access_token() == crypto.unseal(crypto.TOKEN, Token.objects.get().access_sealed)
    assert not switches.thrown("etsy")


def test_the_lease_of_a_worker_that_died_ends_by_itself(sandbox: Sandbox, shop: Any, virtual_time: Time) -> None:
    Token.objects.update(lease_until=clock.now() + oauth.LEASE, expires_at=clock.now())
    with pytest.raises(Refused, match="another worker"):
        oauth.access_token()
    virtual_time.shift(oauth.LEASE)
    sandbox.forget_calls()
    oauth.access_token()
    assert operations(sandbox) == ["oauth.token"]


@pytest.mark.parametrize(
    ("idle", "left"),
    [
        (timedelta(0), 90), (timedelta(days=76), 14), (timedelta(days=76, seconds=1), 13),
        (timedelta(days=89, hours=23), 0), (timedelta(days=400), 0),
    ],
)  # fmt: skip
def test_the_days_until_an_unused_token_dies_are_counted_from_its_last_renewal(idle: timedelta, left: int) -> None:
    now = clock.now()
    assert oauth.days_left(Token(refreshed_at=now - idle), now) == left


@pytest.mark.parametrize(
    ("idle", "told"),
    [(75, None), (77, "The connection to Etsy ends in 12 days"), (91, "The connection to Etsy has ended")],
)
def test_an_unused_token_is_told_of_two_weeks_before_it_dies(shop: Any, idle: int, told: str | None) -> None:
    Token.objects.update(refreshed_at=clock.now() - timedelta(days=idle))
    oauth.warn_of_idleness()
    found = Alert.objects.filter(key="etsy-token-idle").first()
    assert (found and found.title) == told


def test_a_shop_that_was_never_connected_is_not_warned_of_its_token(db: None) -> None:
    oauth.warn_of_idleness()
    assert not Alert.objects.exists()


def test_an_endless_500_of_the_token_endpoint_halts_nothing_and_gives_the_lease_back(
    sandbox: Sandbox, shop: Any, virtual_time: Time
) -> None:
    virtual_time.shift(timedelta(hours=2))
    fault(sandbox, "oauth.token", "500", times=None)
    assert run_job("import_orders")[0] in (0, 1)
    assert not switches.thrown("etsy")
    assert Token.objects.get().lease_until is None
    sandbox.faults.clear()
    breaker.succeeded("etsy")
    oauth.access_token()


def test_a_dead_token_with_a_dead_one_before_it_halts(shop: Any, virtual_time: Time) -> None:
    _loses_its_refresh_token()
    shop.table("refresh_tokens").clear()
    with pytest.raises(Halt):
        oauth.access_token()
    assert switches.thrown("etsy")
    assert Token.objects.get().lease_until is None
