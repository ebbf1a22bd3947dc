"""Guessing is slowed down, for passwords and codes, without keeping the owner out."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from stickertrendz import clock
from stickertrendz.console import throttle
from stickertrendz.console.models import SignInTries
from stickertrendz.console.tests.signing_in import (
    CODE,
    LOGIN,
    code_of,
    give,
    guess,
    is_in,
    owner,
    quick_passwords,
    with_factor,
)
from stickertrendz.ops.models import Alert, AuditEntry

__all__ = ["owner", "quick_passwords"]  # the fixtures
pytestmark = pytest.mark.django_db


def test_after_five_failures_each_further_one_makes_a_longer_wait(
    client: Client, owner: User, virtual_time: time_machine.Traveller
) -> None:
    assert "Please enter the correct username" in guess(client, 5)
    waits = []
    for _ in range(8):
        told = give(client)  # even the right password, while the wait lasts
        assert not is_in(client)
        left = SignInTries.objects.order_by("-until")[0].until - clock.now()
        waits.append(round(left.total_seconds()))
        assert "Too many tries. Try again in" in told
        virtual_time.shift(left + timedelta(seconds=1))
        give(client, "wrong")
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]
    virtual_time.shift(901)
    assert give(client) == "/admin/"


def test_the_wait_says_the_same_of_names_that_nobody_has(client: Client, owner: User) -> None:
    strangers = re.sub(r"\d|csrf\w+.*", "", guess(client, 6, name="nobody"))
    assert "Too many tries" in strangers
    assert AuditEntry.objects.filter(who="nobody").count() == 0
    assert AuditEntry.objects.filter(who="somebody").count() == 5


def known_browser(client: Client) -> Client:
    """A browser that the owner signed in with and out of again."""
    give(client)
    known = Client()
    known.cookies[throttle.COOKIE] = client.cookies[throttle.COOKIE].value
    return known


def test_guesses_of_strangers_do_not_keep_the_owner_out(client: Client, owner: User) -> None:
    known = known_browser(client)
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    guess(stranger, 6)
    assert "Too many tries" in give(stranger)
    assert "Too many tries" in give(Client(REMOTE_ADDR="203.0.113.10"))
    assert give(known) == "/admin/"


def test_a_known_browser_does_not_guess_freely_either(client: Client, owner: User) -> None:
    known = known_browser(client)
    assert "Too many tries" in guess(known, 6)
    assert SignInTries.objects.count() == 2  # of the browser, and of the address that it signed in from at first


def test_many_names_from_one_address_are_slowed_down(client: Client) -> None:
    for number in range(20):
        assert "Please enter" in give(client, "wrong", f"name{number}")
    assert "Too many tries" in give(client, "wrong", "name21")
    assert "Please enter" in give(Client(REMOTE_ADDR="203.0.113.9"), "wrong", "name21")


def test_guesses_of_codes_are_slowed_down_and_told_to_the_operator(client: Client, owner: User) -> None:
    factor, _ = with_factor(owner)
    give(client)
    for _ in range(5):
        client.post(CODE, {"code": "000000"})
    assert "Too many tries" in client.post(CODE, {"code": code_of(factor)}).content.decode()
    assert not is_in(client)
    assert "wrong codes" in Alert.objects.get().key


def test_tries_are_counted_before_they_are_made_so_that_many_at_once_gain_nothing(owner: User) -> None:
    counter = [throttle.Counter("k", free=1)]
    assert throttle.begin(counter) == 1
    with pytest.raises(throttle.TooMany):
        throttle.begin(counter)


def test_only_as_many_forwarded_addresses_are_believed_as_there_are_proxies(settings: Settings) -> None:
    asked = Client().get(LOGIN, HTTP_X_FORWARDED_FOR="1.1.1.1, 2.2.2.2").wsgi_request
    for proxies, believed in enumerate(("127.0.0.1", "2.2.2.2", "1.1.1.1", "127.0.0.1")):
        settings.PROXIES = proxies
        assert throttle.address(asked) == believed


def test_neither_names_nor_addresses_are_kept_where_tries_are_counted(client: Client, owner: User) -> None:
    guess(client, 2)
    with connection.cursor() as cursor:
        cursor.execute("select * from console_signintries")
        assert "owner" not in str(cursor.fetchall())


def test_counters_that_nothing_was_added_to_for_a_day_are_forgotten(
    client: Client, owner: User, virtual_time: time_machine.Traveller
) -> None:
    guess(client, 3)
    virtual_time.shift(timedelta(days=1, seconds=1))
    guess(client, 1, name="other")
    assert SignInTries.objects.filter(failures=1).count() == SignInTries.objects.count() == 2
