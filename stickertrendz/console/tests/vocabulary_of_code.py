"""The vocabulary of the code, read from its source: what is written into the audit, asked of services and intended."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

HOLE = "…"  # stands for what an f-string fills in at run time
OURS = ("trends", "stickers", "pricing", "fulfillment", "etsy", "stickertrendz")
APART = {"tests", "sandbox", "migrations"}
Known = frozenset[tuple[str, str]]  # functions and parameters that were followed before


@dataclass(frozen=True)
class Place:
    """Where an expression stands."""

    module: ast.Module
    function: ast.FunctionDef | None = None


def audited() -> set[str]:
    """Every action that `audit.record` is called with."""
    return _arguments("record", 1, of="audit")


def intended() -> set[str]:
    """Every kind of intent."""
    return _arguments("plan", 0, of="intents")


def asked() -> set[str]:
    """Every operation of a service: of Etsy's requests and of the guard's permits."""
    return _arguments("Request", 0) | _arguments("Call", 1)


def _arguments(name: str, place: int, of: str = "") -> set[str]:
    calls = ((call, at) for call, owner, at in _calls(name) if not of or owner == of)
    return {text for call, at in calls if len(call.args) > place for text in _texts(call.args[place], at, frozenset())}


@cache
def _sources() -> dict[Path, str]:
    files = (file for app in OURS for file in sorted((settings.BASE_DIR / app).rglob("*.py")))
    return {file: file.read_text() for file in files if not APART & set(file.relative_to(settings.BASE_DIR).parts)}


def _modules(pattern: str) -> Iterator[ast.Module]:
    """Those in whose text it is found: to parse all of them takes seconds."""
    return (_parsed(file) for file, text in _sources().items() if re.search(pattern, text, re.MULTILINE))


@cache
def _parsed(file: Path) -> ast.Module:
    return ast.parse(_sources()[file])


@cache
def _calls(name: str) -> list[tuple[ast.Call, str, Place]]:
    """Each call of that name, whose it is (`audit` of `audit.record`), and where it stands."""
    found = []
    for module in _modules(rf"\b{name}\("):
        for call, at in _within(module, Place(module)):
            func = call.func
            owner = func.value.id if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) else ""
            if name == (func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")):
                found.append((call, owner, at))
    return found


def _within(node: ast.AST, at: Place) -> Iterator[tuple[ast.Call, Place]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield child, at
        yield from _within(child, Place(at.module, child) if isinstance(child, ast.FunctionDef) else at)


def _texts(node: ast.expr, at: Place, known: Known) -> set[str]:
    """All texts the expression can be, followed through names, defaults, conditions and callers."""
    match node:
        case ast.Constant(value=str(text)):
            return {text} if text else set()
        case ast.IfExp():
            return _texts(node.body, at, known) | _texts(node.orelse, at, known)
        case ast.JoinedStr():
            return {"".join(str(part.value) if isinstance(part, ast.Constant) else HOLE for part in node.values)}
        case ast.Call(func=ast.Name(id=name)):
            return _returned(name, at, known)
        case ast.Name(id=name):
            return _assigned(name, at, known) or _given(name, at, known) or _constant(name)
        case ast.Attribute(attr=name):
            return _constant(name)
    return set()


def _assigned(name: str, at: Place, known: Known) -> set[str]:
    found = (node for node in ast.walk(at.function) if isinstance(node, ast.Assign)) if at.function else ()
    return {
        text for node in found for target in node.targets if isinstance(target, ast.Name) and target.id == name
        for text in _texts(node.value, at, known)
    }  # fmt: skip


def _returned(name: str, at: Place, known: Known) -> set[str]:
    """What a function of the same module answers."""
    made = (node for node in at.module.body if isinstance(node, ast.FunctionDef) and node.name == name)
    return {
        text for function in made for node in ast.walk(function) if isinstance(node, ast.Return) and node.value
        for text in _texts(node.value, Place(at.module, function), known)
    }  # fmt: skip


def _given(name: str, at: Place, known: Known) -> set[str]:
    """What callers hand over for that parameter, and its default; a private function is called in its module only."""
    function = at.function
    if function is None or (function.name, name) in known:
        return set()
    plain = [one.arg for one in function.args.args]
    texts = _default(name, function)
    for call, _, where in _calls(function.name):
        if function.name.startswith("_") and where.module is not at.module:
            continue
        said = [word.value for word in call.keywords if word.arg == name]
        if name in plain and len(call.args) > plain.index(name):
            said.append(call.args[plain.index(name)])
        texts |= {text for one in said for text in _texts(one, where, known | {(function.name, name)})}
    return texts


def _default(name: str, at: ast.FunctionDef) -> set[str]:
    args = at.args
    pairs = [*zip(reversed(args.args), reversed(args.defaults), strict=False),
             *zip(args.kwonlyargs, args.kw_defaults, strict=True)]  # fmt: skip
    return {str(value.value) for one, value in pairs if one.arg == name and isinstance(value, ast.Constant)}


@cache
def _constant(name: str) -> set[str]:
    """A module's constant of that name, wherever it is: `wanted.KIND` is written there."""
    found = ((module, node) for module in _modules(rf"^{name}\b|^\w+, {name}\b") for node in module.body)
    return {
        text for module, node in found if isinstance(node, ast.Assign)
        for target, value in _pairs(node) if isinstance(target, ast.Name) and target.id == name
        for text in _texts(value, Place(module), frozenset())
    }  # fmt: skip


def _pairs(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=True)
        else:
            yield target, node.value
