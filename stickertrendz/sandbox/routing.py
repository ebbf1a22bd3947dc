"""Requests, replies and the table of routes that every imitated service fills."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote


class Abort(Exception):
    """Raised inside a handler to answer at once with `reply`."""

    def __init__(self, reply: "Reply") -> None:
        super().__init__(reply.status)
        self.reply = reply


@dataclass
class Request:
    """One call; header names are lower-case, `refused` is set by the fault `refuse`."""

    method: str
    path: str
    query: dict[str, list[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    args: dict[str, str] = field(default_factory=dict)
    refused: bool = False

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """The decoded body; answers 400 when it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise Abort(Reply.of_json({"error": "The request body is not valid JSON."}, 400)) from None

    def form(self) -> dict[str, list[str]]:
        """The fields of a urlencoded or multipart body (without its files)."""
        if self.content_type == "multipart/form-data":
            fields: dict[str, list[str]] = {}
            for name, filename, content in self._parts():
                if filename is None:
                    fields.setdefault(name, []).append(content.decode("utf-8", "replace"))
            return fields
        return parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    def files(self) -> dict[str, tuple[str, bytes]]:
        """Uploaded files of a multipart body: part name to file name and content."""
        if self.content_type != "multipart/form-data":
            return {}
        return {name: (filename, content) for name, filename, content in self._parts() if filename is not None}

    def _parts(self) -> Iterable[tuple[str, str | None, bytes]]:
        header = BytesHeaderParser().parsebytes(f"Content-Type: {self.headers.get('content-type', '')}\n\n".encode())
        boundary = header.get_boundary()
        if not boundary:
            raise Abort(Reply.of_json({"error": "The multipart body has no boundary."}, 400))
        for chunk in self.body.split(b"--" + boundary.encode())[1:]:
            if chunk.startswith(b"--"):
                return
            head, _, content = chunk.removeprefix(b"\r\n").partition(b"\r\n\r\n")
            part = BytesHeaderParser().parsebytes(head + b"\r\n\r\n")
            name = part.get_param("name", header="content-disposition")
            yield str(name or ""), part.get_filename(), content.removesuffix(b"\r\n")


@dataclass
class Reply:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_json(cls, value: Any, status: int = 200, **headers: str) -> "Reply":
        """Header names are given as keywords: retry_after becomes retry-after."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        body = json.dumps(value, separators=(",", ":")).encode()
        return cls(status, body, {"content-type": "application/json; charset=utf-8", **named})

    @classmethod
    def text(cls, text: str, status: int = 200, content_type: str = "text/plain; charset=utf-8") -> "Reply":
        return cls(status, text.encode(), {"content-type": content_type})


Handler = Callable[[Request], Reply]


@dataclass(frozen=True)
class Route:
    """`{name}` in the pattern captures one path segment."""

    method: str
    pattern: str
    operation: str
    handler: Handler


class World(Protocol):
    """The state of one service; what `dump` gives must survive JSON."""

    def dump(self) -> dict[str, Any]: ...

    def load(self, state: dict[str, Any]) -> None: ...


def plain_error(status: int, message: str) -> Reply:
    return Reply.of_json({"error": message}, status)


@dataclass
class Service:
    """`error` gives a refusal the shape this service is known for."""

    name: str
    world: World
    routes: list[Route]
    error: Callable[[int, str], Reply] = plain_error


Factory = Callable[[int, Callable[[], float], Callable[[], str]], Service]


class RouteTable:
    """Finds the route of a request; fixed segments win over captured ones."""

    def __init__(self, services: Iterable[Service]) -> None:
        self._by_length: dict[int, list[tuple[tuple[str, ...], Service, Route]]] = {}
        for service in services:
            for route in service.routes:
                segments = tuple(route.pattern.split("/"))
                self._by_length.setdefault(len(segments), []).append((segments, service, route))
        for entries in self._by_length.values():
            entries.sort(key=lambda entry: [segment.startswith("{") for segment in entry[0]])

    def find(self, method: str, path: str) -> tuple[Service, Route, dict[str, str]] | Reply:
        """The matching route and its captures, or the reply 404 or 405."""
        given = path.split("/")
        allowed: list[str] = []
        for segments, service, route in self._by_length.get(len(given), ()):
            args = _captures(segments, given)
            if args is None:
                continue
            if route.method == method:
                return service, route, args
            allowed.append(route.method)
        if allowed:
            return Reply.of_json(
                {"error": f"Method {method} is not allowed here."}, 405, allow=", ".join(sorted(allowed))
            )
        return Reply.of_json({"error": f"There is no {path} here."}, 404)


def _captures(segments: tuple[str, ...], given: list[str]) -> dict[str, str] | None:
    args: dict[str, str] = {}
    for wanted, actual in zip(segments, given, strict=True):
        if wanted.startswith("{"):
            if not actual:
                return None
            args[wanted[1:-1]] = unquote(actual)
        elif wanted != actual:
            return None
    return args
