"""Reddit: app-only OAuth, listings in its JSON, and Atom feeds without scores for the logged out."""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any

from stickertrendz.sandbox.routing import Abort, Reply, Request, Route, Service
from stickertrendz.sandbox.trends_world import Post, TrendsWorld

CLIENT_ID, CLIENT_SECRET = "sandbox-reddit-id", "sandbox-reddit-secret"
TOKEN_SECONDS = 86400
# Logged in: 100 a minute, averaged over ten. Logged out: few, and the window is a minute.
WINDOW, WINDOW_LIMIT = 600, 1000
FEED_WINDOW, FEED_LIMIT = 60, 30
FEED_ENTRIES = 25
BLOCKED = "<!doctype html><html><head><title>Blocked</title></head><body><h1>whoa there, pardner!</h1></body></html>"


class RedditWorld(TrendsWorld):
    """What people post, the tokens handed out and how often each window was used."""

    def __init__(self, seed: int, clock: Callable[[], float]) -> None:
        super().__init__(seed)
        self.clock = clock
        self.tokens: dict[str, float] = {}
        self.used: dict[str, int] = {}

    def dump(self) -> dict[str, Any]:
        return {**super().dump(), "tokens": self.tokens, "used": self.used}

    def load(self, state: Mapping[str, Any]) -> None:
        super().load(state)
        self.tokens, self.used = state["tokens"], state["used"]

    def issue_token(self) -> str:
        token = hashlib.sha256(f"{self.seed}|token|{self.clock()}|{len(self.tokens)}".encode()).hexdigest()
        self.tokens[token] = self.clock() + TOKEN_SECONDS
        return token

    def spend(self, kind: str, window: int, limit: int) -> dict[str, str]:
        """Counts one request and gives the rate-limit headers; answers 429 when the window is used up."""
        start = int(self.clock() // window)
        key = f"{kind}:{start}"
        count = self.used.get(key, 0) + 1
        # Only the running window is kept.
        self.used = {k: n for k, n in self.used.items() if not k.startswith(f"{kind}:")} | {key: count}
        left = round((start + 1) * window - self.clock()) + 1
        headers = {
            "x-ratelimit-remaining": f"{max(0, limit - count)}.0",
            "x-ratelimit-used": str(min(count, limit)),
            "x-ratelimit-reset": str(left),
        }
        if count > limit:
            reply = _error(429, "Too Many Requests")
            reply.headers |= {**headers, "retry-after": str(left)}
            raise Abort(reply)
        return headers


def _error(status: int, message: str) -> Reply:
    return Reply.of_json({"message": message, "error": status}, status)


def _token(world: RedditWorld, request: Request) -> Reply:
    given = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    if request.headers.get("authorization") != f"Basic {given}":
        return _error(401, "Unauthorized")
    if request.form().get("grant_type") != ["client_credentials"]:
        return Reply.of_json({"error": "unsupported_grant_type"})
    return Reply.of_json(
        {"access_token": world.issue_token(), "token_type": "bearer", "expires_in": TOKEN_SECONDS, "scope": "*"}
    )


def _listing(world: RedditWorld, request: Request, order: str) -> Reply:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if not token:
        return Reply.text(BLOCKED, 403, "text/html")
    if kind.lower() != "bearer" or world.tokens.get(token, 0) <= world.clock():
        reply = _error(401, "Unauthorized")
        reply.headers["www-authenticate"] = 'Bearer realm="reddit", error="invalid_token"'
        return reply
    limits = world.spend("oauth", WINDOW, WINDOW_LIMIT)
    posts = _posts(world, request, order)
    asked = request.query.get("limit", ["25"])[0]
    limit = min(100, max(1, int(asked))) if asked.isdigit() else 25
    names = [f"t3_{p.id}" for p in posts]
    after = request.query.get("after", [""])[0]
    start = names.index(after) + 1 if after in names else 0
    page = posts[start : start + limit]
    more = f"t3_{page[-1].id}" if page and start + limit < len(posts) else None
    raw = request.query.get("raw_json") == ["1"]
    children = [{"kind": "t3", "data": _submission(p, raw)} for p in page]
    data = {
        "after": more,
        "before": None,
        "dist": len(children),
        "modhash": None,
        "geo_filter": None,
        "children": children,
    }
    reply = Reply.of_json({"kind": "Listing", "data": data})
    reply.headers |= limits
    return reply


def _posts(world: RedditWorld, request: Request, order: str) -> list[Post]:
    name = request.args["sub"].lower()
    if not world.exists(name):
        location = f"/subreddits/search?q={name}"
        raise Abort(Reply(302, b"", {"location": location, "content-type": "text/html"}))
    posts = world.posts(name, world.clock())
    if order == "hot":
        return sorted(posts, key=lambda p: -p.score)
    return sorted(posts, key=lambda p: -p.created_utc) if order == "new" else posts


def _submission(post: Post, raw: bool) -> dict[str, Any]:
    permalink = _permalink(post)
    return {
        "id": post.id, "name": f"t3_{post.id}", "title": post.title if raw else escape(post.title, quote=False),
        "subreddit": post.subreddit,
        "subreddit_name_prefixed": f"r/{post.subreddit}", "subreddit_id": f"t5_{_short(post.subreddit)}",
        "author": "[deleted]", "score": post.score,
        "ups": post.score, "downs": 0, "upvote_ratio": 0.95, "num_comments": post.num_comments,
        "created": post.created_utc, "created_utc": post.created_utc,
        "permalink": permalink, "url": f"https://i.redd.it/{_short(post.id)}.jpg", "domain": "i.redd.it",
        "is_self": False, "selftext": "", "over_18": False,
        "stickied": False, "spoiler": False, "locked": False, "hidden": False, "archived": False,
        "distinguished": None, "link_flair_text": None,
    }  # fmt: skip


def _permalink(post: Post) -> str:
    slug = re.sub(r"[^a-z0-9]+", "_", post.title.lower()).strip("_")[:50]
    return f"/r/{post.subreddit}/comments/{post.id}/{slug}/"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _feed(world: RedditWorld, request: Request, order: str) -> Reply:
    limits = world.spend("feed", FEED_WINDOW, FEED_LIMIT)
    posts = _posts(world, request, order)[:FEED_ENTRIES]
    name = escape(request.args["sub"])
    entries = "".join(_entry(post) for post in posts)
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:media="http://search.yahoo.com/mrss/">'
        f'<category term="{name}" label="r/{name}"/><updated>{_iso(world.clock())}</updated><id>/r/{name}/.rss</id>'
        f'<link rel="alternate" href="https://www.reddit.com/r/{name}/" type="text/html"/>'
        f"<title>r/{name}</title>{entries}</feed>"
    )
    reply = Reply.text(body, content_type="application/atom+xml; charset=UTF-8")
    reply.headers |= limits
    return reply


