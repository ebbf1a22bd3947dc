"""Google Trends: the trending RSS feed, and the pages pytrends walks for related queries."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape
from typing import Any
from urllib.parse import quote_plus

from stickertrendz.sandbox.routing import Abort, Reply, Request, Route, Service
from stickertrendz.sandbox.trends_world import HOUR, Search, TrendsWorld

# The widget pages refuse after so many requests within a minute.
PACE, PACE_SECONDS = 8, 60
HOURS = ("4", "24", "48", "168")
PACIFIC = timezone(timedelta(hours=-8))
# Google calls a query a breakout once it has grown more than fiftyfold.
BREAKOUT = 5000
OUTLETS = ("The Daily Clipping", "Morning Gazette", "City Courier", "Evening Ledger")
GUARD = ")]}'"
TOO_MANY = "<html><head><title>Error 429 (Too Many Requests)!!1</title></head><body>That's an error.</body></html>"


class GoogleWorld(TrendsWorld):
    def __init__(self, seed: int, clock: Callable[[], float]) -> None:
        super().__init__(seed)
        self.clock = clock
        self.visits: list[float] = []

    def dump(self) -> dict[str, Any]:
        return {**super().dump(), "visits": self.visits}

    def load(self, state: Mapping[str, Any]) -> None:
        super().load(state)
        self.visits = state["visits"]

    def pace(self) -> None:
        """Counts one visit; answers 429 to whoever comes too often."""
        now = self.clock()
        self.visits = [at for at in self.visits if at > now - PACE_SECONDS]
        if len(self.visits) >= PACE:
            raise Abort(Reply.text(TOO_MANY, 429, "text/html"))
        self.visits.append(now)

    def rising_queries(self, keyword: str) -> list[tuple[str, int]]:
        """Query and growth in percent; a keyword of the query itself comes first."""
        found = [(s.query, 94550 if self.clock() - s.started < 24 * HOUR else 350) for s in self.searches(self.clock())]
        return sorted(found, key=lambda pair: (not set(pair[0].split()) & set(keyword.lower().split()), -pair[1]))


def _rss(world: GoogleWorld, request: Request) -> Reply:
    hours = request.query.get("hours", ["24"])[0]
    geo = request.query.get("geo", [""])[0]
    if not geo or hours not in HOURS:
        return Reply.text("<html><body>Error 400 (Bad Request)!!1</body></html>", 400, "text/html")
    since = world.clock() - int(hours) * HOUR
    items = [_item(s) for s in world.searches(world.clock()) if s.started >= since] if geo == "US" else []
    link = f"https://trends.google.com/trending?geo={escape(geo)}"
    body = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<rss xmlns:atom="http://www.w3.org/2005/Atom" xmlns:ht="https://trends.google.com/trending/rss" '
        'version="2.0">\n<channel>\n'
        f"<title>Daily Search Trends</title>\n<description>Recent searches</description>\n<link>{link}</link>\n"
        f'<atom:link href="https://trends.google.com/trending/rss?geo={escape(geo)}" rel="self" '
        'type="application/rss+xml"/>\n'
        + "\n".join(items) + "\n</channel>\n</rss>\n"
    )  # fmt: skip
    etag = f'"{hashlib.sha256(body.encode()).hexdigest()[:24]}"'
    if etag in request.headers.get("if-none-match", ""):
        return Reply(304, b"", {"etag": etag})
    reply = Reply.text(body, content_type="application/rss+xml; charset=utf-8")
    reply.headers["etag"] = etag
    return reply


def _item(search: Search) -> str:
    outlets = [OUTLETS[(len(search.query) + n) % len(OUTLETS)] for n in range(len(search.headlines))]
    news = "\n".join(_news(title, outlet) for title, outlet in zip(search.headlines, outlets, strict=True))
    picture = f"<ht:picture_source>{outlets[0]}</ht:picture_source>\n" if outlets else ""
    published = format_datetime(datetime.fromtimestamp(search.started // 600 * 600, PACIFIC))
    return (
        f"<item>\n<title>{escape(search.query)}</title>\n<ht:approx_traffic>{_traffic(search)}</ht:approx_traffic>\n<description/>\n"
        f"<link>https://trends.google.com/trending/rss?geo=US</link>\n<pubDate>{published}</pubDate>\n"
        f"{picture}{news}\n</item>"
    )


def _news(title: str, outlet: str) -> str:
    url = f"https://news.example/{quote_plus(title.lower())}"
    return (
        f"<ht:news_item>\n<ht:news_item_title>{escape(title)}</ht:news_item_title>\n<ht:news_item_snippet/>\n"
        f"<ht:news_item_url>{url}</ht:news_item_url>\n<ht:news_item_source>{outlet}</ht:news_item_source>\n</ht:news_item>"
    )


def _traffic(search: Search) -> str:
    """All three ways the feed writes a number."""
    step = next(s for s in (100_000, 50_000, 20_000, 10_000, 5000, 2000, 1000, 500, 200, 100, 0) if search.traffic >= s)
    if step < 10_000:
        return f"{step}+"
    return f"{step:,}+" if len(search.query) % 2 else f"{step // 1000}K+"


def _cookie_page(world: GoogleWorld, request: Request) -> Reply:
    world.pace()
    reply = Reply.text(
        "<!doctype html><html><title>Google Trends</title></html>", content_type="text/html; charset=utf-8"
    )
    reply.headers["set-cookie"] = f"NID=511=sandbox{world.seed}; path=/; HttpOnly"
    return reply


def _guarded_json(value: Any, guard: str) -> Reply:
    return Reply.text(f"{guard}\n{json.dumps(value)}", content_type="application/json; charset=utf-8")


def _visit(world: GoogleWorld, request: Request) -> Any:
    """The `req` parameter of a widget call; whoever brings no cookie is taken for a robot."""
    if "NID=" not in request.headers.get("cookie", ""):
        raise Abort(Reply.text(TOO_MANY, 429, "text/html"))
    world.pace()
    try:
        return json.loads(request.query["req"][0])
    except (KeyError, ValueError):
        raise Abort(_error(400, "Error 400 (Bad Request)!!1")) from None


def _explore(world: GoogleWorld, request: Request) -> Reply:
    asked = _visit(world, request)
    keywords = [str(item["keyword"]) for item in asked.get("comparisonItem", ())][:5]
    if not keywords:
        return _error(400, "Error 400 (Bad Request)!!1")
    widgets = [_widget("TIMESERIES", keywords[0]), _widget("GEO_MAP", keywords[0])]
    for n, keyword in enumerate(keywords):
        ending = "" if len(keywords) == 1 else f"_{n}"
        widgets += [_widget(f"RELATED_TOPICS{ending}", keyword), _widget(f"RELATED_QUERIES{ending}", keyword)]
    return _guarded_json(
        {"widgets": widgets, "keywords": [{"keyword": k, "name": k, "type": "Search term"} for k in keywords]}, GUARD
    )


def _widget(name: str, keyword: str) -> dict[str, Any]:
    restriction = {
        "geo": {"country": "US"},
        "time": "now 1-d",
        "complexKeywordsRestriction": {"keyword": [{"type": "BROAD", "value": keyword}]},
    }
    request = {"restriction": restriction, "keywordType": "QUERY", "metric": ["TOP", "RISING"], "language": "en"}
    return {"request": request, "id": name, "token": _widget_token(keyword), "title": name.replace("_", " ").title()}


def _widget_token(keyword: str) -> str:
    return "APP6_" + hashlib.sha256(f"widget|{keyword}".encode()).hexdigest()[:32]


def _related(world: GoogleWorld, request: Request) -> Reply:
    asked = _visit(world, request)
    try:
        keyword = str(asked["restriction"]["complexKeywordsRestriction"]["keyword"][0]["value"])
    except (KeyError, IndexError, TypeError):
        return _error(400, "Error 400 (Bad Request)!!1")
    if request.query.get("token") != [_widget_token(keyword)]:
        return _error(401, "Error 401 (Unauthorized)!!1")
    top = [(f"{keyword} {word}", 100 - 17 * n) for n, word in enumerate(("ideas", "near me", "cute", "printable"))]
    ranked = [
        [_ranked(q, v, str(v)) for q, v in top],
        [_ranked(q, v, "Breakout" if v >= BREAKOUT else f"+{v}%") for q, v in world.rising_queries(keyword)],
    ]
    return _guarded_json({"default": {"rankedList": [{"rankedKeyword": rows} for rows in ranked]}}, f"{GUARD},")


def _ranked(query: str, value: int, formatted: str) -> dict[str, Any]:
    return {
        "query": query,
        "value": value,
        "formattedValue": formatted,
        "hasData": True,
        "link": f"/trends/explore?q={quote_plus(query)}&geo=US",
    }


def _error(status: int, message: str) -> Reply:
    return Reply.text(f"<html><body>{message}</body></html>", status, "text/html")


def service(sandbox_seed: int, clock: Callable[[], float], base_url: Callable[[], str]) -> Service:
    world = GoogleWorld(sandbox_seed, clock)
    return Service("google_trends", world, [
        Route("GET", "/trending/rss", "trending.rss", lambda request: _rss(world, request)),
        Route("GET", "/trends/explore/", "explore.page", lambda request: _cookie_page(world, request)),
        Route("POST", "/trends/api/explore", "explore", lambda request: _explore(world, request)),
        Route("GET", "/trends/api/widgetdata/relatedsearches", "relatedsearches", lambda request: _related(world,
            request)),
    ], _error)  # fmt: skip
