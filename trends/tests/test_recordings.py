"""Recordings are read row by row; what is wrong is named and the rest taken."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from trends.extract import GOOGLE_TRENDS, REDDIT, Seen
from trends.recordings import BadRecording, BadRow, read, shift, traffic

HOURLY = (
    "date,id,position,score,subreddit_display_name,subreddit_id,title,is_self,url,upvote_ratio,num_comments,created,"
    "created_date"
)
DAILY = "date,rank,id,subreddit,title,score,num_comments,top_position,url"
FEED = """<rss xmlns:ht="https://trends.google.com/trending/rss" version="2.0"><channel>{}</channel></rss>"""
ITEM = """<item><title>baby hippo</title><ht:approx_traffic>20K+</ht:approx_traffic>
<link>https://trends.google.com/trending/rss?geo=US</link><pubDate>Mon, 21 Apr 2025 03:00:00 -0700</pubDate>
<ht:news_item><ht:news_item_url>https://example.org/hippo</ht:news_item_url></ht:news_item></item>"""


def rows(path: Path) -> tuple[list[Seen], list[BadRow]]:
    found = list(read(path))
    return [r for r in found if isinstance(r, Seen)], [r for r in found if isinstance(r, BadRow)]


def write(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def child(**changes: object) -> dict[str, object]:
    data = {
        "id": "1abc", "subreddit": "memes", "title": "A frog", "score": 12, "num_comments": 3,
        "created_utc": 1_700_000_000.0, "permalink": "/r/memes/comments/1abc/a_frog/", "author": "[deleted]",
    }  # fmt: skip
    return {"kind": "t3", "data": data | changes}


def listing(*children: object) -> dict[str, object]:
    return {"kind": "Listing", "data": {"children": list(children), "after": None}}


def test_the_hourly_form_takes_created_and_ignores_created_date(tmp_path: Path) -> None:
    row = "2023-12-30T07,18u,1,500,cats,2qh,A cat,0,https://i.redd.it/x.jpeg,0.9,40,1703901008,1999-01-01T00:00:00+0000"
    ((seen,), bad) = rows(write(tmp_path, "hourly.csv", HOURLY, row))
    assert bad == []
    assert (seen.id, seen.place, seen.text, seen.score, seen.comments) == ("18u", "cats", "A cat", 500, 40)
    assert seen.created_at == datetime(2023, 12, 30, 1, 50, 8, tzinfo=UTC)
    assert seen.observed_at == datetime(2023, 12, 30, 7, tzinfo=UTC)


def test_the_daily_form_was_seen_at_the_end_of_its_day(tmp_path: Path) -> None:
    ((seen,), bad) = rows(write(tmp_path, "daily.csv", DAILY, '2025-09-01,1,1n6,meirl,"Me, irl",597,27,1,https://x'))
    assert bad == []
    assert (seen.place, seen.text, seen.url) == ("meirl", "Me, irl", "https://www.reddit.com/comments/1n6/")
    assert seen.observed_at == datetime(2025, 9, 1, 23, 59, 59, tzinfo=UTC)


def test_bad_lines_are_named_and_the_rest_taken(tmp_path: Path) -> None:
    good = "2025-09-01,1,1n6,meirl,A frog,597,27,1,https://x"
    lines = [DAILY, good, "2025-09-01,2,1n7,meirl,B,many,27,1,u", "short", "", "x,3,1n8,meirl,C,1,2,1,u", good]
    seen, bad = rows(write(tmp_path, "daily.csv", *lines))
    assert len(seen) == 2
    assert [row.line for row in bad] == [3, 4, 6]
    assert "score" in bad[0].reason


def test_a_single_listing_and_a_list_of_recorded_answers_are_read(tmp_path: Path) -> None:
    single = write(tmp_path, "one.json", json.dumps(listing(child())))
    recorded = [{"recorded_at": "2023-11-15T00:00:00", "listing": listing(child())}, {"listing": listing(child())}]
    several = write(tmp_path, "several.json", json.dumps(recorded))
    ((one,), _) = rows(single)
    ((first, second), _) = rows(several)
    assert one == second
    assert one.url == "https://www.reddit.com/r/memes/comments/1abc/a_frog/"
    assert one.observed_at == one.created_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert first.observed_at == datetime(2023, 11, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "broken",
    [
        None, 7, {"kind": "t3"}, {"kind": "t1", "data": {}}, child(id=None), child(title="  "), child(score=None),
        child(score="x"), child(score=2**40), child(created_utc=None), child(created_utc=1e300),
        child(created_utc="soon"),
    ],
)  # fmt: skip
def test_a_broken_entry_is_named_by_its_number(tmp_path: Path, broken: object) -> None:
    seen, bad = rows(write(tmp_path, "one.json", json.dumps(listing(child(), broken, child(id="2")))))
    assert [s.id for s in seen] == ["1abc", "2"]
    assert [row.line for row in bad] == [2]


def test_no_author_name_and_no_character_a_database_refuses_is_kept(tmp_path: Path) -> None:
    ((seen,), _) = rows(write(tmp_path, "a.json", json.dumps(listing(child(title="a\x00b \ud800 frog" + "x" * 999)))))
    assert seen.text.startswith("ab  frog")
    assert len(seen.text) == 300


def test_the_trending_feed_is_read_with_traffic_and_the_news_address(tmp_path: Path) -> None:
    ((seen,), bad) = rows(write(tmp_path, "feed.xml", FEED.format(ITEM)))
    assert bad == []
    assert (seen.source, seen.place, seen.text, seen.score) == (GOOGLE_TRENDS, "US", "baby hippo", 20_000)
    assert seen.created_at == datetime(2025, 4, 21, 10, tzinfo=UTC)
    assert seen.url == "https://example.org/hippo"


def test_a_feed_entry_without_title_or_time_is_named(tmp_path: Path) -> None:
    broken = "<item><title>frog</title></item><item><title>frog</title><pubDate>soon</pubDate></item><item/>"
    seen, bad = rows(write(tmp_path, "feed.xml", FEED.format(ITEM + broken)))
    assert len(seen) == 1
    assert [row.line for row in bad] == [2, 3, 4]


@pytest.mark.parametrize(
    ("text", "searches"),
    [
        ("200+", 200),
        ("2000+", 2_000),
        ("20,000+", 20_000),
        ("20K+", 20_000),
        ("2M+", 2_000_000),
        ("", None),
        ("many", None),
    ],
)
def test_every_form_of_traffic_is_a_number(text: str, searches: int | None) -> None:
    assert traffic(text) == searches


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", "{"),
        ("a.json", "[[[["),
        ("a.json", "{}"),
        ("a.json", '[{"listing": 3}]'),
        ("a.json", "7"),
        ("a.json", "[" * 100_000),
        ("a.csv", "one,two\n1,2"),
        ("a.csv", ""),
        ("a.xml", "<rss>"),
        ("a.xml", "<html/>"),
        ("a.xml", '<!DOCTYPE r [<!ENTITY a "b">]><rss>&a;</rss>'),
        ("a.txt", "hello"),
    ],
)
def test_a_file_that_is_no_recording_says_so(tmp_path: Path, name: str, content: str) -> None:
    with pytest.raises(BadRecording, match=r"a\."):
        list(read(write(tmp_path, name, content)))


