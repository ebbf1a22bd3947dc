"""Connecting from the terminal: a real listener, a real browser's manners, and what is refused before it is kept."""

import io
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import pytest
from django.core.management import CommandError, call_command

from etsy.adapters import account, tokens
from etsy.consent import Consent
from etsy.models import Token
from etsy.tests.conftest import fault, operations
from stickertrendz.ops import crypto
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.models import AuditEntry, Transcript
from stickertrendz.sandbox.server import Sandbox

OTHER_SHOP = 55500099


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@pytest.fixture
def listening(settings: Any) -> Any:
    """As on the owner's machine, but that Etsy is the sandbox."""
    settings.LIVE = True
    settings.ETSY_REDIRECT_URL = f"http://localhost:{free_port()}/oauth/redirect"
    return settings


@contextmanager
def browser(out: io.StringIO, *before: str) -> Iterator[None]:
    """Opens the printed address as a person would, after the addresses in `before`."""

    def agree() -> None:
        while "https://" not in (told := out.getvalue()) and "http://" not in told:
            time.sleep(0.02)
        address = next(line for line in told.splitlines() if "/oauth/connect?" in line)
        for other in before:
            with suppress(httpx.HTTPError):
                httpx.get(other)
        httpx.get(address, follow_redirects=True)

    person = threading.Thread(target=agree, daemon=True)
    person.start()
    yield
    person.join(120)


def authorize(out: io.StringIO | None = None, **options: Any) -> str:
    out = out or io.StringIO()
    call_command("etsy_authorize", stdout=out, **options)
    return out.getvalue()


def redirect(consent: Consent) -> str:
    return httpx.get(consent.address).headers["location"]


def test_the_browser_lands_at_the_waiting_command(listening: Any, db: None, sandbox: Sandbox) -> None:
    out = io.StringIO()
    with browser(out, listening.ETSY_REDIRECT_URL.replace("/oauth/redirect", "/favicon.ico")):
        authorize(out, wait=120)
    assert "is connected" in out.getvalue()
    assert Token.objects.get().scopes == tokens.SCOPES
    assert operations(sandbox) == ["oauth.connect", "oauth.token", "getMe", "tokenScopes"]


def test_a_connection_that_asks_nothing_does_not_hold_it_up(listening: Any, db: None, sandbox: Sandbox) -> None:
    out, port = io.StringIO(), int(listening.ETSY_REDIRECT_URL.split(":")[2].split("/")[0])

    def open_in_advance() -> None:
        while "Waiting" not in out.getvalue():
            time.sleep(0.02)
        held.connect(("127.0.0.1", port))

    with socket.socket() as held:
        threading.Thread(target=open_in_advance, daemon=True).start()
        with browser(out):
            authorize(out, wait=120)
    assert Token.objects.exists()


def test_a_port_in_use_is_told_with_what_to_do(listening: Any, db: None, sandbox: Sandbox) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        listening.ETSY_REDIRECT_URL = f"http://127.0.0.1:{other.getsockname()[1]}/oauth/redirect"
        with pytest.raises(CommandError, match=r"Nothing can listen at .* use --paste"):
            authorize(wait=1)


def test_it_waits_only_so_long(listening: Any, db: None, sandbox: Sandbox) -> None:
    with pytest.raises(CommandError, match=r"No browser came to .* in 0 seconds"):
        authorize(wait=0.2)
    assert not Token.objects.exists()


def test_the_address_can_be_pasted_instead(db: None, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()

    def paste(_: str) -> str:
        address = next(line for line in out.getvalue().splitlines() if "/oauth/connect?" in line)
        return f"  {httpx.get(address).headers['location']}\n"

    monkeypatch.setattr("builtins.input", paste)
    authorize(out, paste=True)
    assert Token.objects.exists()


def test_a_token_of_another_shop_is_not_kept(db: None, sandbox: Sandbox, settings: Any) -> None:
    settings.ETSY_SHOP_ID = OTHER_SHOP
    with pytest.raises(CommandError, match=f"owns shop 55500001, but ETSY_SHOP_ID says {OTHER_SHOP}"):
        authorize()
    assert not Token.objects.exists()


def test_a_token_of_another_shop_leaves_the_one_that_works(shop: Any, sandbox: Sandbox, settings: Any) -> None:
    before = Token.objects.values().get()
    settings.ETSY_SHOP_ID = OTHER_SHOP
    with pytest.raises(NeedsPerson, match="Nothing was kept"):
        (consent := Consent()).accept(redirect(consent), by="op")
    assert list(Token.objects.values()) == [before]


def test_an_account_without_a_shop_is_told_apart(db: None, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "owner", lambda access: (77700001, 0))
    with pytest.raises(NeedsPerson, match="has no shop"):
        (consent := Consent()).accept(redirect(consent), by="op")


def test_a_consent_that_lacks_a_scope_is_not_kept(db: None, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    consent = Consent()
    monkeypatch.setattr(tokens, "SCOPES", [scope for scope in tokens.SCOPES if scope != "listings_d"])
    came = redirect(consent)
    monkeypatch.undo()
    with pytest.raises(NeedsPerson, match="lacks listings_d"):
        consent.accept(came, by="op")
    assert not Token.objects.exists()


def test_an_answer_is_good_once(db: None, sandbox: Sandbox) -> None:
    consent = Consent()
    came = redirect(consent)
    consent.accept(came, by="op")
    with pytest.raises(NeedsPerson, match="good once"):
        consent.accept(came, by="op")


def test_an_address_without_a_code_is_told(db: None) -> None:
    consent = Consent()
    with pytest.raises(NeedsPerson, match="no code"):
        consent.accept(f"http://localhost/?state={consent.state}", by="op")


def test_a_verifier_of_another_round_is_refused_by_etsy(db: None, sandbox: Sandbox) -> None:
    first = Consent()
    with pytest.raises(NeedsPerson, match="did not take"):
        Consent(state=first.state).accept(redirect(first), by="op")


def test_no_token_code_or_verifier_is_logged_shown_or_audited(
    db: None, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    consent = Consent()
    came = redirect(consent)
    code = came.partition("code=")[2].partition("&")[0]
    caplog.clear()  # the browser's own request, which is the test's
    consent.accept(came, by="op")
    row = Token.objects.get()
    kept = [crypto.unseal(crypto.TOKEN, text) for text in (row.access_sealed, row.refresh_sealed)]
    written = [
        caplog.text,
        repr(consent),
        *map(str, AuditEntry.objects.values()),
        *map(str, Transcript.objects.values()),
    ]
    assert AuditEntry.objects.filter(action="authorised Etsy").exists()
    assert not [secret for secret in (code, consent.verifier, *kept) for text in written if secret in text]


def test_a_lost_answer_to_the_question_whose_it_is_is_asked_again(db: None, sandbox: Sandbox) -> None:
    fault(sandbox, "getMe", "500")
    authorize()
    assert Token.objects.exists()


@pytest.mark.parametrize(
    ("answer", "understood"),
    [
        ({"scopes": ["shops_r", "listings_d"]}, ["shops_r", "listings_d"]),
        ({"scope": "listings_d shops_r"}, ["listings_d", "shops_r"]),
        (["shops_r"], ["shops_r"]),
        ({"listings_w": True, "shops_r": {}}, ["listings_w", "shops_r"]),
        ({}, tokens.SCOPES),
        (None, tokens.SCOPES),
    ],
)
def test_scopes_are_read_from_an_answer_of_any_shape_and_the_consent_counts_where_none_is_named(
    answer: object, understood: list[str]
) -> None:
    assert account.scopes_in(answer) == understood
