"""Reddit of the sandbox, driven by PRAW and, logged out, by plain HTTP."""

import httpx
import praw
import prawcore
import pytest
from defusedxml.ElementTree import fromstring

from stickertrendz.sandbox.reddit import FEED_LIMIT, RedditWorld
from stickertrendz.sandbox.server import Sandbox

ATOM = "{http://www.w3.org/2005/Atom}"
BASIC = ("sandbox-reddit-id", "sandbox-reddit-secret")


def reddit(sandbox: Sandbox, secret: str = BASIC[1]) -> praw.Reddit:
    return praw.Reddit(
        client_id=BASIC[0],
        client_secret=secret,
        user_agent="sandbox test",
        reddit_url=sandbox.url,
        oauth_url=sandbox.url,
        check_for_updates=False,
    )


def bearer(client: httpx.Client) -> dict[str, str]:
    answer = client.post("/api/v1/access_token", auth=BASIC, data={"grant_type": "client_credentials"})
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


def test_praw_reads_rising_posts(sandbox: Sandbox) -> None:
    posts = list(reddit(sandbox).subreddit("aww").rising(limit=20))
    assert len(posts) == 20
    assert {str(post.subreddit) for post in posts} == {"aww"}
    assert all(post.title and post.score >= 1 and post.created_utc <= sandbox.now() for post in posts)


@pytest.mark.parametrize("order", ["hot", "new", "rising"])
def test_praw_pages_through_a_listing(sandbox: Sandbox, order: str) -> None:
    posts = list(getattr(reddit(sandbox).subreddit("all"), order)(limit=150))
    assert len({post.id for post in posts}) == len(posts)
    assert len(posts) > 30
    if order == "new":
        assert [p.created_utc for p in posts] == sorted((p.created_utc for p in posts), reverse=True)


def test_more_than_a_hundred_posts_come_in_pages(sandbox: Sandbox) -> None:
    world = sandbox.worlds["reddit"]
    assert isinstance(world, RedditWorld)
    now = sandbox.now()
    world.play(
        {
            "id": f"x{n}",
            "title": f"Post {n}",
            "subreddit": "pics",
            "score": n,
            "num_comments": 0,
            "created_utc": now - 60,
        }
        for n in range(250)
    )
    posts = list(reddit(sandbox).subreddit("all").rising(limit=None))
    assert len({post.id for post in posts}) == 250


def test_an_unknown_subreddit_redirects_to_the_search(sandbox: Sandbox) -> None:
    with pytest.raises(prawcore.exceptions.Redirect):
        list(reddit(sandbox).subreddit("nosuchplace").rising(limit=1))


def test_a_wrong_secret_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(prawcore.exceptions.ResponseException):
        list(reddit(sandbox, "wrong").subreddit("aww").rising(limit=1))


def test_a_rate_limit_reaches_praw(sandbox: Sandbox, client: httpx.Client) -> None:
    client.post("/_sandbox/faults", json={"service": "reddit", "operation": "rising", "fault": "429", "retry_after": 5})
    with pytest.raises(prawcore.exceptions.TooManyRequests):
        list(reddit(sandbox).subreddit("aww").rising(limit=1))


def test_the_headers_count_down(client: httpx.Client) -> None:
    auth = bearer(client)
    first = client.get("/r/aww/rising?limit=5&raw_json=1", headers=auth)
    second = client.get("/r/aww/rising?limit=5&raw_json=1", headers=auth)
    assert len(first.json()["data"]["children"]) == 5
    assert float(second.headers["x-ratelimit-remaining"]) == float(first.headers["x-ratelimit-remaining"]) - 1
    assert int(second.headers["x-ratelimit-used"]) == 2
    assert 0 < int(second.headers["x-ratelimit-reset"]) <= 601


def test_tokens_expire(sandbox: Sandbox, client: httpx.Client) -> None:
    auth = bearer(client)
    assert client.get("/r/aww/rising", headers=auth).status_code == 200
    sandbox.offset += 86401
    assert client.get("/r/aww/rising", headers=auth).status_code == 401


def test_logged_out_json_is_blocked_with_a_page(client: httpx.Client) -> None:
    answer = client.get("/r/aww/rising")
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/r/aww/.rss", "/r/aww/rising/.rss", "/r/all/rising/.rss"])
def test_the_feed_has_titles_but_no_scores(client: httpx.Client, path: str) -> None:
    feed = fromstring(client.get(path).text)
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 25
    assert all(
        entry.findtext(f"{ATOM}title") and entry.findtext(f"{ATOM}id", "").startswith("t3_") for entry in entries
    )
    assert not any("score" in child.tag for entry in entries for child in entry.iter())


def test_too_many_feed_requests_are_refused(client: httpx.Client) -> None:
    answers = [client.get("/r/aww/.rss").status_code for _ in range(FEED_LIMIT * 2 + 1)]
    assert answers[0] == 200
    assert 429 in answers


def test_titles_are_escaped_unless_raw_json_is_asked_for(sandbox: Sandbox, client: httpx.Client) -> None:
    world = sandbox.worlds["reddit"]
    assert isinstance(world, RedditWorld)
    post = {"id": "abc", "title": "Cats & <dogs>", "subreddit": "cats", "score": 9, "num_comments": 1}
    world.play([{**post, "created_utc": sandbox.now() - 60}])
    auth = bearer(client)
    raw = client.get("/r/cats/rising?raw_json=1", headers=auth).json()["data"]["children"][0]["data"]["title"]
    escaped = client.get("/r/cats/rising", headers=auth).json()["data"]["children"][0]["data"]["title"]
    assert (raw, escaped) == ("Cats & <dogs>", "Cats &amp; &lt;dogs&gt;")
    assert fromstring(client.get("/r/cats/.rss").text).findtext(f"{ATOM}entry/{ATOM}title") == "Cats & <dogs>"
