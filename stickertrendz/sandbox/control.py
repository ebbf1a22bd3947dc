"""The control room under /_sandbox: state, calls, faults, holds, reset and the clock."""

from typing import TYPE_CHECKING, Any

from stickertrendz.sandbox.faults import NAMES, Fault, Hold
from stickertrendz.sandbox.routing import Abort, Reply, Request, Route, Service

if TYPE_CHECKING:
    from stickertrendz.sandbox.server import Sandbox

PREFIX = "/_sandbox/"


class Nothing:
    """The control room keeps no state of its own."""

    def dump(self) -> dict[str, Any]:
        return {}

    def load(self, state: dict[str, Any]) -> None:
        del state


class Control:
    def __init__(self, sandbox: "Sandbox") -> None:
        self.sandbox = sandbox

    def service(self) -> Service:
        return Service("control", Nothing(), [
            Route("GET", "/_sandbox/state", "state", self.state),
            Route("GET", "/_sandbox/calls", "calls.list", self.calls),
            Route("DELETE", "/_sandbox/calls", "calls.clear", self.forget_calls),
            Route("GET", "/_sandbox/faults", "faults.list", self.faults),
            Route("POST", "/_sandbox/faults", "faults.add", self.add_faults),
            Route("DELETE", "/_sandbox/faults", "faults.clear", self.clear_faults),
            Route("GET", "/_sandbox/hold", "hold.list", self.holds),
            Route("POST", "/_sandbox/hold", "hold.arm", self.arm_hold),
            Route("DELETE", "/_sandbox/hold", "hold.release", self.release_holds),
            Route("POST", "/_sandbox/reset", "reset", self.reset),
            Route("GET", "/_sandbox/clock", "clock", self.clock),
            Route("POST", "/_sandbox/clock", "clock.set", self.set_clock),
        ])  # fmt: skip

    def state(self, request: Request) -> Reply:
        return Reply.of_json(self.sandbox.dump())

    def calls(self, request: Request) -> Reply:
        return Reply.of_json(self.sandbox.calls())

    def forget_calls(self, request: Request) -> Reply:
        self.sandbox.forget_calls()
        return Reply(204)

    def faults(self, request: Request) -> Reply:
        return Reply.of_json(self.sandbox.faults.list())

    def add_faults(self, request: Request) -> Reply:
        wanted = request.json()
        faults = [self._fault(each) for each in (wanted if isinstance(wanted, list) else [wanted])]
        for fault in faults:
            self.sandbox.faults.add(fault)
        return Reply.of_json(self.sandbox.faults.list(), 201)

    def _fault(self, wanted: Any) -> Fault:
        try:
            fault = Fault(**wanted)
        except TypeError as error:
            raise _refused(f"A fault needs service, operation and fault: {error}") from None
        if fault.fault not in NAMES:
            raise _refused(f"There is no fault {fault.fault!r}; there are {', '.join(sorted(NAMES))}.")
        self._known(fault.service, fault.operation)
        return fault

    def _known(self, service: str, operation: str) -> None:
        operations = self.sandbox.operations(service)
        if operation != "*" and operation not in operations:
            raise _refused(f"There is no operation {service}/{operation}; there are {', '.join(operations) or 'none'}.")

    def clear_faults(self, request: Request) -> Reply:
        self.sandbox.faults.clear()
        return Reply(204)

    def holds(self, request: Request) -> Reply:
        return Reply.of_json({"waiting": self.sandbox.holds.waiting()})

    def arm_hold(self, request: Request) -> Reply:
        wanted = request.json()
        if not isinstance(wanted, dict) or not set(wanted) <= {"service", "operation", "when", "nth"}:
            raise _refused("A hold takes service, operation, when (before or after) and nth.")
        hold = Hold(
            wanted.get("service", ""), wanted.get("operation", "*"), wanted.get("when", "before"), wanted.get("nth", 1)
        )
        if hold.when not in ("before", "after"):
            raise _refused("A hold's when is before or after.")
        self._known(hold.service, hold.operation)
        self.sandbox.holds.arm(hold)
        return Reply(201)

    def release_holds(self, request: Request) -> Reply:
        self.sandbox.holds.release()
        return Reply(204)

    def reset(self, request: Request) -> Reply:
        self.sandbox.reset()
        return Reply(204)

    def clock(self, request: Request) -> Reply:
        return Reply.of_json({"now": self.sandbox.now(), "offset": self.sandbox.offset})

    def set_clock(self, request: Request) -> Reply:
        """{"offset": seconds} sets the distance to real time, {"advance": seconds} adds to it."""
        wanted = request.json()
        if not isinstance(wanted, dict) or set(wanted) not in ({"offset"}, {"advance"}):
            raise _refused("The clock takes either offset or advance, in seconds.")
        self.sandbox.offset = float(wanted.get("offset", self.sandbox.offset)) + float(wanted.get("advance", 0))
        return self.clock(request)


def _refused(message: str) -> Abort:
    return Abort(Reply.of_json({"error": message}, 400))
