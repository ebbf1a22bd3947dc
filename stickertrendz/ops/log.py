"""Warnings and errors of our own code become ErrorLog rows, redacted, after the transaction they happened in."""

import logging
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.mail import send_mail
from django.db import DatabaseError, transaction

from . import current
from .redact import redact, redact_all

_waiting = threading.local()


class Redact(logging.Filter):
    """Rewrites the record once, before any handler sees it."""

    def filter(self, record: logging.LogRecord) -> bool:
        if not getattr(record, "redacted", False):
            record.msg, record.args, record.redacted = redact(record.getMessage()), (), True
        return True


class LineFormatter(logging.Formatter):
    """Plain lines; tracebacks go through the redactor too."""

    def formatException(self, ei: Any) -> str:
        return redact(super().formatException(ei))


class ErrorLogHandler(logging.Handler):
    """One ErrorLog row per record; extras: step, service, subject, error_type, retry_count, context."""

    def emit(self, record: logging.LogRecord) -> None:
        if not apps.ready:
            return
        pending().append(_columns(record))
        flush()


def pending() -> list[dict[str, Any]]:
    if not hasattr(_waiting, "rows"):
        _waiting.rows = []
    rows: list[dict[str, Any]] = _waiting.rows
    return rows


def flush() -> None:
    """Writes what is waiting, unless a transaction is open: its rollback would take the errors with it."""
    rows = pending()
    if not rows:
        return
    try:
        with transaction.atomic(durable=True):
            model = apps.get_model("ops.ErrorLog")
            model._default_manager.bulk_create([model(**row) for row in rows])
    except RuntimeError:
        return
    except DatabaseError as error:
        tell_database_down(error)
    rows.clear()


def _columns(record: logging.LogRecord) -> dict[str, Any]:
    error = record.exc_info[1] if record.exc_info else None
    run = current.run()
    return {
        "run_id": run.run_id if run else None,
        "workflow": run.workflow if run else "",
        "severity": "error" if record.levelno >= logging.ERROR else "warning",
        "step": str(getattr(record, "step", record.funcName or record.name))[:60],
        "error_type": str(getattr(record, "error_type", type(error).__name__ if error else "message"))[:60],
        "error_message": redact(record.getMessage())[:4000],
        "service": str(getattr(record, "service", ""))[:20],
        "subject": str(getattr(record, "subject", ""))[:80],
        "retry_count": int(getattr(record, "retry_count", 0)),
        "context": {**redact_all(getattr(record, "context", {})), **({"where": _where(error)} if error else {})},
        "created_at": datetime.fromtimestamp(record.created, UTC),
    }


def _where(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-6:]]


def tell_database_down(error: BaseException) -> None:
    """One plain mail an hour, remembered by a file because the database cannot remember it."""
    marker = Path(settings.VAR_DIR) / "database-down"
    hour = f"{datetime.now(UTC):%Y-%m-%d %H}"
    if marker.exists() and marker.read_text() == hour:
        return
    marker.write_text(hour)
    text = f"The database does not answer ({type(error).__name__}). All jobs stand still until it does."
    send_mail(
        "Sticker Trendz: the database is down",
        text,
        settings.DEFAULT_FROM_EMAIL,
        [settings.ALERT_EMAIL],
        fail_silently=True,
    )
