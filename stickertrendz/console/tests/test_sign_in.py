"""Signing in: two steps for whoever has a second factor, a gate before every page."""

import re
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from stickertrendz.console import second_factor, security
from stickertrendz.console.models import RecoveryCode, SecondFactor
from stickertrendz.console.tests.signing_in import (
    ACCOUNT,
    CODE,
    LOGIN,
    PASSWORD,
    code_of,
    give,
    guess,
    is_in,
    owner,
    quick_passwords,
    with_factor,
)
from stickertrendz.housekeeping import rotation
from stickertrendz.ops.models import AuditEntry

__all__ = ["owner", "quick_passwords"]  # the fixtures
pytestmark = pytest.mark.django_db


def test_a_password_alone_opens_the_console_of_whoever_has_no_second_factor(client: Client, owner: User) -> None:
    assert give(client) == "/admin/"
    assert is_in(client)
    assert AuditEntry.objects.get(action="signed in").who == "owner"


def test_with_a_second_factor_the_password_opens_nothing_until_the_code_is_given(client: Client, owner: User) -> None:
    factor, _ = with_factor(owner)
    assert give(client) == f"{CODE}?next=%2Fadmin%2F"
    assert not is_in(client)
    assert client.get("/media/private/x.png").status_code == 302
    assert "is not right" in client.post(CODE, {"code": "000000"}).content.decode()
    assert not is_in(client)
    answer = client.post(CODE + "?next=/admin/ops/run/", {"code": code_of(factor)})
    assert answer.headers["Location"] == "/admin/ops/run/"
    assert is_in(client)


def test_nobody_is_led_to_another_site_after_signing_in(client: Client, owner: User) -> None:
    answer = client.post(LOGIN + "?next=//evil.example/", {"username": "owner", "password": PASSWORD})
    assert answer.headers["Location"] == "/admin/"


def test_a_code_is_taken_once(owner: User) -> None:
    factor, _ = with_factor(owner)
    code = code_of(factor)
    assert second_factor.accepts(factor, f"{code[:3]} {code[3:]}")
    assert not second_factor.accepts(factor, code)


def test_a_clock_may_differ_by_one_step_but_not_by_two(owner: User, virtual_time: time_machine.Traveller) -> None:
    factor, _ = with_factor(owner)
    assert not second_factor.accepts(factor, code_of(factor, 60))
    assert not second_factor.accepts(factor, code_of(factor, -60))
    assert second_factor.accepts(factor, code_of(factor, 30))


def test_the_second_step_must_follow_within_five_minutes(
    client: Client, owner: User, virtual_time: time_machine.Traveller
) -> None:
    factor, _ = with_factor(owner)
    give(client)
    virtual_time.shift(301)
    assert client.post(CODE, {"code": code_of(factor)}).headers["Location"].startswith(LOGIN)
    assert not is_in(client)


def test_a_recovery_code_opens_once_and_is_kept_as_a_hash_only(client: Client, owner: User) -> None:
    factor, codes = with_factor(owner)
    assert len(set(codes)) == 10
    kept = [row.hash for row in RecoveryCode.objects.all()]
    assert not any(code.replace("-", "") in "".join(kept) for code in codes)
    give(client)
    assert client.post(CODE, {"code": codes[3].upper()}).status_code == 302
    assert is_in(client)
    assert not second_factor.accepts(factor, codes[3])
    assert AuditEntry.objects.get(action="used a recovery code").detail["left"] == 9


def test_the_secret_is_sealed_and_sealed_anew_when_keys_rotate(owner: User, settings: Settings) -> None:
    factor, _ = with_factor(owner)
    secret = second_factor.secret(factor)
    assert secret not in factor.secret_sealed
    settings.FIELD_KEYS = ["new:" + "B" * 43 + "=", *settings.FIELD_KEYS]
    kind = next(kind for kind in rotation.KINDS if kind.model is SecondFactor)
    assert rotation.rotate(kind) == 1
    factor.refresh_from_db()
    assert factor.secret_sealed.startswith("new:")
    assert second_factor.secret(factor) == secret


def test_setting_it_up_shows_a_picture_and_a_key_then_ten_codes_for_once(client: Client, owner: User) -> None:
    client.force_login(owner)
    page = client.get(ACCOUNT).content.decode()
    factor = SecondFactor.objects.get()
    assert "<svg" in page
    assert "".join(re.findall(r"<span>([A-Z2-7]{4})</span>", page)) == second_factor.secret(factor)
    assert "style=" not in page.split("qr-code")[1].split("</svg>")[0]
    wrong = client.post(ACCOUNT, {"code": "123"}).content.decode()
    assert "is not right" in wrong
    assert second_factor.of(owner) is None
    done = client.post(ACCOUNT, {"code": code_of(factor)})
    assert done.headers["Cache-Control"].startswith("max-age=0")
    codes = re.findall(r"<li>([a-z2-7-]{19})</li>", done.content.decode())
    assert len(codes) == 10
    assert codes[0] not in client.get(ACCOUNT).content.decode()
    assert is_in(client)


