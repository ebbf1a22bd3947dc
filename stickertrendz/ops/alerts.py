"""Alerts, one per key and day, and the outbox every mail of the shop leaves by."""

import logging
from datetime import timedelta
from email.mime.image import MIMEImage
from smtplib import SMTPException

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.db.models import Model

from stickertrendz import clock

from . import storage
from .models import Alert, Mail
from .redact import redact
from .subjects import subject_of

logger = logging.getLogger(__name__)
RETRY_MINUTES = (1, 5, 15, 60)


class Letter(EmailMultiAlternatives):
    """Its pictures are shown by its words; they are no attachments."""

    mixed_subtype = "related"


def alert(
    key: str, title: str, text: str, row: Model | None = None, *, html: str = "", pictures: list[str] | None = None
) -> bool:
    """Tells the operator once a day per key, in the console and by mail; False when already told."""
    now = clock.now()
    try:
        with transaction.atomic():
            note = Alert.objects.create(
                key=key,
                day=now.date(),
                title=redact(title),
                text=redact(text),
                created_at=now,
                subject=subject_of(row) if row else "",
            )
            note.mail = post(f"[Sticker Trendz] {title}", text, html=html, pictures=pictures)
            note.save(update_fields=["mail"])
    except IntegrityError:
        return False
    return True


def post(subject: str, text: str, *, html: str = "", pictures: list[str] | None = None) -> Mail:
    """Puts a mail into the outbox; texts are redacted here, so no mail carries a secret or an address."""
    now = clock.now()
    return Mail.objects.create(
        to=settings.ALERT_EMAIL, subject=redact(subject)[:200].replace("\n", " "), text=redact(text), html=redact(html),
        pictures=pictures or [], not_before=now, created_at=now,
    )  # fmt: skip


def deliver(mail: Mail) -> bool:
    """Sends one mail; a failure is put off, never given up: a mail is sent at least once."""
    message = Letter(
        mail.subject,
        mail.text,
        settings.DEFAULT_FROM_EMAIL,
        [mail.to],
        headers={"Message-ID": f"<mail-{mail.pk}@stickertrendz>"},
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    now = clock.now()
    try:
        _attach(message, mail.pictures)
        message.send()
    except (OSError, ValueError, SMTPException, BotoCoreError, ClientError) as error:
        wait = RETRY_MINUTES[min(mail.attempts, len(RETRY_MINUTES) - 1)]
        Mail.objects.filter(pk=mail.pk).update(
            attempts=mail.attempts + 1, not_before=now + timedelta(minutes=wait), last_error=type(error).__name__
        )
        logger.warning(
            "Mail %s could not be sent, next try in %s min", mail.pk, wait, extra={"step": "mail", "service": "mail"}
        )
        return False
    Mail.objects.filter(pk=mail.pk).update(attempts=mail.attempts + 1, sent_at=now, last_error="")
    return True


def _attach(message: EmailMultiAlternatives, keys: list[str]) -> None:
    """A picture that is gone or broken is left out: the words must arrive."""
    for number, key in enumerate(keys):
        try:
            picture = MIMEImage(storage.load("private", key))
        except (FileNotFoundError, TypeError):
            logger.warning("A picture of a mail is missing: %s", key, extra={"step": "mail"})
            continue
        picture.add_header("Content-ID", f"<picture-{number}>")
        picture.add_header("Content-Disposition", "inline")
        message.attach(picture)
