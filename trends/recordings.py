"""Reads recordings (Reddit listings, two CSV forms, Google's trending feed) as the live sources would give them."""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import chain
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from trends.extract import GOOGLE_TRENDS, REDDIT, Seen

MAX_BYTES = {".json": 32_000_000, ".csv": 512_000_000, ".xml": 2_000_000}
LONGEST_LINE = 1_000_000  # characters; what is longer is cut into lines, none of which is a row
REASON_LENGTH = 160
TITLE_LENGTH = 300
LARGEST_COUNT = 2_147_483_647  # what an integer column holds
REDDIT_PAGE = "https://www.reddit.com"
_NOT_UTF8 = re.compile("[\udc80-\udcff]")  # how bytes that are no text come out of a file
_HT = "{https://trends.google.com/trending/rss}"


class BadRecording(Exception):
    """The file as a whole cannot be read; the message says why, for the person who named it."""


@dataclass(frozen=True)
class BadRow:
    """`line` counts from 1: lines of a CSV file, entries of a listing or feed."""

    line: int
    reason: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "reason", self.reason[:REASON_LENGTH])  # it may repeat what the row held


def read(path: Path) -> Iterator[Seen | BadRow]:
    """Every entry in file order; a bad one as BadRow. Raises BadRecording before the first entry or at a broken end."""
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise BadRecording(f"{path.name}: expected a .csv, .json or .xml recording")
    try:
        if path.stat().st_size > MAX_BYTES[path.suffix.lower()]:
            raise BadRecording(f"{path.name}: larger than {MAX_BYTES[path.suffix.lower()]:,} bytes")
        yield from reader(path)
    except OSError as error:
        raise BadRecording(f"{path.name}: {error.strerror or error}") from error
    except (RecursionError, ValueError) as error:
        raise BadRecording(f"{path.name}: not a readable recording ({error})") from error


def shift(rows: Iterable[Seen], now: datetime) -> list[Seen]:
    """Moves all times by one amount, so that the last reading is now."""
    kept = list(rows)
    if not kept:
        return []
    by = now - max(row.observed_at for row in kept)
    return [replace(row, created_at=row.created_at + by, observed_at=row.observed_at + by) for row in kept]


def _read_csv(path: Path) -> Iterator[Seen | BadRow]:
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        lines = iter(lambda: file.readline(LONGEST_LINE), "")
        names = _fields([next(lines, "")])
        columns = set(names)
        if not {"title", "score", "num_comments"} <= columns or not columns & {"subreddit", "subreddit_display_name"}:
            raise BadRecording(f"{path.name}: the first line must name title, subreddit, score and num_comments")
        for line, fields in _records(lines, len(names)):
            yield _row_or_reason(line, names, fields)


def _records(lines: Iterator[str], width: int) -> Iterator[tuple[int, list[str]]]:
    """Each record and its line. One of several lines that does not fit had a quote left open: its lines stand alone."""
    number = 1
    for line in lines:
        taken = [line]
        fields = _fields(chain([line], _noting(lines, taken)))
        if len(taken) > 1 and len(fields) != width:
            yield from ((number + nth, _fields([own])) for nth, own in enumerate(taken, 1) if own.strip())
        elif line.strip():
            yield number + 1, fields
        number += len(taken)


def _noting(lines: Iterator[str], taken: list[str]) -> Iterator[str]:
    for line in lines:
        taken.append(line)
        yield line


def _fields(lines: Iterable[str]) -> list[str]:
    """The fields of the first record; none when its quotes are damaged."""
    try:
        return next(csv.reader(lines, strict=True), [])
    except csv.Error:
        return []


def _row_or_reason(line: int, names: list[str], fields: list[str]) -> Seen | BadRow:
    try:
        if len(fields) != len(names):
            raise ValueError("wrong number of columns" if fields else "damaged quotes")
        if _NOT_UTF8.search("".join(fields)):
            raise ValueError("not UTF-8")
        return _csv_row(dict(zip(names, fields, strict=True)))
    except (ValueError, OverflowError) as error:
        return BadRow(line, str(error))


def _csv_row(row: dict[str, str]) -> Seen:
    place = _required(row.get("subreddit_display_name") or row.get("subreddit"), "subreddit")
    created, observed = _csv_times(row)
    text = _title(row["title"])
    return Seen(
        id=row.get("id") or f"{place}:{created:%Y%m%d%H}:{text[:80]}",
        source=REDDIT,
        place=place,
        text=text,
        score=_count(row["score"], "score"),
        comments=_count(row["num_comments"], "num_comments"),
        created_at=created,
        observed_at=observed,
        url=f"{REDDIT_PAGE}/comments/{row['id']}/" if row.get("id") else row.get("url", ""),
    )


def _csv_times(row: dict[str, str]) -> tuple[datetime, datetime]:
    """Made and seen. The hourly form has both; `created_date` there is wrong and not read."""
    made = row.get("created") or row.get("created_utc")
    seen = row.get("date")
    created = _from_unix(made) if made else None
    observed = _from_date(seen) if seen else None
    times = [at for at in (created, observed) if at is not None]
    if not times:
        raise ValueError("neither created nor date is filled in")
    return times[0], max(times)


