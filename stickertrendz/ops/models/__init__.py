"""Rows of the operations app, by subject."""

from .journal import Alert, AuditEntry, ErrorLog, Mail, Metric, Transcript
from .machinery import Call, Health, Intent, Meter, Stamp, Switch
from .run import Run

__all__ = [
    "Alert", "AuditEntry", "Call", "ErrorLog", "Health", "Intent", "Mail", "Meter", "Metric", "Run", "Stamp", "Switch",
    "Transcript",
]  # fmt: skip
