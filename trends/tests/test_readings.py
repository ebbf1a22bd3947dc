"""What sources saw, kept as signals."""

from datetime import timedelta

import pytest

from stickertrendz import clock
from trends import readings
from trends.models import Signal

from .make import make_seen, make_signal, make_source

pytestmark = pytest.mark.django_db


def test_the_reading_before_is_kept_for_the_growth() -> None:
    source = make_source()
    readings.store(source, [make_seen("frog", score=100, minutes_ago=120)])
    readings.store(source, [make_seen("frog", score=700)])
    signal = Signal.objects.get()
    assert (signal.score_before, signal.score) == (100, 700)
    assert signal.per_hour() == pytest.approx(300, abs=1)


def test_readings_close_together_do_not_make_a_growth() -> None:
    source = make_source()
    readings.store(
        source, [make_seen("frog", score=100, minutes_ago=120), make_seen("frog", score=200, minutes_ago=10)]
    )
    readings.store(source, [make_seen("frog", score=300)])
    signal = Signal.objects.get()
    assert (signal.score_before, signal.score) == (100, 300)


def test_an_older_reading_changes_nothing() -> None:
    source = make_source()
    readings.store(source, [make_seen("frog", score=700)])
    readings.store(source, [make_seen("frog", score=100, minutes_ago=120)])
    assert Signal.objects.get().score == 700


def test_several_readings_in_one_batch_are_taken_in_the_order_of_time() -> None:
    readings.store(make_source(), [make_seen("frog", score=900), make_seen("frog", score=300, minutes_ago=60)])
    signal = Signal.objects.get()
    assert (signal.score_before, signal.score) == (300, 900)


def test_an_id_too_long_for_its_column_stays_unique() -> None:
    source, long = make_source(), "x" * 150
    readings.store(source, [make_seen("a", key=long + "1"), make_seen("b", key=long + "2")])
    readings.store(source, [make_seen("a", key=long + "1")])
    assert Signal.objects.count() == 2


def test_an_address_too_long_is_left_out() -> None:
    readings.store(make_source(), [make_seen("frog", url="https://example.com/" + "x" * 600)])
    assert Signal.objects.get().url == ""


def test_an_absurd_figure_of_a_source_is_cut_to_what_the_column_holds() -> None:
    source = make_source()
    readings.store(source, [make_seen("frog", score=9 * 10**9, minutes_ago=60, comments=10**20)])
    readings.store(source, [make_seen("frog", score=-(10**20), comments=10**20)])
    signal = Signal.objects.get()
    assert (signal.score_before, signal.score, signal.comments) == (2**31 - 1, 1 - 2**31, 2**31 - 1)


def test_only_the_last_day_is_fresh() -> None:
    make_signal("new frog")
    make_signal("old frog", observed_at=clock.now() - timedelta(hours=25))
    assert [signal.text for signal in readings.fresh()] == ["new frog"]


def test_a_post_seen_in_two_places_is_one_piece_of_evidence() -> None:
    first = make_signal("frog", make_source(place="frogs"), native_id="abc")
    second = make_signal("frog", make_source(place="popular"), native_id="abc")
    assert readings.key_of(first) == readings.key_of(second)


def test_a_breakout_query_counts_as_google() -> None:
    signal = make_signal("frog", make_source("google_breakout", "US"))
    assert readings.key_of(signal)[0] == "google_trends"


def test_a_signal_knows_its_sources_weight_and_how_often_it_was_met() -> None:
    source = make_source(weight=2.0)
    for minutes in (240, 120, 110, 0):  # the third is too near to the second to be a look of its own
        readings.store(source, [make_seen("frog", score=None, minutes_ago=minutes)])
    (seen,) = readings.as_seen(Signal.objects.all())
    assert (seen.weight, seen.looks) == (2.0, 3)


def test_a_signal_gives_both_of_its_readings() -> None:
    before = clock.now() - timedelta(hours=2)
    seen = readings.as_seen([make_signal(score=500, score_before=100, observed_before=before)])
    assert [(reading.score, reading.observed_at == before) for reading in seen] == [(100, True), (500, False)]
