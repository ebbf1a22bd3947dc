"""Recordings, whole and damaged, from the file by the command or the demo to trends and their evidence."""

import csv
import json
import os
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from defusedxml.ElementTree import fromstring
from django.conf import settings
from django.core.management import CommandError, call_command
from rich.console import Console

from stickertrendz import clock
from stickertrendz.housekeeping.demo_feed import LOOK, RECORDED_DAY, Feed, RecordedLife
from stickertrendz.housekeeping.virtual_life import VirtualLife
from stickertrendz.ops import switches
from stickertrendz.ops.models import ErrorLog, Run
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.children import database_url
from trends.models import Signal, Trend

RECORDINGS = (
    "reddit/r_all_hourly_top100.csv", "reddit/r_all_daily_top.csv", "reddit/praw_cassette_listings.json",
    "reddit/r_popular_2023_listing.json", "google_trends/trending_rss_US_2025-04-21.xml",
)  # fmt: skip
HEAD = "date,rank,id,subreddit,title,score,num_comments,top_position,url"
GOOD = "2025-09-01,1,{},frogs,A sleepy frog,597,27,1,https://x"
QUOTED = '2025-09-01,1,{},frogs,"A frog, asleep",597,27,1,https://x'
OPEN = '2025-09-01,1,{},frogs,"A frog asleep,597,27,1,https://x'
ITEM = "<item><title>{}</title><pubDate>{}</pubDate></item>"
HOUR = timedelta(hours=1)
SENT = "Mon, 21 Apr 2025 03:00:00 -0700"


def backfill(*files: Path) -> str:
    out = StringIO()
    call_command("backfill_trends", *map(str, files), stdout=out)
    return out.getvalue()


def rows_of(*files: Path) -> set[str]:
    """Ids of posts, and words of searches, which have none; read without our reader."""
    return set().union(*map(_rows_of, files))


def _rows_of(file: Path) -> set[str]:
    if file.suffix == ".csv":
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return {row["id"] for row in csv.DictReader(lines)}
    if file.suffix == ".json":
        found = json.loads(file.read_text())
        listings = [each["listing"] for each in found] if isinstance(found, list) else [found]
        return {child["data"]["id"] for each in listings for child in each["data"]["children"]}
    return {item.findtext("title") or "" for item in fromstring(file.read_text()).iter("item")}


def kept(**only: object) -> set[str]:
    """The same of what was stored."""
    signals = Signal.objects.filter(**only).select_related("source")
    return {signal.native_id if signal.source.kind == "reddit" else signal.text for signal in signals}


@pytest.mark.django_db
@pytest.mark.parametrize("name", RECORDINGS)
def test_every_recording_runs_through_and_its_trends_rest_on_its_rows(
    sandbox: Sandbox, shared: Path, name: str
) -> None:
    backfill(shared / "data" / name)
    run = Run.objects.get()
    assert (run.workflow, run.status, run.errors_count) == ("trend_evaluation", "completed", 0)
    assert not ErrorLog.objects.exists()
    assert len(kept()) >= 10
    assert kept() <= rows_of(shared / "data" / name)
    assert all(trend.signals.exists() for trend in Trend.objects.all())


def listing(*children: object) -> str:
    return json.dumps({"kind": "Listing", "data": {"children": list(children)}})


def post(key: str, **changes: object) -> dict[str, object]:
    data = {"id": key, "subreddit": "frogs", "title": "A frog", "score": 1, "num_comments": 1, "created_utc": 1.7e9}
    return {"kind": "t3", "data": data | changes}


