"""What each kind of error means, what the operator does now, and whether the system goes on by itself."""

from dataclasses import dataclass

from stickertrendz.ops.models import ErrorLog


@dataclass(frozen=True)
class Advice:
    """means: in plain words. now: what a person does. by_itself: whether and how it is tried again without anybody."""

    means: str
    now: str
    by_itself: str


WAITS = "Yes: after 2, 10 and 60 minutes, later if the service asked for it. After the third time the row is parked."
STOPS = "No: the row is parked until somebody tries it again."
NEXT_RUN = "Yes: the next run of the job takes it up."
KEY = "Check this service's key, credit and rights in the settings; Etsy is connected anew under Connect Etsy."
CODE = "Read the message and where it happened, below; if it stays, tell whoever looks after the code, then try again."

_KINDS = {
    "auth": Advice("The service does not take our key, or our key may not do this.", KEY,
                   "No: it would be refused again. Waiting work goes on by itself once the key is right."),
    "rate_limit": Advice("We asked more often than the service allows.", "Nothing, unless it comes every hour: then "
                         "lower the counts in the settings, or ask the service for more.", WAITS),
    "validation": Advice("The service refused what we sent: something in this row is not to its liking.",
                         "Look at the message for the field it names, mend the row, then try it again.", STOPS),
    "timeout": Advice("The service did not answer in time; whether it did the work is found out before repeating.",
                      "Nothing. If many come, look at the service's own status page.", WAITS),
    "api_error": Advice("The service had a fault of its own, or could not be reached.",
                        "Nothing. If many come, look at the service's own status page.", WAITS),
    "NeedsPerson": Advice("The shop cannot decide this by itself.", "Do what the message says on the row's page, then "
                          "try it again.", STOPS),
    "IllegalMove": Advice("The row was no longer where the step expected it.", "Look at the row; if it stands right, "
                          "mark this as resolved.", STOPS),
    "Halt": Advice("The whole run could not do its work and stopped, so that nothing else was spoiled.",
                   "Do what the message says; then run the job now, or wait for its time.", NEXT_RUN),
    "LostLock": Advice("A run was taken for dead and another one took over.", "Nothing, unless it comes often: then "
                       "the machine is too slow or its clock is wrong.", NEXT_RUN),
    "OperationalError": Advice("The database did not answer or was locked.", "Nothing, unless it comes often: then "
                               "look at the database's disk and load.", NEXT_RUN),
    "SMTPException": Advice("A mail could not be sent.", "Check the mail settings.", "Yes: the outbox is never given "
                            "up; it tries after 1, 5, 15 and 60 minutes."),
    "message": Advice("The shop told of something unusual; nothing broke.", "Read the message; mark it as resolved "
                      "when there is nothing to do.", NEXT_RUN),
}  # fmt: skip
_MAIL = _KINDS["SMTPException"]
_UNFORESEEN = Advice("Something that nobody foresaw: most likely a mistake in the program.", CODE,
                     "No: the row is parked; three of one kind in a row stop the run.")  # fmt: skip


def advice(error: ErrorLog) -> Advice:
    """Of a kind that is not in the table: it was not foreseen."""
    if error.service == "mail":
        return _MAIL
    return _KINDS.get(error.error_type, _UNFORESEEN)
