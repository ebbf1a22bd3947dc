"""Recordings through the same path as live sources."""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from stickertrendz import clock
from stickertrendz.ops.models import Run
from stickertrendz.sandbox.server import Sandbox
from trends import backfill
from trends.backfill import Recording, load
from trends.models import Signal, Source, Trend

pytestmark = pytest.mark.django_db
COLUMNS = ["title", "subreddit", "score", "num_comments", "created_utc"]


def recording(folder: Path, *extra: list[str]) -> Path:
    path = folder / "recording.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(COLUMNS)
        for n in range(3):
            lines.writerow([f"picture {n} of the sleepy frog wizard", "frogs", "5000", "90", str(1_700_000_000 + n)])
        lines.writerows(extra)
    return path


def told(*files: Path) -> str:
    out = StringIO()
    call_command("backfill_trends", *map(str, files), stdout=out)
    return out.getvalue()


def test_a_recording_becomes_trends_with_its_rows_as_evidence(sandbox: Sandbox, tmp_path: Path) -> None:
    said = told(recording(tmp_path))
    trend = Trend.objects.get(topic="sleepy frog wizard")
    assert trend.status == "discovered"
    assert trend.signals.count() == Signal.objects.count() == 3
    assert "trends_discovered 1" in said
    assert "sleepy frog" in said
    assert Run.objects.get().workflow == "trend_evaluation"


def test_its_last_reading_is_moved_to_now(sandbox: Sandbox, tmp_path: Path) -> None:
    told(recording(tmp_path))
    assert clock.now() - max(Signal.objects.values_list("observed_at", flat=True)) < timedelta(minutes=1)


def test_bad_rows_are_named_by_line_and_the_rest_is_taken(sandbox: Sandbox, tmp_path: Path) -> None:
    said = told(recording(tmp_path, ["no number", "frogs", "many", "1", "1700000000"], ["too short"]))
    assert "recording.csv:5: skipped, score is not a whole number: 'many'" in said
    assert "recording.csv:6: skipped, wrong number of columns" in said
    assert Signal.objects.count() == 3


def test_a_place_nobody_watches_is_known_but_not_asked(sandbox: Sandbox, tmp_path: Path) -> None:
    Source.objects.filter(place="frogs").delete()
    told(recording(tmp_path))
    assert not Source.objects.get(place="frogs").enabled


def test_a_watched_place_keeps_its_source_whatever_its_spelling(sandbox: Sandbox, tmp_path: Path) -> None:
    source = Source.objects.create(kind="reddit", place="Frogs")
    told(recording(tmp_path))
    assert source.signals.count() == 3


def test_taking_a_recording_twice_stores_nothing_twice(sandbox: Sandbox, tmp_path: Path) -> None:
    told(recording(tmp_path))
    told(recording(tmp_path))
    assert Signal.objects.count() == 3
    assert Trend.objects.count() == 1


def test_an_unreadable_file_is_named_and_the_others_are_taken(sandbox: Sandbox, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    said = told(broken, recording(tmp_path), tmp_path / "absent.csv")
    assert "broken.json: not valid JSON" in said
    assert "absent.csv: No such file" in said
    assert Trend.objects.exists()


def test_nothing_readable_at_all_is_an_error(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Nothing could be taken"):
        told(tmp_path / "absent.csv")


def one_an_hour(path: Path, hours: Sequence[int]) -> Path:
    start = datetime(2025, 1, 1, tzinfo=UTC)
    lines = [f"frog {hour},frogs,{hour},1,{(start + timedelta(hours=hour)).timestamp()}" for hour in hours]
    path.write_text("title,subreddit,score,num_comments,created\n" + "\n".join(lines))
    return path


@pytest.mark.parametrize("order", ["oldest first", "newest first", "mixed"])
def test_only_the_last_day_of_a_long_recording_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    monkeypatch.setattr(backfill, "ROOM", 100)
    hours = list(range(24 * 60))
    if order != "oldest first":
        hours.sort(key=lambda hour: -hour if order == "newest first" else hour * 7919 % 1009)
    held: list[int] = []
    add = Recording.add

    def watched(self: Recording, entry: Any) -> None:
        add(self, entry)
        held.append(len(self.seen))

    monkeypatch.setattr(Recording, "add", watched)
    found = load(one_an_hour(tmp_path / "long.csv", hours), lambda: None, timedelta(days=1))
    assert sorted(seen.score or 0 for seen in found.seen) == list(range(24 * 59, 24 * 60))
    assert found.older == 24 * 59
    assert max(held) <= 100
    assert len(load(tmp_path / "long.csv", lambda: None).seen) == 24 * 60


def test_of_very_many_bad_rows_the_first_are_named_and_the_rest_counted(sandbox: Sandbox, tmp_path: Path) -> None:
    said = told(recording(tmp_path, *[["no number", "frogs", "x" * 5000, "1", "1700000000"]] * 50))
    assert said.count("skipped, score is not a whole number: 'xxx") == 20
    assert "recording.csv: 30 more rows skipped" in said
    assert "x" * 200 not in said


def test_a_line_without_an_end_is_cut_and_named(sandbox: Sandbox, tmp_path: Path) -> None:
    path = recording(tmp_path)
    with path.open("a") as file:
        file.write("\n" + "x" * 3_000_000)
    found = load(path, lambda: None)
    assert (len(found.seen), found.bad_rows) == (3, 3)
