"""Faults and holds: what the operator of the sandbox makes go wrong, per service and operation."""

import threading
from dataclasses import asdict, dataclass, field
from typing import Any

from stickertrendz.sandbox.routing import Reply, Service

ANSWERS_AFTER = {"500_after", "timeout_after"}
WORDS = {
    400: "Bad request", 401: "Unauthorized", 403: "Forbidden", 404: "Not found", 409: "Conflict", 422: "Unprocessable",
    429: "Too many requests", 500: "Internal server error", 503: "Service unavailable",
}  # fmt: skip
STATUS = {**{str(status): status for status in WORDS}, "500_after": 500}
NAMES = {*STATUS, "timeout", "timeout_after", "late", "twice", "malformed", "truncated", "html", "refuse"}


@dataclass
class Fault:
    """`times` is how often it still strikes (None for ever); `seconds` is how long a timeout holds the connection.

    `late` is how many seconds after that a request overtaken by its client's patience arrives.
    """

    service: str
    operation: str
    fault: str
    times: int | None = 1
    retry_after: float | None = None
    seconds: float = 60.0
    late: float = 600.0

    @property
    def closes(self) -> bool:
        return self.fault.startswith("timeout") or self.fault == "late"

    @property
    def works(self) -> bool:
        """Whether the service does its work before, or beside, the fault."""
        return self.fault in ANSWERS_AFTER or self.fault in {"truncated", "refuse", "twice"}

    def reply(self, service: Service, done: Reply | None) -> Reply:
        if self.fault in {"refuse", "twice"} and done is not None:
            return done
        if self.fault == "truncated" and done is not None:
            return Reply(done.status, done.body[: len(done.body) // 2], done.headers)
        if self.fault == "malformed":
            return Reply(200, b'{"id": "unfinis', {"content-type": "application/json"})
        if self.fault == "html":
            return Reply.text("<html><body><h1>502 Bad Gateway</h1></body></html>", 502, "text/html")
        status = STATUS[self.fault]
        reply = service.error(status, WORDS[status])
        if self.retry_after is not None:
            reply.headers["retry-after"] = f"{self.retry_after:g}"
        return reply


def strikes(fault: "Fault | Hold", service: str, operation: str) -> bool:
    return fault.service == service and fault.operation in ("*", operation)


class Faults:
    """The faults waiting to strike; each request meets at most one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def list(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._waiting]

    def take(self, service: str, operation: str) -> Fault | None:
        with self._lock:
            fault = next((each for each in self._waiting if strikes(each, service, operation)), None)
            if fault is not None and fault.times is not None:
                fault.times -= 1
                if not fault.times:
                    self._waiting.remove(fault)
            return fault


@dataclass
class Hold:
    """Blocks the nth matching request, before or after its work, until released."""

    service: str
    operation: str
    when: str = "before"
    nth: int = 1
    released: threading.Event = field(default_factory=threading.Event)


class Holds:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: list[Hold] = []
        self._blocking: list[tuple[Hold, str]] = []

    def arm(self, hold: Hold) -> None:
        with self._lock:
            self._armed.append(hold)

    def waiting(self) -> list[dict[str, str]]:
        with self._lock:
            return [
                {"service": hold.service, "operation": operation, "when": hold.when}
                for hold, operation in self._blocking
            ]

    def release(self) -> None:
        """Lets every blocked request go on and forgets the armed ones."""
        with self._lock:
            for hold, _ in self._blocking:
                hold.released.set()
            self._blocking.clear()
            self._armed.clear()

    def pass_through(self, service: str, operation: str, when: str) -> bool:
        """Waits where a hold says so; True when the request was held."""
        hold = self._caught(service, operation, when)
        if hold is None:
            return False
        hold.released.wait()
        return True

    def _caught(self, service: str, operation: str, when: str) -> Hold | None:
        with self._lock:
            for hold in self._armed:
                if hold.when == when and strikes(hold, service, operation):
                    hold.nth -= 1
                    if hold.nth == 0:
                        self._armed.remove(hold)
                        self._blocking.append((hold, operation))
                        return hold
            return None
