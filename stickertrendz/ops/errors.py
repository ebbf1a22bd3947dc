"""The few ways in which work can fail, each meaning one thing to whoever runs it."""

from datetime import datetime

from .redact import redact


class OutsideError(Exception):
    """An outside service failed: the only error an adapter raises.

    permanent: asking again cannot help. retry_after: seconds the service asked us to wait.
    ambiguous: the work may have been done although no good answer came. status: HTTP status when there was one.
    The message may repeat what a service said, keys it was sent included: it is redacted before anybody keeps it.
    """

    def __init__(
        self,
        service: str,
        message: str,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        ambiguous: bool = False,
        status: int | None = None,
    ) -> None:
        self.service = service
        self.message = redact(message)
        super().__init__(self.message)
        self.permanent = permanent
        self.retry_after = retry_after
        self.ambiguous = ambiguous
        self.status = status

    def __str__(self) -> str:
        return f"{self.service}: {self.message}"


class Refused(Exception):
    """We stopped ourselves before anything was sent: a switch, an open breaker, a spent budget."""

    def __init__(self, until: datetime, why: str, service: str = "") -> None:
        super().__init__(why)
        self.until = until
        self.why = why
        self.service = service


class NotYet(Exception):
    """The work is in order but must wait, for example for a picture being drawn."""

    def __init__(self, when: datetime, why: str = "") -> None:
        super().__init__(why or f"not before {when:%H:%M:%S}")
        self.when = when


class NeedsPerson(Exception):
    """The step cannot go on without a decision; the text tells the operator what to decide."""


class IllegalMove(Exception):
    """A status change the model does not allow: a mistake in our code or an impatient click."""


class Beaten(Exception):
    """Somebody else moved the row first; nothing is lost, nothing is to be done."""


class Halt(Exception):
    """The run as a whole cannot go on (all sources dead, authorisation gone): it fails with exit code 1."""


class LostLock(BaseException):
    """This run's lease was taken away. Not an Exception, so that nothing swallows it."""
