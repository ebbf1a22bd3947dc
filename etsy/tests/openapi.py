"""Holds requests, as they arrived, against an OpenAPI document: paths, encodings, field names, types and enums."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS30Validator

from stickertrendz.sandbox.routing import Request

Schema = dict[str, Any]
BOOLEANS = {"true": True, "false": False, "1": True, "0": False}
COMPONENTS = "#/components/"


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    segments: tuple[str, ...]
    spec: Schema
    parameters: tuple[Schema, ...]

    def captures(self, method: str, segments: tuple[str, ...]) -> dict[str, str] | None:
        if method != self.method or len(segments) != len(self.segments):
            return None
        pairs = list(zip(self.segments, segments, strict=True))
        if any(wanted != given for wanted, given in pairs if not wanted.startswith("{")):
            return None
        return {wanted[1:-1]: given for wanted, given in pairs if wanted.startswith("{")}


class Document:
    def __init__(self, file: Path) -> None:
        self.components: Schema = (told := json.loads(file.read_text())).get("components", {})
        self.operations = [
            Operation(
                spec["operationId"], method.upper(), tuple(path.split("/")), spec,
                tuple(map(self._plain, [*methods.get("parameters", ()), *spec.get("parameters", ())])),
            )
            for path, methods in told["paths"].items()
            for method, spec in methods.items()
            if isinstance(spec, dict) and "operationId" in spec
        ]  # fmt: skip

    def describes(self, path: str) -> bool:
        return any("/".join(one.segments) == path for one in self.operations)

    def operation(self, method: str, path: str) -> str:
        """The name of the operation at an address, or nothing."""
        found = self._find(method, path)
        return found[0].name if found else ""

    def _find(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        segments = tuple(path.split("/"))
        matches = [(one, found) for one in self.operations if (found := one.captures(method, segments)) is not None]
        return min(matches, key=lambda match: len(match[1]), default=None)  # fixed segments win over captured ones

    def complaints(self, request: Request) -> list[str]:
        """What the document has against the request, each beginning with the operation; none when all is in order."""
        found = self._find(request.method, request.path)
        if found is None:
            return [f"{request.method} {request.path}: no such operation"]
        operation, path = found
        complaints = [
            *_access(operation, request),
            *_judged(_fields(operation, "path"), {name: [value] for name, value in path.items()}),
            *_judged(_fields(operation, "query"), request.query),
            *self._body(operation, request),
        ]
        return [f"{operation.name}: {complaint}" for complaint in complaints]

    def _body(self, operation: Operation, request: Request) -> Iterable[str]:
        content = self._plain(operation.spec.get("requestBody", {})).get("content", {})
        if not content:
            return ["a body where none belongs"] if request.body else []
        if request.content_type not in content:
            return [f"content type {request.content_type or 'missing'} instead of {' or '.join(content)}"]
        schema = _strict(self._plain(content[request.content_type]["schema"]))
        if request.content_type == "application/json":
            return _errors(schema, request.json())
        files = {name: [filename] for name, (filename, _) in request.files().items() if filename}
        return _judged(schema, {**request.form(), **files})

    def _plain(self, node: Any) -> Any:
        """The node with everything it refers to in its place; what requests are described by never refers to itself."""
        if isinstance(node, list):
            return [self._plain(part) for part in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            kind, name = node["$ref"].removeprefix(COMPONENTS).split("/")
            return self._plain(self.components[kind][name])
        return {key: self._plain(part) for key, part in node.items()}


def _access(operation: Operation, request: Request) -> Iterable[str]:
    schemes = {name for wanted in operation.spec.get("security", ()) for name in wanted}
    keystring, _, secret = request.headers.get("x-api-key", "").partition(":")
    if "api_key" in schemes and not (keystring and secret):
        yield "x-api-key is not keystring:secret"
    if "oauth2" in schemes and not request.headers.get("authorization", "").startswith("Bearer "):
        yield "no bearer token"


def _fields(operation: Operation, place: str) -> Schema:
    """The parameters of a place as the schema of an object."""
    here = [one for one in operation.parameters if one["in"] == place]
    required = [one["name"] for one in here if one.get("required")]
    properties = {one["name"]: _strict(one["schema"]) for one in here}
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _strict(schema: Schema) -> Schema:
    """Refuses fields that are not described: a validator alone lets a misspelt optional field pass."""
    tight = {**schema}
    if "properties" in schema:
        tight["properties"] = {name: _strict(part) for name, part in schema["properties"].items()}
        tight.setdefault("additionalProperties", False)
    if "items" in schema:
        tight["items"] = _strict(schema["items"])
    return tight


def _judged(schema: Schema, given: dict[str, list[str]]) -> list[str]:
    repeated = [f"{name} is given {len(values)} times" for name, values in given.items() if len(values) > 1]
    properties = schema.get("properties", {})
    return repeated + _errors(schema, {name: _typed(properties.get(name, {}), one[0]) for name, one in given.items()})


def _typed(schema: Schema, text: str) -> Any:
    """The text as what the schema calls for; what cannot be that stays text, which the validator then refuses."""
    kind = schema.get("type")
    if kind == "array":
        return [_typed(schema.get("items", {}), part) for part in text.split(",")]
    if kind == "boolean":
        return BOOLEANS.get(text, text)
    if kind in ("integer", "number"):
        try:
            return int(text) if kind == "integer" else float(text)
        except ValueError:
            return text
    return text


def _errors(schema: Schema, value: Any) -> list[str]:
    found = OAS30Validator(schema).iter_errors(value)
    return [f"{'.'.join(map(str, error.absolute_path))} {error.message[:200]}".strip() for error in found]
