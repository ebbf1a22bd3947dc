"""The service page's figures: told from measured days only, judged by the plan's limits, timed from stored rows."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from etsy.models import Listing
from fulfillment.tests.making import make_sticker
from stickertrendz import clock
from stickertrendz.housekeeping import books, metrics, service, timings
from stickertrendz.housekeeping.service import Row
from stickertrendz.ops import meters
from stickertrendz.ops.models import Call, Metric, Run
from trends.discover import let_through

pytestmark = pytest.mark.django_db
TODAY, DAY = date(2026, 3, 10), timedelta(days=1)
AT = datetime(2026, 3, 9, 12, tzinfo=UTC)
YESTERDAY = AT.date()


def measured(back: int, /, **figures: str) -> None:
    metrics.keep(TODAY - DAY * back, {name.replace("__", ":"): Decimal(value) for name, value in figures.items()})


def row(name: str) -> Row:
    found = service.read(TODAY)
    return next(one for one in (*found.kpis, *found.steps) if one.name == name)


def call(
    operation: str, ms: int, subject: str, at: datetime = AT, service: str = "openai", run: Run | None = None
) -> None:
    Call.objects.create(service=service, operation=operation, ms=ms, subject=subject, at=at, outcome="done", run=run)


def test_the_plans_nine_figures_and_ten_steps_are_told_and_nothing_is_invented_before_the_first_day() -> None:
    found = service.read(TODAY)
    assert (len(found.kpis), len(found.steps)) == (9, 10)
    assert {one.verdict for one in (*found.kpis, *found.steps)} == {"not enough data yet"}


@pytest.mark.parametrize(
    ("name", "figures", "state", "value"),
    [
        ("Runs that succeed", {"runs": "200", "runs_failed": "10"}, "green", "95.0 %"),
        ("Runs that succeed", {"runs": "200", "runs_failed": "12"}, "amber", "94.0 %"),
        ("Runs that succeed", {"runs": "200", "runs_failed": "21"}, "red", "89.5 %"),
        ("New trends a day", {"trends_discovered": "5"}, "green", "5"),
        ("New trends a day", {"trends_discovered": "1"}, "amber", "1"),
        ("New trends a day", {"trends_discovered": "0"}, "red", "0"),
        ("Pictures that become designs", {"pictures_passed": "7", "pictures_tried": "10"}, "amber", "70.0 %"),
        ("Wrongly rejected designs", {"samples_wrong": "5", "samples_judged": "20"}, "red", "25.0 %"),
        ("Listings made of those tried", {"listings_made": "8", "listings_tried": "8"}, "green", "100.0 %"),
        ("Trend to listing, 95 of 100", {"p95__end_to_end": "3000"}, "amber", "50.0 min"),
        ("AI spend a day", {"ai_spend": "8.50"}, "amber", "$8.50"),
        ("Prints ordered at the first try", {"prints_due": "10", "prints_failed_first": "3"}, "red", "70.0 %"),
        ("Listings on sale", {"active_listings": "281"}, "amber", "281"),
    ],
)  # fmt: skip
def test_each_figure_is_green_amber_or_red_by_the_plan(
    name: str, figures: dict[str, str], state: str, value: str
) -> None:
    measured(1, **figures)
    one = row(name)
    assert (one.state, one.value) == (state, value)


def test_a_day_without_attempts_tells_nothing_and_the_last_that_tells_is_shown() -> None:
    measured(1, pictures_passed="0", pictures_tried="0")
    measured(3, pictures_passed="9", pictures_tried="10")
    one = row("Pictures that become designs")
    assert (one.day, one.value, one.known, one.kept) == (TODAY - DAY * 3, "90.0 %", 1, 1)


def test_wrong_rejections_are_of_all_judged_in_thirty_days() -> None:
    measured(20, samples_wrong="2", samples_judged="20")
    measured(2, samples_wrong="1", samples_judged="20")
    assert row("Wrongly rejected designs").value == "7.5 %"


def test_today_is_not_judged_before_it_is_over() -> None:
    measured(0, ai_spend="50")
    assert row("AI spend a day").state == "unknown"


def test_a_step_is_timed_by_the_nearest_rank_with_its_repeats_added() -> None:
    run = Run.objects.create(workflow="trend_monitor", started_at=AT, lease_until=AT, status="completed")
    for number in range(19):
        call("chat:trend_score", 2000 + number, f"trends.trend:{number}", run=run)
    call("chat:trend_score", 9000, "trends.trend:99", run=run)
    call("chat:trend_score", 5000, "trends.trend:99", run=run)
    found = timings.figures(YESTERDAY)
    assert (found["p50:scoring"], found["p95:scoring"], found["n:scoring"]) == (
        Decimal("2.01"),
        Decimal("2.02"),
        Decimal(20),
    )
    assert max(timings.durations(YESTERDAY)["scoring"]) == 14.0


def test_a_picture_is_timed_from_its_order_to_its_delivery_and_its_cut_and_checks_as_stored() -> None:
    sticker = make_sticker(sizes=())
    made = sticker.generation
    type(made).objects.filter(pk=made.pk).update(
        ordered_at=AT - timedelta(seconds=14), numbers={"cut_seconds": 3.5, "check_seconds": 0.4}
    )
    call("delivery", 300, f"stickers.generation:{made.pk}", service="replicate")
    found = timings.durations(YESTERDAY)
    assert (found["image"], found["post_processing"], found["quality"]) == ([14.0], [3.5], [0.4])


def test_a_listing_is_timed_from_its_first_call_to_its_last_in_the_run_that_made_it() -> None:
    run = Run.objects.create(workflow="publisher", started_at=AT, lease_until=AT, status="completed")
    for seconds, operation in ((0, "getListingsByShop"), (2, "createDraftListing"), (9, "getListing")):
        call(operation, 100, "etsy.listing:1", AT + timedelta(seconds=seconds), "etsy", run)
    call("getListing", 100, "etsy.listing:2", AT, "etsy", run)
    assert timings.durations(YESTERDAY)["listing"] == [9.0]


def test_trend_to_listing_leaves_out_what_a_person_decided_on_and_what_a_cap_held_back(virtual_time: object) -> None:
    now = clock.now().replace(hour=12)
    for by in ("moderation", "owner"):
        sticker = make_sticker(sizes=(), reviewed_by=by)
        type(sticker.trend).objects.filter(pk=sticker.trend_id).update(let_through_at=now - timedelta(minutes=40))
        Listing.objects.create(sticker=sticker, status="active", first_active_at=now)
    assert timings.durations(now.date())["end_to_end"] == [2400.0]
    meters.spend("listings", meters.level("listings", now).limit, now)
    assert timings.durations(now.date())["end_to_end"] == []


def test_trend_to_listing_leaves_out_the_time_a_trend_was_watched_or_queued(virtual_time: object) -> None:
    now = clock.now().replace(hour=12)
    trend = make_sticker(sizes=(), reviewed_by="moderation").trend
    type(trend).objects.filter(pk=trend.pk).update(status="queued", created_at=now - timedelta(hours=15))
    trend.refresh_from_db()
    assert let_through(trend)
    trend.refresh_from_db()
    assert trend.let_through_at is not None
    on_sale = trend.let_through_at + timedelta(minutes=9)
    Listing.objects.create(sticker=trend.stickers.get(), status="active", first_active_at=on_sale)
    assert timings.durations(on_sale.date())["end_to_end"] == [540.0]


def test_daily_runs_are_timed_and_kept_when_the_day_is_closed() -> None:
    times = {"started_at": AT, "ended_at": AT + timedelta(seconds=90), "lease_until": AT}
    Run.objects.create(workflow="pricing_engine", status="completed", **times)
    books.close_days(AT + DAY)
    assert Metric.objects.get(name="p95:pricing_run").value == 90
    assert (row("Pricing, the daily run").value, row("Pricing, the daily run").state) == ("90 s", "green")


def test_the_page_says_it_in_words_asks_the_same_for_any_number_of_days_and_is_not_for_everybody(
    client: Client,
) -> None:
    client.force_login(User.objects.create_user("packer", is_staff=True))
    assert client.get(reverse("service")).status_code == 403
    client.force_login(User.objects.create_superuser("owner"))
    now = clock.today()
    counts = []
    for many in (1, 30):
        for back in range(1, many + 1):
            metrics.keep(
                now - DAY * back, {"ai_spend": Decimal("9"), "p95:scoring": Decimal(3), "n:scoring": Decimal(4)}
            )
        with CaptureQueriesContext(connection) as asked:
            page = client.get(reverse("service")).content.decode()
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert "between target and limit" in page
    assert "not enough data yet" in page
    assert "30 of 30 measured days within target" in page
