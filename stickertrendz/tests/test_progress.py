"""Progress: a date is told only where measured days show it."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest

from etsy.models import Listing, SearchWeek
from fulfillment.tests.making import make_sticker
from stickertrendz import clock
from stickertrendz.housekeeping import progress
from stickertrendz.housekeeping.progress import Goal
from stickertrendz.ops.models import Metric

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)
DAY = timedelta(days=1)


def measured(name: str, values: Sequence[int], until: date = TODAY - DAY) -> None:
    """One value a day, the last on `until`."""
    first = until - DAY * (len(values) - 1)
    rows = [Metric(name=name, day=first + DAY * at, value=Decimal(value)) for at, value in enumerate(values)]
    Metric.objects.bulk_create(rows)


def goal(name: str) -> Goal:
    found = progress.read(TODAY)
    return next(one for one in (*found.milestones, *found.packs, *found.storefront) if one.name == name)


def test_on_the_first_day_nothing_is_reached_and_every_goal_of_the_plan_is_told() -> None:
    found = progress.read(TODAY)
    assert [len(found.milestones), len(found.packs), len(found.storefront)] == [7, 4, 5]
    assert not [one.name for one in (*found.milestones, *found.packs, *found.storefront) if one.reached]


def test_a_hundred_listings_are_reached_on_the_first_day_that_had_them_even_if_it_has_fewer_now() -> None:
    measured("active_listings", [40, 99, 100, 120, 90])
    assert goal("First 100 listings live").reached == TODAY - DAY * 3
    assert goal("First 100 listings live").figure == "90"


def test_the_first_sale_and_the_tenth_are_found_by_adding_up() -> None:
    measured("orders", [0, 2, 0, 9])
    assert goal("First sale").reached == TODAY - DAY * 3
    assert goal("Ten sales").reached == TODAY - DAY


def test_what_was_sold_today_is_not_counted_before_the_day_is_over() -> None:
    measured("orders", [5], until=TODAY)
    assert goal("First sale").reached is None


def test_three_a_day_must_last_a_week_without_a_weaker_or_an_unmeasured_day() -> None:
    measured("orders", [3, 3, 3, 2, 3, 4, 3, 3, 3, 3, 5])
    assert goal("Daily sales").reached == TODAY - DAY
    Metric.objects.filter(day=TODAY - DAY * 2).delete()
    assert goal("Daily sales").reached is None


def test_revenue_is_reached_on_the_day_that_lifts_thirty_days_to_it() -> None:
    measured("gross_revenue", [400, *[0] * 29, 200, 350])
    assert goal("Revenue").reached == TODAY - DAY  # the 400 are 31 days old by then
    assert goal("Revenue").figure == "$550.00 in 30 days"


def test_revenue_that_lasts_needs_both_of_two_months() -> None:
    measured("gross_revenue", [*[100] * 30, *[200] * 30])
    assert goal("Revenue lasts").reached is None
    assert goal("Revenue lasts").figure == "$3,000.00 in the weaker of two months"
    Metric.objects.update(value=170)
    assert goal("Revenue lasts").reached == TODAY - DAY


def test_a_stable_pipeline_is_more_than_95_of_100_runs_over_two_weeks() -> None:
    measured("runs", [20] * 15)
    measured("runs_failed", [14, *[1] * 13, 0])
    assert goal("The pipeline is stable").reached == TODAY - DAY
    assert goal("The pipeline is stable").figure == "95.4 %"


def test_a_sticker_earns_only_once_ten_were_sold_in_thirty_measured_days() -> None:
    measured("units", [*[0] * 29, 9, 1])
    measured("estimated_profit", [*[0] * 29, 9, -3])
    assert goal("A sticker earns").reached == TODAY - DAY
    assert goal("A sticker earns").figure == "$0.60 a sticker"


def test_conversion_counts_from_enough_listings_on() -> None:
    week = {"views": 1000, "sales": 30}
    SearchWeek.objects.create(monday=date(2026, 5, 18), listings=29, **week)
    assert goal("People want it").figure == "too few data"
    SearchWeek.objects.create(monday=date(2026, 5, 25), listings=30, **week)
    assert (goal("People want it").figure, goal("People want it").reached) == ("3.00 %", date(2026, 5, 25))


def test_the_pipeline_has_run_end_to_end_on_the_day_of_the_first_listing_on_sale() -> None:
    at = clock.now() - DAY * 5
    Listing.objects.create(sticker=make_sticker(sizes=()), status="expired", first_active_at=at)
    Listing.objects.create(sticker=make_sticker(sizes=()), status="active", first_active_at=at + DAY)
    assert goal("Runs end to end").reached == at.date()


def test_what_no_row_can_tell_is_left_to_the_person() -> None:
    assert not goal("Customers want what Etsy lacks").is_judged
    assert goal("Trends must be seen faster").figure == "looked for every 2 hours"
