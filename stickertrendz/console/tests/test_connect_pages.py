"""Connect Etsy in the console: through the sandbox's consent page and back, once, by the browser that began."""

import logging
from datetime import timedelta
from typing import Any

import httpx
import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from etsy.models import Token
from stickertrendz.console.tests.test_blocklist_pages import logged_in, owner, page
from stickertrendz.ops import crypto, switches
from stickertrendz.ops.models import AuditEntry
from stickertrendz.sandbox.server import Sandbox

__all__ = ["owner"]  # the fixture
pytestmark = pytest.mark.django_db
PAGE, BEGIN = reverse("admin:etsy_token_changelist"), reverse("admin:etsy_token_begin")
PASTE, LANDED = reverse("admin:etsy_token_paste"), reverse("admin:etsy_token_landed")
Time = time_machine.Traveller


def agree(client: Client) -> str:
    """Begins, follows the link to Etsy's page and gives the address that the browser is sent to."""
    answer = client.post(BEGIN, follow=True)
    return httpx.get(answer.context["consent"].address).headers["location"]


def test_it_says_that_nothing_is_connected_and_how_to_begin(owner: Client) -> None:
    shown = page(owner, PAGE)
    assert "not yet" in shown
    assert "Open Etsy’s page" not in shown
    assert "Open Etsy’s page" in page(owner, BEGIN, {})


def test_the_redirect_to_the_console_connects(owner: Client, sandbox: Sandbox, settings: Any) -> None:
    settings.ETSY_REDIRECT_URL = f"http://127.0.0.1:8000{LANDED}"
    came = agree(owner)
    answer = owner.get(came.removeprefix("http://127.0.0.1:8000"))
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    shown = page(owner, PAGE)
    assert "is connected" in shown
    assert "in 89 days" in shown
    assert "missing" not in shown
    assert AuditEntry.objects.get(action="authorised Etsy").who == "owner"


def test_the_pasted_address_connects(owner: Client, sandbox: Sandbox) -> None:
    assert "is connected" in page(owner, PASTE, {"address": f" {agree(owner)} "})
    assert Token.objects.exists()


def test_an_attempt_is_good_once(owner: Client, sandbox: Sandbox) -> None:
    came = agree(owner)
    page(owner, PASTE, {"address": came})
    sandbox.forget_calls()
    assert "No attempt is open" in page(owner, PASTE, {"address": came})
    assert not sandbox.calls()


def test_an_attempt_is_good_for_ten_minutes(owner: Client, sandbox: Sandbox, virtual_time: Time) -> None:
    came = agree(owner)
    virtual_time.shift(timedelta(minutes=10))
    assert "began more than ten minutes ago" in page(owner, PASTE, {"address": came})
    assert not Token.objects.exists()


def test_an_attempt_is_good_for_the_browser_that_began_it(owner: Client, sandbox: Sandbox) -> None:
    came = agree(owner)
    stranger = Client()
    stranger.force_login(User.objects.create_superuser("other"))
    assert "in another browser" in page(stranger, PASTE, {"address": came})
    assert not Token.objects.exists()


def test_the_answer_to_another_attempt_is_refused(owner: Client, sandbox: Sandbox) -> None:
    first = agree(owner)
    agree(owner)
    assert "belongs to another attempt" in page(owner, PASTE, {"address": first})


@pytest.mark.parametrize("state", ["", "ä", "x" * 10_000])
def test_a_mangled_state_is_refused_in_words(owner: Client, sandbox: Sandbox, state: str) -> None:
    agree(owner)
    assert "Not connected" in page(owner, PASTE, {"address": f"http://localhost/?code=x&state={state}"})


def test_a_shop_that_is_not_ours_is_told_and_not_kept(owner: Client, sandbox: Sandbox, settings: Any) -> None:
    came = agree(owner)
    settings.ETSY_SHOP_ID = 55500099
    assert "owns shop 55500001" in page(owner, PASTE, {"address": came})
    assert not Token.objects.exists()


def test_state_and_verifier_wait_sealed_and_nothing_secret_is_logged_or_shown(
    owner: Client, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    answer = owner.post(BEGIN, follow=True)
    consent = answer.context["consent"]
    assert consent.verifier not in answer.content.decode()
    kept = str(dict(owner.session))
    assert consent.verifier not in kept
    assert consent.state not in kept
    came = httpx.get(consent.address).headers["location"]
    code = came.partition("code=")[2].partition("&")[0]
    caplog.clear()
    caplog.set_level(logging.DEBUG)
    shown = page(owner, PASTE, {"address": came})
    row = Token.objects.get()
    secrets = [code, *(crypto.unseal(crypto.TOKEN, text) for text in (row.access_sealed, row.refresh_sealed))]
    assert not [secret for secret in secrets if secret in shown + caplog.text + str(list(AuditEntry.objects.values()))]
    assert row.access_sealed not in page(owner, reverse("admin:etsy_token_change", args=[row.pk]))


def test_a_dying_and_a_dead_connection_are_told(owner: Client, sandbox: Sandbox, virtual_time: Time) -> None:
    page(owner, PASTE, {"address": agree(owner)})
    virtual_time.shift(timedelta(days=85))
    owner.force_login(User.objects.get())
    assert "4 of 90 days left" in page(owner, PAGE)
    virtual_time.shift(timedelta(days=6))
    owner.force_login(User.objects.get())
    assert "90 days went by" in page(owner, PAGE)
    switches.throw("etsy", "Etsy no longer accepts our token", by="etsy.oauth")
    assert "takes our token no more" in page(owner, PAGE)


def test_a_viewer_sees_how_it_stands_and_can_begin_nothing(client: Client, sandbox: Sandbox) -> None:
    viewer = logged_in(client, "etsy.view_token")
    shown = page(viewer, PAGE)
    assert "How it stands" in shown
    assert BEGIN not in shown
    for address in (BEGIN, PASTE):
        assert viewer.post(address).status_code == 403
    assert viewer.get(LANDED).status_code == 403


def test_a_form_can_be_sent_but_not_opened(owner: Client) -> None:
    assert owner.get(BEGIN).status_code == 403
    assert owner.post(LANDED).status_code == 403