def test_a_missing_file_and_a_huge_feed_say_so(tmp_path: Path) -> None:
    with pytest.raises(BadRecording, match=r"gone\.csv"):
        list(read(tmp_path / "gone.csv"))
    with pytest.raises(BadRecording, match="larger"):
        list(read(write(tmp_path, "a.xml", FEED.format(" " * 2_000_001))))


NAMES = st.sampled_from(["a.csv", "a.json", "a.xml"])
HEADS = st.sampled_from(["", DAILY, HOURLY])


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(content=st.binary(max_size=300), name=NAMES, head=HEADS)
def test_any_bytes_end_in_rows_or_one_clear_error(tmp_path: Path, content: bytes, name: str, head: str) -> None:
    path = tmp_path / name
    path.write_bytes(head.encode() + b"\n" + content)
    with suppress(BadRecording):
        assert all(isinstance(row, Seen | BadRow) for row in read(path))


def test_shifting_moves_the_last_reading_to_now_and_keeps_all_distances(tmp_path: Path) -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    made = datetime(2024, 1, 1, tzinfo=UTC)
    old = [Seen(str(n), REDDIT, "memes", "a frog", 1, 1, made, made + timedelta(hours=n), "") for n in (3, 9, 5)]
    moved = shift(old, now)
    assert max(row.observed_at for row in moved) == now
    assert [a.observed_at - b.observed_at for a, b in zip(moved, old, strict=True)] == [now - old[1].observed_at] * 3
    assert [row.observed_at - row.created_at for row in moved] == [row.observed_at - row.created_at for row in old]
    assert shift([], now) == []


RECORDED = {
    "reddit/praw_cassette_listings.json": 800,
    "reddit/r_popular_2023_listing.json": 25,
    "reddit/r_all_hourly_top100.csv": 13_000,
    "reddit/r_all_daily_top.csv": 28_000,
    "google_trends/trending_rss_US_2025-04-21.xml": 10,
}


@pytest.mark.parametrize("name", RECORDED)
def test_the_real_recordings_are_read(shared: Path, name: str) -> None:
    seen, bad = rows(shared / "data" / name)
    assert len(seen) >= RECORDED[name]
    assert len(bad) < len(seen) / 1_000