def _from_date(text: str) -> datetime:
    """A whole day is read at its end, because the day's final numbers were known only then."""
    at = datetime.fromisoformat(text)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at + timedelta(days=1) - timedelta(seconds=1) if len(text) == 10 else at


def _read_json(path: Path) -> Iterator[Seen | BadRow]:
    try:
        found = json.loads(path.read_bytes())
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadRecording(f"{path.name}: not valid JSON ({error})") from error
    number = 0
    for listing, recorded_at in _listings(path.name, found):
        for child in listing:
            number += 1
            yield _post_or_reason(number, child, recorded_at)


def _listings(name: str, found: Any) -> Iterator[tuple[list[Any], Any]]:
    """A single listing as the API gives it, or a list of recorded answers, each with its time."""
    for entry in found if isinstance(found, list) else [found]:
        recorded = entry if isinstance(entry, dict) else {}
        data = recorded.get("listing", recorded)
        data = data.get("data") if isinstance(data, dict) else None
        children = data.get("children") if isinstance(data, dict) else None
        if not isinstance(children, list):
            raise BadRecording(f"{name}: not a Reddit listing (data.children is missing)")
        yield children, recorded.get("recorded_at")


def _post_or_reason(number: int, child: object, recorded_at: object) -> Seen | BadRow:
    data = child.get("data") if isinstance(child, dict) else None
    if not isinstance(data, dict) or (isinstance(child, dict) and child.get("kind") != "t3"):
        return BadRow(number, "not a post")
    try:
        return _post(data, recorded_at)
    except (ValueError, TypeError, OverflowError) as error:
        return BadRow(number, str(error))


def _post(data: dict[str, Any], recorded_at: object) -> Seen:
    created = _from_unix(data.get("created_utc"))
    observed = _from_date(recorded_at) if isinstance(recorded_at, str) else created
    return Seen(
        id=str(_required(data.get("id"), "id")),
        source=REDDIT,
        place=str(_required(data.get("subreddit"), "subreddit")),
        text=_title(data.get("title")),
        score=_count(data.get("score"), "score"),
        comments=_count(data.get("num_comments"), "num_comments"),
        created_at=created,
        observed_at=max(created, observed),
        url=REDDIT_PAGE + str(data.get("permalink") or f"/comments/{data['id']}/"),
    )


def _read_rss(path: Path) -> Iterator[Seen | BadRow]:
    yield from read_rss(path.read_bytes(), geo="US", name=path.name)


def read_rss(body: bytes, geo: str, name: str = "trending feed") -> Iterator[Seen | BadRow]:
    """Entries of Google's trending feed. It has no ids, so geo, words and time make one; traffic is the score."""
    if len(body) > MAX_BYTES[".xml"]:
        raise BadRecording(f"{name}: larger than {MAX_BYTES['.xml']:,} bytes")
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
        raise BadRecording(f"{name}: not a readable feed ({error})") from error
    if root.tag != "rss":
        raise BadRecording(f"{name}: not an RSS feed")
    items = list(root.iter("item"))
    for number, item in enumerate(items, 1):
        try:
            yield _search(item, geo)
        except (ValueError, TypeError, OverflowError) as error:
            yield BadRow(number, str(error))


def _search(item: Element, geo: str) -> Seen:
    text = _title(item.findtext("title"))
    at = parsedate_to_datetime(_required(item.findtext("pubDate"), "pubDate")).astimezone(UTC)
    return Seen(
        id=f"{geo}:{text}:{at:%Y%m%d%H%M}",
        source=GOOGLE_TRENDS,
        place=geo,
        text=text,
        score=traffic(item.findtext(f"{_HT}approx_traffic") or ""),
        comments=None,
        created_at=at,
        observed_at=at,
        url=item.findtext(f"{_HT}news_item/{_HT}news_item_url") or "",
    )


def traffic(text: str) -> int | None:
    """Searches from "200+", "20,000+", "20K+" or "2M+"; None where there is no number."""
    bare = text.strip().rstrip("+").replace(",", "").upper()
    factor = {"K": 1_000, "M": 1_000_000}.get(bare[-1:], 1)
    digits = bare if factor == 1 else bare[:-1]
    return int(digits) * factor if digits.isascii() and digits.isdigit() else None


def _required(value: Any, name: str) -> Any:
    if value is None or value == "":
        raise ValueError(f"{name} is missing")
    return value


def _title(value: Any) -> str:
    """At most as long as a Reddit title may be, without characters a database refuses."""
    text = str(_required(value, "title")).replace("\x00", "").encode("utf-8", "ignore").decode().strip()
    return str(_required(text, "title"))[:TITLE_LENGTH]


def _count(value: Any, name: str) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{name} is not a whole number: {value!r}") from error
    if abs(number) > LARGEST_COUNT:
        raise ValueError(f"{name} is too large: {value!r}")
    return number


def _from_unix(value: Any) -> datetime:
    try:
        return datetime.fromtimestamp(float(_required(value, "created")), UTC)
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise ValueError(f"created is not a time: {value!r}") from error


_READERS = {".csv": _read_csv, ".json": _read_json, ".xml": _read_rss, ".rss": _read_rss}
MAX_BYTES[".rss"] = MAX_BYTES[".xml"]
