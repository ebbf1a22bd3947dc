"""Tracking codes as people paste them: cleaned, told apart by carrier, checked for slips of the finger."""

import re
from collections.abc import Callable

NAMES = {"usps": "USPS", "ups": "UPS", "fedex": "FedEx"}
LONGEST = 60  # what the column holds


def clean(pasted: str) -> str:
    """Without blanks, dashes and the zip code that scanners read before a USPS code; capitals."""
    code = re.sub(r"[\s\u200b\u2010-\u2015-]+", "", pasted).upper()
    behind_zip = re.fullmatch(r"420(?:\d{5}|\d{9})(9[1-5]\d{20})", code)
    return behind_zip[1] if behind_zip else code


def carrier_of(code: str) -> str:
    """`usps`, `ups` or `fedex` for a plausible code of theirs, check digit included; else empty."""
    return next((carrier for carrier, looks, holds in _FORMS if looks.fullmatch(code) and holds(code)), "")


def doubt(code: str) -> str:
    """Why a code may be mistyped, in words; empty for a plausible one and for none (a letter)."""
    if not code or carrier_of(code):
        return ""
    if any(looks.fullmatch(code) for _, looks, _ in _FORMS):
        return f"{code} has a wrong check digit: one of its figures is mistyped."
    return f"{code} looks like no code of {', '.join(NAMES.values())}: {len(code)} characters."


def _mod_10(code: str) -> bool:
    """The check of USPS and FedEx Ground: from the right, every second figure counts three times."""
    digits = [int(one) for one in reversed(code)]
    return (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0


def _s10(code: str) -> bool:
    """The postal unions' check of two letters, nine figures, two letters."""
    figures = [int(one) for one in code[2:11]]
    rest = 11 - sum(a * b for a, b in zip(figures, (8, 6, 4, 2, 3, 5, 9, 7), strict=False)) % 11
    return figures[8] == {10: 0, 11: 5}.get(rest, rest)


def _ups(code: str) -> bool:
    values = [int(one) if one.isdigit() else (ord(one) - 63) % 10 for one in code[2:]]
    return (sum(values[0:15:2]) + 2 * sum(values[1:15:2]) + values[15]) % 10 == 0


def _fedex_express(code: str) -> bool:
    weighed = sum(int(one) * weight for one, weight in zip(code[:11], (3, 1, 7) * 4, strict=False))
    return weighed % 11 % 10 == int(code[11])


_FORMS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("usps", re.compile(r"9[1-5]\d{20}"), _mod_10),
    ("usps", re.compile(r"[A-Z]{2}\d{9}US"), _s10),
    ("ups", re.compile(r"1Z[0-9A-Z]{15}\d"), _ups),
    ("fedex", re.compile(r"\d{12}"), _fedex_express),
    ("fedex", re.compile(r"\d{15}"), _mod_10),
)
