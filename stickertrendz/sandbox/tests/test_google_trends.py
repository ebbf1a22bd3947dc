"""Google Trends of the sandbox: the feed by plain HTTP, related queries by pytrends."""

from email.utils import parsedate_to_datetime

import httpx
import pytest
from defusedxml.ElementTree import fromstring
from pytrends import request as pytrends_request
from pytrends.exceptions import ResponseError, TooManyRequestsError
from pytrends.request import TrendReq

from stickertrendz.sandbox.google_trends import PACE, GoogleWorld
from stickertrendz.sandbox.server import Sandbox

HT = "{https://trends.google.com/trending/rss}"


@pytest.fixture
def trends(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> TrendReq:
    base = f"{sandbox.url}/trends"
    monkeypatch.setattr(pytrends_request, "BASE_TRENDS_URL", base)
    monkeypatch.setattr(TrendReq, "GENERAL_URL", f"{base}/api/explore")
    monkeypatch.setattr(TrendReq, "RELATED_QUERIES_URL", f"{base}/api/widgetdata/relatedsearches")
    return TrendReq(retries=0, timeout=(60, 60))


def test_the_feed_has_the_shape_of_the_real_one(sandbox: Sandbox, client: httpx.Client) -> None:
    answer = client.get("/trending/rss?geo=US")
    items = fromstring(answer.content).findall("channel/item")
    assert 5 <= len(items) <= 20
    for item in items:
        assert item.findtext("title") == item.findtext("title", "").lower()
        assert item.findtext(f"{HT}approx_traffic", "").endswith("+")
        assert parsedate_to_datetime(item.findtext("pubDate", "")).timestamp() <= sandbox.now()
        assert item.findtext("link") == "https://trends.google.com/trending/rss?geo=US"
        assert 1 <= len(item.findall(f"{HT}news_item/{HT}news_item_title")) <= 3
    assert items[0].find("guid") is None


def test_an_unchanged_feed_is_not_sent_again(client: httpx.Client) -> None:
    first = client.get("/trending/rss?geo=US")
    again = client.get("/trending/rss?geo=US", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/trending/rss?geo=US", headers={"if-none-match": '"old"'}).status_code == 200


def test_a_later_feed_differs(sandbox: Sandbox, client: httpx.Client) -> None:
    first = client.get("/trending/rss?geo=US")
    sandbox.offset += 12 * 3600
    assert client.get("/trending/rss?geo=US").headers["etag"] != first.headers["etag"]


def test_the_feed_needs_a_country_and_known_hours(client: httpx.Client) -> None:
    assert client.get("/trending/rss").status_code == 400
    assert client.get("/trending/rss?geo=US&hours=7").status_code == 400
    few = fromstring(client.get("/trending/rss?geo=US&hours=4").content).findall("channel/item")
    many = fromstring(client.get("/trending/rss?geo=US&hours=168").content).findall("channel/item")
    assert len(few) <= len(many)


def test_pytrends_reads_related_queries(trends: TrendReq) -> None:
    trends.build_payload(["sticker"], timeframe="now 1-d", geo="US")
    found = trends.related_queries()["sticker"]
    assert list(found["top"].columns) == ["query", "value"]
    assert len(found["rising"]) > 0
    assert (found["rising"]["value"] >= 5000).any()


def test_pytrends_reads_several_keywords(trends: TrendReq) -> None:
    trends.build_payload(["cat", "frog"], timeframe="now 1-d", geo="US")
    assert set(trends.related_queries()) == {"cat", "frog"}


def test_too_quick_a_pace_is_refused_and_forgiven_later(sandbox: Sandbox, trends: TrendReq) -> None:
    # The constructor has already fetched the cookie page.
    for _ in range(PACE - 1):
        trends.build_payload(["cat"], timeframe="now 1-d", geo="US")
    with pytest.raises(TooManyRequestsError):
        trends.build_payload(["cat"], timeframe="now 1-d", geo="US")
    sandbox.offset += 61
    trends.build_payload(["cat"], timeframe="now 1-d", geo="US")


def test_without_the_cookie_the_pages_refuse(client: httpx.Client) -> None:
    assert client.post("/trends/api/explore", params={"req": "{}"}).status_code == 429


def test_a_foreign_widget_token_is_refused(trends: TrendReq) -> None:
    trends.build_payload(["cat"], timeframe="now 1-d", geo="US")
    trends.related_queries_widget_list[0]["token"] = "APP6_forged"
    with pytest.raises(ResponseError):
        trends.related_queries()


def test_playing_recordings_silences_the_invented_searches(sandbox: Sandbox, client: httpx.Client) -> None:
    world = sandbox.worlds["google_trends"]
    assert isinstance(world, GoogleWorld)
    world.play([])
    assert fromstring(client.get("/trending/rss?geo=US").content).findall("channel/item") == []
