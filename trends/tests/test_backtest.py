"""The backtest sees only the past, gives every policy the same chances, and reports what it counted."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from trends import backtest
from trends.backtest import Pick, Recording, TooShort, by_chance, by_pace, by_score, gain, judge, part, replay
from trends.rank import Seen

MIDNIGHT = datetime(2026, 11, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOURLY = "reddit/r_all_hourly_top100.csv"


def listing(days: int = 2, per_hour: int = 5) -> list[Seen]:
    """Posts that rise evenly for eight hours and then rest; the last of each hour's rises fastest. Hourly readings."""
    readings = []
    for born in range(24 * days):
        for n in range(per_hour):
            made = MIDNIGHT + born * HOUR + timedelta(minutes=10 * n)
            for age in range(1, 13):
                seen = MIDNIGHT + (born + age) * HOUR
                score = (100 + 10 * n + born) * min(8, age)
                readings.append(Seen(f"{born}-{n}", "reddit", "all", f"post {n}", score, 40, made, seen, ""))
    return [*readings, Seen("first", "reddit", "all", "the first", 1, 1, MIDNIGHT - HOUR, MIDNIGHT, "")]


@pytest.fixture(scope="module")
def recording() -> Recording:
    return Recording(listing())


def test_only_days_seen_from_midnight_until_their_last_post_is_too_old_are_whole(recording: Recording) -> None:
    assert recording.days == [MIDNIGHT, MIDNIGHT + backtest.DAY]
    early = [seen for seen in listing() if seen.observed_at <= MIDNIGHT + 27 * HOUR]
    with pytest.raises(TooShort, match="no whole day"):
        Recording(early)


def test_a_recording_without_scores_is_too_short() -> None:
    with pytest.raises(TooShort, match="no scores"):
        Recording(replace(seen, score=None) for seen in listing(1))


def test_a_recording_of_final_scores_cannot_be_replayed(shared: Path) -> None:
    with pytest.raises(CommandError, match="hourly readings"):
        run(shared / "data" / "reddit/r_all_daily_top.csv")


def test_every_policy_makes_exactly_k_picks_a_day(recording: Recording) -> None:
    for policy in (by_pace(), by_score, by_chance(1)):
        assert len(replay(recording, recording.days, policy, 30)) == 60


def test_picks_nobody_could_make_count_as_wrong() -> None:
    few = Recording(listing(days=2, per_hour=1))
    picks = replay(few, few.days[:1], by_score, 30)
    assert len(picks) == 30
    assert sum(pick.lead is None for pick in picks) >= 6  # the day has only 24 posts


def test_no_policy_sees_a_reading_of_the_future(recording: Recording) -> None:
    def spy(seen: Sequence[Seen]) -> float:
        heights.append((seen[-1].observed_at, max(reading.observed_at for reading in seen), seen[-1].created_at))
        return 0.0

    heights: list[tuple[datetime, datetime, datetime]] = []
    replay(recording, recording.days, spy, 30)
    assert heights
    for now, latest, made in heights:
        assert latest == now
        assert timedelta() <= now - made <= timedelta(hours=4)


def test_what_happens_later_changes_no_pick() -> None:
    changed = [replace(s, score=0) if s.observed_at > MIDNIGHT + 12 * HOUR else s for s in listing()]
    picked: list[list[str]] = [[], []]
    for notes, readings in zip(picked, (listing(), changed), strict=True):

        def noting(seen: Sequence[Seen], notes: list[str] = notes) -> float:
            if seen[-1].observed_at <= MIDNIGHT + 12 * HOUR:
                notes.append(f"{seen[-1].observed_at} {seen[-1].id} {seen[-1].score}")
            return by_score(seen)

        day = Recording(readings)
        replay(day, day.days[:1], noting, 30)
    assert picked[0] == picked[1]


def test_a_right_pick_leads_by_the_hours_until_the_post_had_nine_tenths(recording: Recording) -> None:
    """Posts rise evenly for eight hours, so one picked at its third reading has risen five hours later."""
    assert recording.lead("5-0", MIDNIGHT + 8 * HOUR) == 5.0
    assert recording.lead("5-0", MIDNIGHT + 15 * HOUR) == -2.0


def test_perfect_and_hopeless_picks_are_judged_as_such() -> None:
    perfect = judge([Pick(3.0)] * 25, days=1, calls=25)
    assert (perfect.precision, perfect.recall, perfect.lead_hours) == (1.0, 1.0, 3.0)
    hopeless = judge([Pick(None)] * 25, days=1, calls=25)
    assert (hopeless.precision, hopeless.recall, hopeless.lead_hours, hopeless.lead_interval) == (0, 0, None, None)


def test_several_draws_of_one_policy_are_averaged() -> None:
    two_draws = judge([Pick(1.0), Pick(None)] * 25, days=1, calls=25)
    assert (two_draws.precision, two_draws.recall, two_draws.model_calls) == (0.5, 0.5, 25)


def test_the_gain_is_told_pick_by_pick() -> None:
    found = gain([Pick(1.0)] * 6 + [Pick(None)] * 4, [Pick(None)] * 10)
    assert found.precision == pytest.approx(0.6)
    assert found.interval[0] < 0.6 < found.interval[1]


def test_halves_do_not_overlap() -> None:
    days = [MIDNIGHT + n * backtest.DAY for n in range(5)]
    assert [*part(days, "first"), *part(days, "second")] == list(part(days, "all"))
    with pytest.raises(TooShort, match="one whole day"):
        part(days[:1], "first")


def run(*args: object) -> str:
    out = StringIO()
    call_command("backtest_trends", *map(str, args), stdout=out)
    return out.getvalue()


def test_on_the_recorded_file_the_rank_is_as_sure_as_the_raw_score_earlier_and_thrice_as_sure_as_chance(
    shared: Path,
) -> None:
    found = json.loads(run(shared / "data" / HOURLY, "--json"))
    rank, raw, chance = (found["policies"][name] for name in ("rank", "raw_score", "random"))
    assert rank["precision"] >= raw["precision"]
    assert rank["precision"] >= 3 * chance["precision"]
    assert rank["lead_hours"] > raw["lead_hours"]
    assert rank["model_calls"] == raw["model_calls"] == 60
    assert found["window"] == ["2024-01-02T00:00:00+00:00", "2024-01-04T00:00:00+00:00"]


def test_the_table_and_the_sweep_are_printed(shared: Path) -> None:
    table = run(shared / "data" / HOURLY, "--evaluate", "first")
    assert all(word in table for word in ("rank", "raw_score", "random", "2023-12-31"))
    assert "talk" in run(shared / "data" / HOURLY, "--evaluate", "first", "--sweep")


def test_a_file_that_cannot_be_judged_is_told_in_words(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.csv"
    nothing.write_text("title,subreddit,score,num_comments\n", encoding="utf-8")
    with pytest.raises(CommandError, match="no scores"):
        run(nothing)
    with pytest.raises(CommandError, match="No such file"):
        run(tmp_path / "missing.csv")
    with pytest.raises(CommandError, match="at least 1"):
        run(nothing, "--k", "0")
