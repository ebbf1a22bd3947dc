"""Addresses within the United States: read from a block of lines as Etsy shows it, and checked field by field."""

import re
from dataclasses import asdict, replace

from .privacy import Address

STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky",
    "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire",
    "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota",
    "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island",
    "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont",
    "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
    "AS": "American Samoa", "GU": "Guam", "MP": "Northern Mariana Islands", "PR": "Puerto Rico",
    "VI": "U.S. Virgin Islands", "AA": "Armed Forces Americas", "AE": "Armed Forces Europe",
    "AP": "Armed Forces Pacific",
}  # fmt: skip
_CODES = {name.casefold(): code for code, name in STATES.items()} | {code.casefold(): code for code in STATES}
_COUNTRY = {"united states", "united states of america", "usa", "us", "u.s.a.", "u.s."}
ZIP = re.compile(r"[0-9]{5}(?:-[0-9]{4})?")
_ENDS_WITH_ZIP = re.compile(rf"(.+?)[,\s]+({ZIP.pattern})")
EMPTY = Address("", "", "", "", "", "", "US")


def state_code(told: str) -> str:
    """The two letters of a state told by its letters or its name; empty when there is no such state."""
    return _CODES.get(" ".join(told.split()).casefold(), "")


def read(block: str) -> Address:
    """Name, street, a second line or more, then city, state and ZIP, and perhaps the country.

    ValueError, in words for the operator that repeat nothing of the block, when it cannot be told apart.
    """
    lines = [" ".join(line.split()) for line in block.splitlines() if line.strip()]
    at = next((at for at in reversed(range(len(lines))) if _place(lines[at])), None)
    if at is None:
        raise ValueError("No line ends with a state of the United States and a ZIP code. Fill in the fields by hand.")
    if any(line.casefold() not in _COUNTRY for line in lines[at + 1 :]):
        raise ValueError("The country is not the United States: we ship nowhere else.")
    if at < 2:
        raise ValueError("Name or street is missing: both stand above the line with the city.")
    name, street, *more = lines[:at]
    city, state, zip_code = _place(lines[at]) or ("", "", "")
    return replace(
        EMPTY, name=name, first_line=street, second_line=", ".join(more), city=city, state=state, zip=zip_code
    )


def _place(line: str) -> tuple[str, str, str] | None:
    """City, state and ZIP; the state may be of several words, and the comma be missing."""
    ends = _ENDS_WITH_ZIP.fullmatch(line)
    words = ends[1].replace(",", " , ").split() if ends else []
    for count in range(min(4, len(words) - 1), 0, -1):
        code, city = state_code(" ".join(words[-count:])), " ".join(words[:-count]).replace(" ,", ",").strip(" ,")
        if ends and code and city:
            return city, code, ends[2]
    return None


def wrong(address: Address) -> dict[str, str]:
    """What is wrong with which field; empty for an address that a parcel can be sent to."""
    fields = asdict(address)
    found = {name: "This is needed." for name in ("name", "first_line", "city", "state", "zip") if not fields[name]}
    if address.state and address.state not in STATES:
        found["state"] = "There is no such state. Give its two letters or its name."
    if address.zip and not ZIP.fullmatch(address.zip):
        found["zip"] = "A ZIP code has five digits, or nine as in 87001-4242."
    if address.country != "US":
        found["country"] = "We ship within the United States only."
    return found
