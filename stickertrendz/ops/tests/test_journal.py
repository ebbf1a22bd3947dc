"""Errors, redaction, alerts, the outbox and sealing."""

import logging

import pytest
from botocore.exceptions import EndpointConnectionError
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from pytest_django.fixtures import Settings

from stickertrendz.ops import alerts, crypto, log, storage
from stickertrendz.ops.models import Alert, ErrorLog, Mail
from stickertrendz.ops.redact import redact, redact_all

pytestmark = pytest.mark.django_db(transaction=True)
logger = logging.getLogger("stickertrendz.tests")


@pytest.mark.parametrize(
    "text",
    [
        f"key {settings.OPENAI_API_KEY} was refused",
        "Authorization: Bearer abcdef1234567890",
        "x-api-key=abcdefgh1234",
        "postgres://shop:hunter2-long@db/shop",
        '{"refresh_token": "1234.abcdefghijklmnopqrstuvwxyz"}',
        "mail to jane.doe@example.com failed",
        "https://r2/x?X-Amz-Signature=0123456789abcdef",
    ],
)
def test_secrets_and_addresses_are_taken_out(text: str) -> None:
    cleaned = redact(text)
    assert "[" in cleaned
    for secret in (settings.OPENAI_API_KEY, "abcdef", "hunter2", "jane.doe", "0123456789"):
        assert secret not in cleaned


def test_nested_values_and_keys_are_redacted() -> None:
    assert redact_all({"who": ["a@b.example"], "c@d.example": 1}) == {"who": ["[mail address]"], "[mail address]": 1}


def test_an_error_becomes_a_row_with_where_it_happened_and_no_secret() -> None:
    try:
        raise ValueError(f"refused {settings.ETSY_API_SECRET}")
    except ValueError as error:
        logger.exception(
            "publishing failed: %s",
            error,
            extra={"step": "publish", "service": "etsy", "context": {"mail": "a@b.example"}},
        )
    row = ErrorLog.objects.get()
    assert (row.severity, row.step, row.service, row.error_type) == ("error", "publish", "etsy", "ValueError")
    assert settings.ETSY_API_SECRET not in row.error_message
    assert row.context["mail"] == "[mail address]"
    assert "test_journal.py" in row.context["where"][0]


def test_a_nul_in_a_message_costs_no_error_its_row() -> None:
    logger.error("the answer was %r", "frog\0pond", extra={"context": {"body": "a\0b"}})
    logger.error("frog\0pond")
    assert ErrorLog.objects.filter(error_message="frogpond").count() == 1


def test_an_error_inside_a_transaction_survives_its_rollback() -> None:
    with pytest.raises(ValueError, match="undo"), transaction.atomic():  # noqa: PT012 - the rollback is the point
        logger.error("noticed before the rollback")
        assert not ErrorLog.objects.exists()
        raise ValueError("undo")
    log.flush()
    assert ErrorLog.objects.get().error_message == "noticed before the rollback"


def test_an_alert_is_told_once_a_day_per_key() -> None:
    assert alerts.alert("dead:reddit", "Reddit is dead", "It answers 403.")
    assert not alerts.alert("dead:reddit", "Reddit is dead", "It answers 403.")
    assert (Alert.objects.count(), Mail.objects.count()) == (1, 1)


def test_a_mail_is_sent_with_its_rows_key_and_pictures_inline(mailoutbox: list[EmailMultiAlternatives]) -> None:
    key = storage.keep("private", "t/a.png", b"\x89PNG\r\n\x1a\n" + b"0" * 20)
    mail = alerts.post("Flagged", "Look", html='<img src="cid:picture-0">', pictures=[key])
    assert alerts.deliver(mail)
    sent = mailoutbox[0]
    assert sent.extra_headers["Message-ID"] == f"<mail-{mail.pk}@stickertrendz>"
    mail.refresh_from_db()
    assert mail.sent_at is not None


def test_a_mail_that_cannot_be_sent_is_put_off_and_never_given_up(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    mail = alerts.post("Summary", "text")
    for _ in range(6):
        mail.refresh_from_db()
        assert not alerts.deliver(mail)
    mail.refresh_from_db()
    assert (mail.attempts, mail.sent_at) == (6, None)
    assert mail.last_error


def test_sealed_text_opens_only_for_its_purpose_and_with_its_key(settings: Settings) -> None:
    sealed = crypto.seal(crypto.CUSTOMER, "12 Elm Street")
    assert "Elm" not in sealed
    assert crypto.unseal(crypto.CUSTOMER, sealed) == "12 Elm Street"
    with pytest.raises(ImproperlyConfigured):
        crypto.unseal(crypto.TOKEN, sealed)
    settings.FIELD_KEYS = ["new:" + "A" * 43 + "=", *settings.FIELD_KEYS]
    assert crypto.unseal(crypto.CUSTOMER, sealed) == "12 Elm Street"
    assert crypto.seal(crypto.CUSTOMER, "x").startswith("new:")
    settings.FIELD_KEYS = ["new:" + "A" * 43 + "="]
    with pytest.raises(ImproperlyConfigured, match="put it back"):
        crypto.unseal(crypto.CUSTOMER, sealed)


def test_a_look_up_hash_is_found_over_case_space_and_new_keys(settings: Settings) -> None:
    before = crypto.keyed_hash(crypto.LOOK_UP, "Jo  Doe")
    assert crypto.keyed_hash(crypto.ERASED, "Jo Doe") != before
    settings.FIELD_KEYS = ["new:" + "A" * 43 + "=", *settings.FIELD_KEYS]
    newest, oldest = crypto.keyed_hashes(crypto.LOOK_UP, "jo doe ")
    assert (crypto.made_with(newest), oldest) == ("new", before)
    assert crypto.keyed_hash(crypto.LOOK_UP, "Jo Doe") == newest


@pytest.mark.parametrize("wrong", [["k:" + "A" * 20], ["a b:" + "A" * 43 + "="], ["k:" + "A" * 43 + "="] * 2, ["k"]])
def test_keys_that_cannot_be_told_apart_or_are_too_short_are_refused(settings: Settings, wrong: list[str]) -> None:
    settings.FIELD_KEYS = wrong
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS"):
        crypto.check_keys()


def test_a_mail_whose_picture_is_gone_arrives_without_it(mailoutbox: list[EmailMultiAlternatives]) -> None:
    broken = storage.keep("private", "t/broken.png", b"nothing of a picture")
    assert alerts.deliver(alerts.post("Flagged", "Look", pictures=["t/gone.png", broken]))
    assert (mailoutbox[0].body, mailoutbox[0].attachments) == ("Look", [])


def test_a_mail_whose_pictures_cannot_be_read_holds_no_other_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(where: str, key: str) -> bytes:
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1")

    monkeypatch.setattr(storage, "load", down)
    mail = alerts.post("Flagged", "Look", pictures=["t/a.png"])
    assert not alerts.deliver(mail)
    mail.refresh_from_db()
    assert (mail.attempts, mail.last_error) == (1, "EndpointConnectionError")
