"""The sandbox server: every imitated service on one loopback port, with faults, holds and a saved state."""

import json
import logging
import os
import select
import socket
import socketserver
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from stickertrendz.sandbox import etsy, google_trends, openai, reddit, replicate, sticker_mule
from stickertrendz.sandbox.control import PREFIX, Control
from stickertrendz.sandbox.faults import Fault, Faults, Holds
from stickertrendz.sandbox.routing import Abort, Factory, Reply, Request, Route, RouteTable, Service, World

# One line per service: import its factory above and add it here.
FACTORIES: tuple[Factory, ...] = (
    reddit.service,
    google_trends.service,
    openai.service,
    replicate.service,
    etsy.service,
    sticker_mule.service,
)

CALLS_KEPT = 50_000
log = logging.getLogger(__name__)


class Gone(Exception):
    """The client is not to be answered, or no longer there."""


class Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, sandbox: "Sandbox") -> None:
        self.sandbox = sandbox
        self.open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), Handler)

    def server_bind(self) -> None:
        # HTTPServer's own would ask the resolver for this machine's name.
        socketserver.TCPServer.server_bind(self)

    def hang_up(self) -> None:
        for connection in list(self.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError as error:
                log.debug("connection was already closed: %s", error)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Listener

    def setup(self) -> None:
        super().setup()
        self.server.open.add(self.connection)

    def finish(self) -> None:
        self.server.open.discard(self.connection)
        try:
            super().finish()
        except ConnectionError as error:
            log.debug("client left: %s", error)

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, Gone) as error:
            log.debug("client left: %r", error)

    def log_message(self, format: str, *args: Any) -> None:
        log.debug(format, *args)

    def answer(self) -> None:
        if "transfer-encoding" in self.headers:
            self.close_connection = True
            return self.send(Reply.of_json({"error": "Send a Content-Length."}, 411))
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, path, parse_qs(query, keep_blank_values=True), headers, body)
        return self.send(self.server.sandbox.handle(request, self.connection))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def send(self, reply: Reply) -> None:
        lines = [f"HTTP/1.1 {reply.status} {self.responses.get(reply.status, ('', ''))[0]}"]
        lines += [f"{name}: {value}" for name, value in reply.headers.items()]
        if self.close_connection:
            lines.append("connection: close")
        if reply.status != 204:
            lines.append(f"content-length: {len(reply.body)}")
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + reply.body)
        self.wfile.flush()


