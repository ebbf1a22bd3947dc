"""Etsy's rules for texts, amounts and lists, and the strict reading of forms and queries."""

import unicodedata
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from stickertrendz.sandbox.etsy.errors import problem, refusal, violation
from stickertrendz.sandbox.routing import Request

TITLE_LENGTH, TAG_LENGTH, STYLE_LENGTH = 140, 20, 45
TAGS, MATERIALS, STYLES = 13, 13, 2
MIN_CENTS, MAX_CENTS = 20, 5_000_000
MAX_QUANTITY = 999
MAX_OFFSET = 12_000
MARKS = "™©®"
ONCE = "%:&+"
YES, NO = ("true", "1"), ("false", "0")

Parser = Callable[[str, str], Any]


def read_form(request: Request, fields: dict[str, Parser], required: Iterable[str] = ()) -> dict[str, Any]:
    """The parsed fields; answers 400 to unknown, repeated, empty and missing ones."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise refusal(400, "The content type must be application/x-www-form-urlencoded.")
    return parsed(request.form(), fields, required)


def read_query(request: Request, fields: dict[str, Parser], required: Iterable[str] = ()) -> dict[str, Any]:
    return parsed(request.query, fields, required)


def parsed(given: dict[str, list[str]], fields: dict[str, Parser], required: Iterable[str] = ()) -> dict[str, Any]:
    for name, values in given.items():
        if name not in fields:
            raise refusal(400, f"Unknown parameter '{name}'.")
        if len(values) > 1:
            raise refusal(400, f"'{name}' was given more than once; separate its values by commas.")
    missing = [name for name in required if name not in given]
    if missing:
        raise refusal(400, f"Missing required parameter(s): {', '.join(missing)}.")
    return {name: fields[name](name, values[0]) for name, values in given.items()}


def text(name: str, value: str) -> str:
    if not value.strip() or "\x00" in value:
        raise problem(name, "it cannot be empty; leave it out instead")
    return value


def text_up_to(length: int) -> Parser:
    def parse(name: str, value: str) -> str:
        if len(text(name, value)) > length:
            raise problem(name, f"it may have at most {length} characters")
        return value

    return parse


def integer(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit()) or len(value) > 18:
        raise problem(name, f"expected int value (got '{value}')")
    return int(value)


def integer_between(low: int, high: int) -> Parser:
    def parse(name: str, value: str) -> int:
        number = integer(name, value)
        if not low <= number <= high:
            raise problem(name, f"it must be from {low} to {high}")
        return number

    return parse


def boolean(name: str, value: str) -> bool:
    if value not in YES + NO:
        raise problem(name, f"expected boolean value (got '{value}')")
    return value in YES


def choice(*allowed: str) -> Parser:
    def parse(name: str, value: str) -> str:
        if value not in allowed:
            raise problem(name, f"'{value}' is not one of {', '.join(allowed)}")
        return value

    return parse


def cents(name: str, value: str) -> int:
    """An amount in dollars, zero allowed, as cents."""
    try:
        amount = Decimal(value) * 100
    except InvalidOperation:
        raise problem(name, f"Expected float value for '{name}' (got '{value}')") from None
    if not amount.is_finite() or amount < 0 or amount != amount.to_integral_value():
        raise problem(name, f"'{value}' is not an amount in dollars and cents")
    return int(amount)


def price(name: str, value: str) -> int:
    amount = cents(name, value)
    if amount < MIN_CENTS:
        raise problem(name, f"price must be above min price of {MIN_CENTS / 100:.2f} USD")
    if amount > MAX_CENTS:
        raise problem(name, f"price must be below max price of {MAX_CENTS / 100:.2f} USD")
    return amount


def measure(name: str, value: str) -> float:
    number = cents(name, value) / 100
    if not number:
        raise refusal(500, "Internal server error")
    return number


def ids(name: str, value: str) -> list[int]:
    return [integer(name, each.strip()) for each in text(name, value).split(",")]


def ids_up_to(most: int) -> Parser:
    def parse(name: str, value: str) -> list[int]:
        found = ids(name, value)
        if len(found) > most:
            raise problem(name, f"at most {most} are allowed")
        return found

    return parse


def title(name: str, value: str) -> str:
    text(name, value)
    if len(value) > TITLE_LENGTH:
        raise violation(f"{name}/1", "too_long", f"The title may have at most {TITLE_LENGTH} characters.")
    forbidden = [letter for letter in value if not _allowed(letter, ("L", "Nd", "P", "Sm", "Zs"))]
    if forbidden:
        raise violation(
            f"{name}/1", "invalid_characters", f"The title contains invalid characters: {' '.join(forbidden)}"
        )
    repeated = [letter for letter in ONCE if value.count(letter) > 1]
    if repeated:
        raise violation(f"{name}/1", "invalid_characters", f"The title may contain {' '.join(repeated)} only once.")
    return value


def _allowed(letter: str, categories: tuple[str, ...]) -> bool:
    return letter in MARKS or unicodedata.category(letter).startswith(categories)


def tags(name: str, value: str) -> list[str]:
    words = _words(name, value, TAGS, TAG_LENGTH)
    for word in words:
        if word[0] in "-'" or not all(letter in "-'" or _allowed(letter, ("L", "Nd", "Zs")) for letter in word):
            raise problem(name, f"'{word}' contains invalid characters")
    if len({word.casefold() for word in words}) < len(words):
        raise problem(name, "You may not have duplicate tags")
    return words


def materials(name: str, value: str) -> list[str]:
    words = _words(name, value, MATERIALS, STYLE_LENGTH)
    for word in words:
        if not all(letter not in MARKS and _allowed(letter, ("L", "Nd", "Zs")) for letter in word):
            raise problem(name, f"'{word}' contains invalid characters")
    return words


def styles(name: str, value: str) -> list[str]:
    return _words(name, value, STYLES, STYLE_LENGTH)


def _words(name: str, value: str, most: int, length: int) -> list[str]:
    words = [word.strip() for word in text(name, value).split(",")]
    if len(words) > most:
        raise problem(name, f"at most {most} are allowed")
    for word in words:
        if not word:
            raise problem(name, "it contains an empty value")
        if len(word) > length:
            raise problem(name, f"'{word}' is longer than {length} characters")
    return words


PAGE: dict[str, Parser] = {"limit": integer_between(1, 100), "offset": integer_between(0, MAX_OFFSET)}


def page(found: list[Any], query: dict[str, Any]) -> list[Any]:
    offset = query.get("offset", 0)
    return found[offset : offset + query.get("limit", 25)]