def test_setting_it_up_ends_the_sessions_that_knew_the_password_only(client: Client, owner: User) -> None:
    elsewhere = Client()
    give(client)
    give(elsewhere)
    client.get(ACCOUNT)
    client.post(ACCOUNT, {"code": code_of(SecondFactor.objects.get())})
    assert is_in(client)
    assert elsewhere.get("/admin/ops/run/").headers["Location"] == f"{LOGIN}?next=%2Fadmin%2Fops%2Frun%2F"
    assert "sessionid" not in elsewhere.cookies or not elsewhere.cookies["sessionid"].value


def test_codes_are_renewed_and_the_factor_removed_by_a_code_only(client: Client, owner: User) -> None:
    factor, codes = with_factor(owner)
    give(client)
    client.post(CODE, {"code": codes[0]})
    client.post(ACCOUNT, {"code": "nonsense", "remove": "yes"})
    assert second_factor.of(owner)
    page = client.post(ACCOUNT, {"code": code_of(factor), "codes": "new"}).content.decode()
    assert codes[1] not in page
    assert not second_factor.accepts(factor, codes[1])
    new = re.findall(r"<li>([a-z2-7-]{19})</li>", page)
    client.post(ACCOUNT, {"code": new[0], "remove": "yes"})
    assert second_factor.of(owner) is None
    assert AuditEntry.objects.filter(action="removed second factor", who="owner").count() == 1


def test_where_it_is_required_nothing_else_opens_before_it_is_set_up(
    client: Client, owner: User, settings: Settings
) -> None:
    settings.SECOND_FACTOR = "required"
    give(client)
    for page in ("/admin/", "/admin/stickers/sticker/", "/media/private/x.png", "/admin/password_change/"):
        assert client.get(page).headers["Location"] == ACCOUNT
    client.get(ACCOUNT)
    factor = SecondFactor.objects.get()
    client.post(ACCOUNT, {"code": code_of(factor)})
    assert is_in(client)
    client.post(ACCOUNT, {"code": code_of(factor, 30), "remove": "yes"})
    assert second_factor.of(owner)


def test_where_it_is_off_nobody_is_asked(client: Client, owner: User, settings: Settings) -> None:
    with_factor(owner)
    settings.SECOND_FACTOR = "off"
    assert give(client) == "/admin/"
    assert is_in(client)
    assert client.get(ACCOUNT).status_code == 404


def test_a_session_ends_twelve_hours_after_signing_in_however_busy_it_was(
    client: Client, owner: User, virtual_time: time_machine.Traveller
) -> None:
    give(client)
    for _ in range(2):
        virtual_time.shift(timedelta(hours=5, minutes=59))
        client.post("/admin/ops/switch/add/", {"name": "away", "reason": "busy"})  # stores the session for its message
        assert is_in(client)
    virtual_time.shift(timedelta(minutes=3))
    assert not is_in(client)


def test_a_new_password_ends_every_session(client: Client, owner: User) -> None:
    give(client)
    owner.set_password("another frog in another cup")
    owner.save()
    assert not is_in(client)


def test_the_shell_lets_somebody_in_again(client: Client, owner: User) -> None:
    with_factor(owner)
    guess(client, 5)
    out = StringIO()
    call_command("open_sign_in", "owner", "--remove-second-factor", stdout=out)
    assert "second factor is removed" in out.getvalue()
    assert give(Client()) == "/admin/"
    assert AuditEntry.objects.get(action="removed second factor").who == "the shell"
    with pytest.raises(CommandError, match="nobody named"):
        call_command("open_sign_in", "nobody")


def test_the_sign_in_pages_show_what_etsy_demands_and_are_never_kept(client: Client, owner: User) -> None:
    with_factor(owner)
    first = client.get(LOGIN)
    give(client)
    for page in (first, client.get(CODE)):
        assert "This application uses the Etsy API but is not endorsed or certified" in page.content.decode()
        assert "no-store" in page.headers["Cache-Control"]
        assert page.headers["X-Frame-Options"] == "DENY"
        assert page.headers["Referrer-Policy"] == page.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_signing_out_works_whatever_is_required(client: Client, owner: User, settings: Settings) -> None:
    settings.SECOND_FACTOR = "required"
    give(client)
    client.post(reverse("admin:logout"))
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(("live", "wanted", "warned"), [(True, "offered", 1), (True, "required", 0), (False, "off", 0)])
def test_live_mode_is_warned_when_a_password_alone_is_enough(
    settings: Settings, live: bool, wanted: str, warned: int
) -> None:
    settings.LIVE, settings.SECOND_FACTOR = live, wanted
    assert len(security.second_factor_is_required()) == warned