class Sandbox:
    """All services, their locks and the clock; `worlds[name]` is a service's state without HTTP."""

    def __init__(self, port: int = 0, seed: int = 1, state_file: Path | str | None = None) -> None:
        self.seed = seed
        self.offset = 0.0
        self.faults = Faults()
        self.holds = Holds()
        self._calls: deque[dict[str, Any]] = deque(maxlen=CALLS_KEPT)
        self._listener = Listener(port, self)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._state_file = Path(state_file) if state_file else None
        self._changed = False
        self._under_way: list[tuple[float, Service, Route, Request]] = []
        self._build()
        if self._state_file and self._state_file.exists():
            self._load(json.loads(self._state_file.read_text()))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.server_address[1]}"

    @property
    def worlds(self) -> dict[str, World]:
        return {name: service.world for name, service in self._services.items()}

    def now(self) -> float:
        return time.time() + self.offset

    def _build(self) -> None:
        services = [factory(self.seed, self.now, lambda: self.url) for factory in FACTORIES]
        self._services = {service.name: service for service in services}
        self._locks = {name: threading.RLock() for name in [*self._services, "control"]}
        self._table = RouteTable([*services, Control(self).service()])

    def start(self) -> "Sandbox":
        jobs = [
            lambda: self._listener.serve_forever(poll_interval=0.05),
            *([self._keep_saving] if self._state_file else []),
        ]
        self._threads = [threading.Thread(target=job, daemon=True, name="sandbox") for job in jobs]
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        self._stopping.set()
        self.holds.release()
        if self._threads:
            self._listener.shutdown()
        self._listener.server_close()
        self._listener.hang_up()
        for thread in self._threads:
            thread.join()
        self._save()

    def reset(self) -> None:
        """Back to the first moment: new worlds, no faults, no holds, no calls, real time."""
        self.holds.release()
        self.faults.clear()
        self._calls.clear()
        self._under_way.clear()
        self.offset = 0.0
        self._build()
        self._changed = True

    def operations(self, service: str) -> list[str]:
        found = self._services.get(service)
        return sorted({route.operation for route in found.routes}) if found else []

    def calls(self) -> list[dict[str, Any]]:
        return list(self._calls)

    def forget_calls(self) -> None:
        self._calls.clear()

    def handle(self, request: Request, connection: socket.socket) -> Reply:
        self._let_arrive()
        found = self._table.find(request.method, request.path)
        if isinstance(found, Reply):
            self._note("", f"{request.method} {request.path}", found.status, None)
            return found
        service, route, request.args = found
        if request.path.startswith(PREFIX):
            return self._work(service, route, request)
        if self.holds.pass_through(service.name, route.operation, "before") and _has_left(connection):
            raise Gone
        fault = self.faults.take(service.name, route.operation)
        reply = self._meet(fault, service, route, request) if fault else self._work(service, route, request)
        self._note(service.name, route.operation, reply.status, fault.fault if fault else None)
        self.holds.pass_through(service.name, route.operation, "after")
        return reply

    def _meet(self, fault: Fault, service: Service, route: Route, request: Request) -> Reply:
        request.refused = fault.fault == "refuse"
        done = self._work(service, route, request) if fault.works else None
        if fault.fault == "twice":
            done = self._work(service, route, request)
        if fault.closes:
            self._note(service.name, route.operation, 0, fault.fault)
            self._stopping.wait(fault.seconds)
            if fault.fault == "late":
                with self._locks["control"]:
                    self._under_way.append((self.now() + fault.late, service, route, request))
            raise Gone
        return fault.reply(service, done)

    def _let_arrive(self) -> None:
        """Requests that were late are worked on by now, whatever became of those who sent them."""
        now = self.now()
        with self._locks["control"]:
            due = [late for late in self._under_way if late[0] <= now]
            self._under_way = [late for late in self._under_way if late[0] > now]
        for _, service, route, request in due:
            self._note(service.name, route.operation, self._work(service, route, request).status, "late")

    def _work(self, service: Service, route: Route, request: Request) -> Reply:
        with self._locks[service.name]:
            try:
                reply = route.handler(request)
            except Abort as refusal:
                reply = refusal.reply
            except Exception as error:  # a defect of the sandbox must be seen, not hang the client
                log.exception("the sandbox failed in %s/%s", service.name, route.operation)
                reply = service.error(500, f"The sandbox itself failed: {error!r}")
        self._changed = True
        return reply

    def _note(self, service: str, operation: str, status: int, fault: str | None) -> None:
        self._calls.append(
            {"service": service, "operation": operation, "status": status, "at": self.now(), "fault": fault}
        )

    def dump(self) -> dict[str, Any]:
        state = {}
        for name, service in self._services.items():
            with self._locks[name]:
                state[name] = json.loads(json.dumps(service.world.dump()))  # a copy that later calls leave alone
        return state

    def _load(self, saved: dict[str, Any]) -> None:
        self.offset = saved["offset"]
        for name, state in saved["services"].items():
            self._services[name].world.load(state)

    def _keep_saving(self) -> None:
        while not self._stopping.wait(1.0):
            self._save()

    def _save(self) -> None:
        if self._state_file is None or not self._changed:
            return
        self._changed = False
        fresh = self._state_file.with_suffix(".new")
        fresh.write_text(json.dumps({"offset": self.offset, "services": self.dump()}))
        os.replace(fresh, self._state_file)


def _has_left(connection: socket.socket) -> bool:
    readable, _, _ = select.select([connection], [], [], 0)
    try:
        return bool(readable) and connection.recv(1, socket.MSG_PEEK) == b""
    except OSError:
        return True
