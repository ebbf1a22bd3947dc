"""Google Trends: the trending feed as the source of record, related queries by pytrends as a best effort."""

from collections.abc import Callable
from dataclasses import dataclass, replace
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
from trends.recordings import BadRecording, read_rss

from .feed import fetch

SERVICE = "google_trends"
ONE_REQUEST = (Reserve("google"),)
TIMEOUTS = (5, 15)  # seconds to connect and to answer
BREAKOUT = 5000  # growth in percent from which Google says "Breakout"; pytrends drops the word and keeps the number
KEYWORD = "stickers"
T = TypeVar("T")


@dataclass(frozen=True)
class Trending:
    """`seen` is empty when the feed did not change since `etag`."""

    seen: list[Seen]
    etag: str


def trending(country: str, etag: str = "") -> Trending:
    call = Call(SERVICE, "trending.rss", Repeat.SAFE, priority=3, reserve=ONE_REQUEST)
    feed = fetch(call, f"{settings.GOOGLE_TRENDS_URL}/trending/rss", {"geo": country}, etag)
    if feed.unchanged:
        return Trending([], etag)
    try:
        entries = list(read_rss(feed.body, country))
    except BadRecording as error:
        raise OutsideError(SERVICE, str(error)) from error
    now = clock.now()
    seen = [replace(entry, text=clean(entry.text), observed_at=now) for entry in entries if isinstance(entry, Seen)]
    return Trending(seen, feed.etag)


def breakouts(country: str) -> list[Seen]:
    """Queries about stickers that grew more than fiftyfold: three requests, each of which Google may refuse."""
    pytrends = _pytrends()
    client: Any = _send("explore.page", lambda: pytrends.TrendReq(hl="en-US", tz=0, timeout=TIMEOUTS, retries=0))
    _send("explore", lambda: client.build_payload([KEYWORD], timeframe="now 7-d", geo=country))
    found: Any = _send("relatedsearches", client.related_queries)
    table = found.get(KEYWORD, {}).get("rising")
    rows = [] if table is None else table.to_dict("records")
    now = clock.now()
    return [_query(str(row["query"]), country, now) for row in rows if int(row["value"]) >= BREAKOUT]


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