def _entry(post: Post) -> str:
    link = f"https://www.reddit.com{_permalink(post)}"
    home, at = escape(post.subreddit), _iso(post.created_utc)
    return (
        f'<entry><author><name>/u/[deleted]</name></author><category term="{home}" label="r/{home}"/>'
        f'<content type="html">{escape(f"<a href={link!r}>[link]</a>")}</content><id>t3_{post.id}</id>'
        f'<link href="{escape(link)}"/><updated>{at}</updated><published>{at}</published>'
        f"<title>{escape(post.title)}</title></entry>"
    )


def _iso(at: float) -> str:
    return datetime.fromtimestamp(int(at), UTC).isoformat()


def service(sandbox_seed: int, clock: Callable[[], float], base_url: Callable[[], str]) -> Service:
    world = RedditWorld(sandbox_seed, clock)

    def listing(order: str) -> Callable[[Request], Reply]:
        return lambda request: _listing(world, request, order)

    def feed(order: str) -> Callable[[Request], Reply]:
        return lambda request: _feed(world, request, order)

    orders = ("rising", "hot", "new")
    routes = [Route("POST", "/api/v1/access_token", "access_token", lambda request: _token(world, request))]
    routes += [Route("GET", f"/r/{{sub}}/{order}", order, listing(order)) for order in orders]
    routes += [Route("GET", f"/r/{{sub}}/{order}/.rss", f"{order}.rss", feed(order)) for order in orders]
    routes += [Route("GET", "/r/{sub}/.rss", "rss", feed("hot"))]
    return Service("reddit", world, routes, _error)
