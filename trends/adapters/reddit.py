"""Reddit: rising posts by its API where there are keys, else by the public Atom feed, which has no scores."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import praw
import prawcore
import requests
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.conf import settings

from stickertrendz import clock
from stickertrendz.adapters.text import clean
from stickertrendz.ops.errors import OutsideError
from stickertrendz.ops.guard import Answer, Call, Quota, Repeat, send
from trends.extract import REDDIT
from trends.rank import Seen

from .feed import TIMEOUT, USER_AGENT, fetch
from .protocol import Adapter, Look

SERVICE = "reddit"
PAGE = "https://www.reddit.com"
POSTS = 100  # the most one request gives
TITLE_LENGTH = 300
_ATOM = "{http://www.w3.org/2005/Atom}"


def rising(place: str, mark: str = "") -> Look:
    """What gains attention in a subreddit now. Adult and pinned posts are left out, authors are never read."""
    return _by_api(place) if settings.REDDIT_CLIENT_ID and settings.REDDIT_CLIENT_SECRET else _by_feed(place, mark)


def _by_api(place: str) -> Look:
    def go() -> Answer[Look]:
        client = _client()
        try:
            posts = [vars(post) for post in client.subreddit(place).rising(limit=POSTS)]
        except OutsideError as error:
            if error.status == 401:
                _client_for.cache_clear()  # the token was taken back: the next try asks for a new one
            raise
        except (
            prawcore.exceptions.PrawcoreException,
            praw.exceptions.PRAWException,
            KeyError,
            TypeError,
            ValueError,
        ) as error:
            raise _translated(error) from error
        return Answer(_posts(posts, place), quota=_quota(client))

    return send(Call(SERVICE, "rising", Repeat.SAFE, priority=3), go)


def _posts(posts: list[dict[str, Any]], place: str) -> Look:
    now = clock.now()
    wanted = [post for post in posts if not post.get("over_18") and not post.get("stickied")]
    return _each(wanted, lambda post: _post(post, place, now))


def _each(entries: Iterable[Any], read: Callable[[Any], Seen], mark: str = "") -> Look:
    """Reads entry by entry: a bad one is skipped with its reason, but a listing of nothing else is no answer."""
    seen: list[Seen] = []
    skipped: list[str] = []
    for number, entry in enumerate(entries, 1):
        try:
            seen.append(read(entry))
        except (KeyError, TypeError, ValueError, OverflowError, OSError) as error:
            skipped.append(f"entry {number}: {error!r}")
    if skipped and not seen:
        raise OutsideError(SERVICE, f"none of its {len(skipped)} entries can be read; {skipped[0]}", permanent=True)
    return Look(seen, mark, tuple(skipped))


def _post(post: dict[str, Any], place: str, now: datetime) -> Seen:
    return Seen(
        id=str(post["id"]), source=REDDIT, place=place, text=clean(str(post["title"]), TITLE_LENGTH),
        score=int(post["score"]), comments=int(post["num_comments"]),
        created_at=datetime.fromtimestamp(float(post["created_utc"]), UTC), observed_at=now,
        url=PAGE + clean(str(post["permalink"])),
    )  # fmt: skip


def _quota(client: praw.Reddit) -> Quota | None:
    limits = client.auth.limits
    remaining, used = limits["remaining"], limits["used"]
    return None if remaining is None or used is None else Quota(int(remaining) + int(used), int(remaining))


class _OneTry(prawcore.Requestor):
    """Raises what prawcore would otherwise repeat on its own, so that every try passes the guard."""

    def request(self, *args: Any, timeout: float | None = None, **kwargs: Any) -> requests.Response:
        try:
            kwargs["timeout"] = TIMEOUT  # prawcore always asks for its own
            response = self._http.request(*args, **kwargs)
        except requests.RequestException as error:
            raise OutsideError(SERVICE, f"no answer: {error}") from error
        if response.status_code >= 500:
            raise OutsideError(SERVICE, f"it answered {response.status_code}", status=response.status_code)
        if response.status_code == 401:
            # Of a listing: the token went stale. Of the token's own address: id or secret are wrong.
            wrong_key = response.url.endswith("/access_token")
            said = (
                "it refuses REDDIT_CLIENT_ID and REDDIT_CLIENT_SECRET; correct or empty both"
                if wrong_key
                else "it refuses our token"
            )
            raise OutsideError(SERVICE, said, permanent=wrong_key, status=401)
        return response


@lru_cache(maxsize=1)
def _session() -> requests.Session:
    return requests.Session()


@lru_cache(maxsize=2)
def _client_for(key: str, secret: str, address: str, oauth_address: str) -> praw.Reddit:
    return praw.Reddit(
        client_id=key, client_secret=secret, user_agent=USER_AGENT, reddit_url=address, oauth_url=oauth_address,
        check_for_updates=False, requestor_class=_OneTry, requestor_kwargs={"session": _session()},
    )  # fmt: skip


def _client() -> praw.Reddit:
    return _client_for(
        settings.REDDIT_CLIENT_ID, settings.REDDIT_CLIENT_SECRET, settings.REDDIT_URL, settings.REDDIT_OAUTH_URL
    )


def _translated(error: Exception) -> OutsideError:
    if isinstance(error, prawcore.exceptions.TooManyRequests):
        told = str(error.retry_after or "")
        wait = float(told) if told.isdigit() else None
        return OutsideError(SERVICE, "too many requests", retry_after=wait, status=429)
    if isinstance(error, prawcore.exceptions.Redirect | prawcore.exceptions.NotFound):
        return OutsideError(
            SERVICE, "there is no such subreddit; check its spelling, or disable it", permanent=True, status=404
        )
    if isinstance(error, prawcore.exceptions.Forbidden):
        return OutsideError(
            SERVICE,
            "the subreddit is private, or Reddit blocks us; if others answer, disable this one",
            permanent=True,
            status=403,
        )
    if isinstance(error, prawcore.exceptions.OAuthException):
        return OutsideError(SERVICE, f"it refuses our sign-in: {error.error}", permanent=True, status=401)
    if isinstance(error, prawcore.exceptions.ResponseException) and not isinstance(error, prawcore.exceptions.BadJSON):
        status = error.response.status_code
        told = error.response.headers.get("retry-after", "")
        return OutsideError(
            SERVICE,
            f"it answered {status}",
            permanent=status < 500 and status not in (408, 429),
            retry_after=float(told) if told.isdigit() else None,
            status=status,
        )
    return OutsideError(SERVICE, f"an answer we cannot read: {error!r}")


def _by_feed(place: str, mark: str) -> Look:
    feed = fetch(Call(SERVICE, "rss", Repeat.SAFE, priority=3), f"{settings.REDDIT_URL}/r/{place}/.rss", etag=mark)
    if feed.unchanged:
        return Look([], mark)
    try:
        root = fromstring(feed.body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
        raise OutsideError(SERVICE, f"a feed we cannot read: {error}") from error
    if root.tag != f"{_ATOM}feed":
        raise OutsideError(SERVICE, "a feed we cannot read: it is no Atom feed")
    now = clock.now()
    return _each(root.iter(f"{_ATOM}entry"), lambda entry: _entry(entry, place, now), feed.etag)


def _entry(entry: Element, place: str, now: datetime) -> Seen:
    link = entry.find(f"{_ATOM}link")
    published = entry.findtext(f"{_ATOM}published") or _said(entry, "updated")
    return Seen(
        id=_said(entry, "id").removeprefix("t3_"), source=REDDIT, place=place, text=_said(entry, "title"), score=None,
        comments=None, created_at=datetime.fromisoformat(published).astimezone(UTC), observed_at=now,
        url="" if link is None else clean(link.get("href", "")),
    )  # fmt: skip


def _said(entry: Element, name: str) -> str:
    text = clean(entry.findtext(f"{_ATOM}{name}") or "", TITLE_LENGTH).strip()
    if not text:
        raise ValueError(f"{name} is missing")
    return text


def _off() -> str:
    return "" if settings.REDDIT_ENABLED else "Reddit is switched off; set REDDIT_ENABLED=true to ask it again."


def _subreddit(given: str) -> str:
    name = re.sub(r"^(https?://)?([a-z]+\.)?(reddit\.com)?/?r/", "", given.strip(), flags=re.IGNORECASE).strip("/")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_]{1,20}", name):
        raise ValueError("A subreddit's name has 2 to 21 letters, digits or underscores, and no underscore in front.")
    return name


ADAPTER = Adapter(SERVICE, rising, _subreddit, off=_off)
