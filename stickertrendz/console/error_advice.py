"""What each kind of error means, what the operator does now, and whether the system goes on by itself."""

from dataclasses import dataclass, replace

from stickertrendz.ops.models import ErrorLog


@dataclass(frozen=True)
class Advice:
    """means: in plain words. now: what a person does. by_itself: whether and how it is tried again without anybody."""

    means: str
    now: str
    by_itself: str = ""


WAITS = "Yes: after 2 and 10 minutes, later if the service asked for it; the third time the row is parked."
PARKED = "No: the row is parked until somebody tries it again."
NEXT_RUN = "Yes: the next run of the job takes it up."
PAGE = "No: it happened on a page of this console or in a command, which somebody opens or types again."
NOTHING = "Nothing is to be tried again: the work went on."
MAIL = "Yes: the outbox is never given up; it tries again after 1, 5, 15 and 60 minutes, then each hour."
KEY = "Check this service’s key, credit and rights in the settings; Etsy is connected anew under Connect Etsy."
CODE = "Read the message and where it happened, below; if it stays, tell whoever looks after the code, then try again."

_KINDS = {
    "auth": Advice("The service does not take our key, or our key may not do this.",
                   f"{KEY} Then try what is parked again."),
    "rate_limit": Advice("We asked more often than the service allows.", "Nothing, unless it comes every hour: then "
                         "lower the counts in the settings, or ask the service for more."),
    "validation": Advice("The service refused what we sent: something in this row is not to its liking.",
                         "Look at the message for the field it names, mend the row, then try it again."),
    "timeout": Advice("The service did not answer in time; whether it did the work is found out before repeating.",
                      "Nothing while it is tried again by itself. If many come, look at the service’s status page."),
    "api_error": Advice("The service had a fault of its own, could not be reached, or refused this.",
                        "Nothing while it is tried again by itself; else read what the service says, mend that, and "
                        "try it again."),
    "NeedsPerson": Advice("The shop cannot decide this by itself.", "Do what the message says on the row’s page, then "
                          "try it again."),
    "IllegalMove": Advice("The row was no longer where the step expected it.", "Look at the row; if it stands right, "
                          "mark this as resolved."),
    "Halt": Advice("The whole run could not do its work and stopped, so that nothing else was spoiled.",
                   "Do what the message says; then run the job now, or wait for its time."),
    "OperationalError": Advice("The database did not answer or was locked.", "Nothing, unless it comes often: then "
                               "look at the database’s disk and load."),
    "message": Advice("The shop told of something unusual; nothing broke.", "Read the message; mark it as resolved "
                      "when there is nothing to do.", NOTHING),
}  # fmt: skip
_MAIL = Advice("A mail could not be sent.", "Check the mail settings.", MAIL)
_UNFORESEEN = Advice("Something that nobody foresaw: most likely a mistake in the program.", CODE)


def advice(error: ErrorLog) -> Advice:
    """Of a kind that is not in the table: it was not foreseen."""
    told = _MAIL if error.service == "mail" else _KINDS.get(error.error_type, _UNFORESEEN)
    return told if told.by_itself else replace(told, by_itself=_goes_on(error))


def _goes_on(error: ErrorLog) -> str:
    """A step on a row warns when the row waits and fails when it is parked; what names no row was a whole run's."""
    if error.subject:
        return PARKED if error.severity == ErrorLog.Severity.ERROR else WAITS
    return NEXT_RUN if error.workflow else PAGE