DAMAGED = {
    "columns.csv": (
        [HEAD, GOOD.format("a"), "2025-09-01,2,b,frogs", GOOD.format("c")],
        {"a", "c"}, ["columns.csv:3: skipped, wrong number of columns"],
    ),
    "values.csv": (
        [HEAD, "2025-09-01,2,a,frogs,A,many,27,1,u", "soon,2,b,frogs,A,5,27,1,u", GOOD.format("c")],
        {"c"},
        ["values.csv:2: skipped, score is not a whole number: 'many'", "values.csv:3: skipped, Invalid isoformat"],
    ),
    "quote.csv": (
        [HEAD, OPEN.format("a"), GOOD.format("b"), QUOTED.format("c"), OPEN.format("d"), GOOD.format("e")],
        {"b", "c", "e"}, ["quote.csv:2: skipped, damaged quotes", "quote.csv:5: skipped, damaged quotes"],
    ),
    "cut.csv": (
        [HEAD, GOOD.format("a"), GOOD.format("b")[:30]],
        {"a"}, ["cut.csv:3: skipped, wrong number of columns"],
    ),
    "bytes.csv": (
        [HEAD, GOOD.format("a"), GOOD.format("b").replace("frog", "\udcff\udcfe"), GOOD.format("c")],
        {"a", "c"}, ["bytes.csv:3: skipped, not UTF-8"],
    ),
    "others.json": (
        [listing(post("a"), {"kind": "t1", "data": {"body": "a comment"}}, None, post("b", title=None), post("c"))],
        {"a", "c"},
        ["others.json:2: skipped, not a post", "others.json:3: skipped", "others.json:4: skipped, title is missing"],
    ),
    "dates.xml": (
        ["<rss>", ITEM.format("frog", SENT), ITEM.format("toad", "soon"), ITEM.format("newt", ""), "</rss>"],
        {"frog"}, ["dates.xml:2: skipped", "dates.xml:3: skipped, pubDate is missing"],
    ),
}  # fmt: skip
UNREADABLE = {
    "cut.json": (listing(post("a"), post("b"))[:90].encode(), "cut.json: not valid JSON"),
    "cut.xml": (f"<rss><channel>{ITEM.format('frog', SENT)}<item>".encode(), "cut.xml: not a readable feed"),
    "headless.csv": (GOOD.format("a").encode(), "headless.csv: the first line must name title, subreddit"),
    "binary.csv": (bytes(range(256)) * 40, "binary.csv: the first line must name title, subreddit"),
    "binary.json": (bytes(range(256)) * 40, "binary.json: not valid JSON"),
    "binary.xml": (bytes(range(256)) * 40, "binary.xml: not a readable feed"),
}


def damaged(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_bytes("\n".join(DAMAGED[name][0]).encode(errors="surrogateescape"))
    return path


def unreadable(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_bytes(UNREADABLE[name][0])
    return path


@pytest.mark.django_db
@pytest.mark.parametrize("name", DAMAGED)
def test_of_a_damaged_recording_the_bad_rows_are_named_and_the_rest_is_taken(
    sandbox: Sandbox, tmp_path: Path, name: str
) -> None:
    _, taken, complaints = DAMAGED[name]
    said = backfill(damaged(tmp_path, name))
    assert kept() == taken
    for complaint in complaints:
        assert complaint in said
    assert said.count("skipped") == len(complaints)


@pytest.mark.django_db
@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_of_which_nothing_can_be_read_says_why(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    out = StringIO()
    with pytest.raises(CommandError, match="Nothing could be taken from these files"):
        call_command("backfill_trends", unreadable(tmp_path, name), stdout=out)
    assert UNREADABLE[name][1] in out.getvalue()
    assert not Signal.objects.exists()


def manage(sandbox: Sandbox, *files: Path) -> subprocess.CompletedProcess[str]:
    """The command as the operator runs it."""
    told = {**os.environ, "DATABASE_URL": database_url(), "SANDBOX_URL": sandbox.url}
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "backfill_trends", *map(str, files)]
    return subprocess.run(command, env=told, capture_output=True, text=True, check=False, timeout=100)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_the_command_ends_well_with_damaged_files_and_badly_with_none_it_can_read(
    live_sandbox: Sandbox, tmp_path: Path
) -> None:
    broken = [unreadable(tmp_path, name) for name in UNREADABLE]
    mixed = manage(live_sandbox, *broken, *(damaged(tmp_path, name) for name in DAMAGED))
    hopeless = manage(live_sandbox, *broken)
    assert (mixed.returncode, hopeless.returncode) == (0, 1)
    assert hopeless.stderr.strip() == "CommandError: Nothing could be taken from these files."
    assert "Traceback" not in mixed.stdout + mixed.stderr + hopeless.stdout
    assert kept() == set().union(*(taken for _, taken, _ in DAMAGED.values()))


@pytest.mark.django_db
def test_a_recorded_day_of_the_demo_finds_little_and_only_what_was_recorded(
    sandbox: Sandbox, virtual_time: time_machine.Traveller, shared: Path
) -> None:
    """All recordings at once, looked at as often as on the demo's business day; nothing is drawn."""
    files = [shared / "data" / name for name in RECORDINGS]
    feed, begins = Feed(files, Console(file=StringIO())), clock.now()
    switches.throw("generation", "not today", by="test")
    feed.replace_world(sandbox, begins + (RECORDED_DAY[-1].hour) * HOUR)
    life = RecordedLife(VirtualLife(sandbox, virtual_time, lambda _: None), feed)
    life.day(begins, [event for event in RECORDED_DAY if event.name == LOOK])
    scored = Trend.objects.exclude(scored_at=None)
    qualified = scored.exclude(status__in=["watching", "unsafe"])
    assert len(qualified) >= 1
    assert len(qualified) * 2 <= len(scored)
    assert len(qualified) * 50 <= Signal.objects.count()
    assert kept(trends__isnull=False) <= rows_of(*files)
    assert clock.now() - max(Signal.objects.values_list("observed_at", flat=True)) < HOUR
