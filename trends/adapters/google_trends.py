"""Google Trends: the trending feed as the source of record, related queries by pytrends as a best effort."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from importlib import import_module
from typing import Any, TypeVar

import requests
from django.conf import settings

from stickertrendz import clock
from stickertrendz.adapters.text import clean
from stickertrendz.ops.errors import OutsideError
from stickertrendz.ops.guard import Answer, Call, Repeat, send
from stickertrendz.ops.meters import Reserve
from trends.extract import GOOGLE_TRENDS
from trends.rank import Seen
from trends.recordings import BadRecording, BadRow, read_rss

from .feed import fetch
from .protocol import Adapter, Look

SERVICE = "google_trends"
METER = "google"
ONE_REQUEST = (Reserve(METER),)
TIMEOUTS = (5, 15)  # seconds to connect and to answer
BREAKOUT = 5000  # growth in percent from which Google says "Breakout"; pytrends drops the word and keeps the number
KEYWORD = "stickers"
T = TypeVar("T")


def trending(country: str, etag: str = "") -> Look:
    """What a country searches for now. Nothing is seen when the feed did not change since `etag`."""
    call = Call(SERVICE, "trending.rss", Repeat.SAFE, priority=3, reserve=ONE_REQUEST)
    feed = fetch(call, f"{settings.GOOGLE_TRENDS_URL}/trending/rss", {"geo": country}, etag)
    if feed.unchanged:
        return Look([], etag)
    try:
        entries = list(read_rss(feed.body, country))
    except BadRecording as error:
        raise OutsideError(SERVICE, str(error)) from error
    now = clock.now()
    seen = [replace(entry, text=clean(entry.text), observed_at=now) for entry in entries if isinstance(entry, Seen)]
    skipped = tuple(f"entry {entry.line}: {entry.reason}" for entry in entries if isinstance(entry, BadRow))
    if skipped and not seen:
        raise OutsideError(SERVICE, f"none of its {len(skipped)} entries can be read; {skipped[0]}", permanent=True)
    return Look(seen, feed.etag, skipped)


def breakouts(country: str, mark: str = "") -> Look:
    """Queries about stickers that grew more than fiftyfold: three requests, each of which Google may refuse."""
    pytrends = _pytrends()
    # A redirect followed would be a request more than was counted. `retries` above 0 fails with urllib3 2.
    ways = {"timeout": TIMEOUTS, "retries": 0, "requests_args": {"allow_redirects": False}}
    client: Any = _send("explore.page", lambda: pytrends.TrendReq(hl="en-US", tz=0, **ways))
    _send("explore", lambda: client.build_payload([KEYWORD], timeframe="now 7-d", geo=country))
    found: Any = _send("relatedsearches", client.related_queries)
    return _risen(found, country)


def _risen(found: Any, country: str) -> Look:
    """The queries of pytrends' tables that broke out. A keyword without a table had nothing rising."""
    try:
        table = found[KEYWORD]["rising"]
        rows = [] if table is None else table.to_dict("records")
        risen = [str(row["query"]) for row in rows if int(row["value"]) >= BREAKOUT]
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        raise OutsideError(SERVICE, f"an answer we cannot read: {error!r}", permanent=True) from error
    now = clock.now()
    return Look([_query(query, country, now) for query in risen if clean(query).strip()])


def _query(query: str, country: str, now: datetime) -> Seen:
    """The growth is no count of searches, so there is no score."""
    words = clean(query, 200)
    return Seen(
        id=f"{country}:{words}", source=GOOGLE_TRENDS, place=country, text=words, score=None, comments=None,
        created_at=now, observed_at=now, url="",
    )  # fmt: skip


def _pytrends() -> Any:
    """Imported on first use: it brings pandas, which no process without a breakout source should carry."""
    module: Any = import_module("pytrends.request")
    base = f"{settings.GOOGLE_TRENDS_URL}/trends"
    module.BASE_TRENDS_URL = base
    module.TrendReq.GENERAL_URL = f"{base}/api/explore"
    module.TrendReq.RELATED_QUERIES_URL = f"{base}/api/widgetdata/relatedsearches"
    return module


def _send(operation: str, ask: Callable[[], T]) -> T:
    def go() -> Answer[T]:
        try:
            return Answer(ask())
        except requests.RequestException as error:
            raise OutsideError(SERVICE, f"no answer: {error}", ambiguous=True) from error
        except IndexError as error:  # an empty ranking, which is how Google often turns servers away
            raise OutsideError(SERVICE, "it gave no ranking, as it often does to servers", permanent=True) from error
        except (LookupError, ValueError, TypeError, AttributeError) as error:
            raise OutsideError(SERVICE, f"an answer we cannot read: {error!r}") from error
        except Exception as error:
            response = getattr(error, "response", None)  # pytrends' own errors, which carry the answer
            if response is None:
                raise
            status = response.status_code
            permanent = 400 <= status < 500 and status != 429
            raise OutsideError(SERVICE, f"it answered {status}", permanent=permanent, status=status) from error

    return send(Call(SERVICE, operation, Repeat.SAFE, priority=3, reserve=ONE_REQUEST), go)


def _country(given: str) -> str:
    code = given.strip().upper()
    if not re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", code):
        raise ValueError("Write a country code such as US or GB, or one with its region such as US-CA.")
    return code


TRENDING = Adapter(SERVICE, trending, _country, requests=1, meter=METER)
BREAKOUTS = Adapter(SERVICE, breakouts, _country, requests=3, meter=METER)
