"""Timelines on pages: of every kind of thing, for a viewer, without customers, in a constant number of queries."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from etsy.models import Listing
from fulfillment import privacy
from fulfillment.models import AccessLog
from fulfillment.tests.making import ADDRESS
from pricing.models import Offer, PriceChange
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.console import timeline_pages
from stickertrendz.console.tests.benching import bench_order, make_design
from stickertrendz.console.tests.scene import make_everything
from stickertrendz.console.timeline_lives import LIVES
from stickertrendz.ops import alerts, audit
from stickertrendz.ops.models import Call, ErrorLog, Intent, Run
from stickertrendz.ops.subjects import subject_of
from trends.models import Source, Trend

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer(client: Client) -> Client:
    user = User.objects.create_user("vera", is_staff=True)
    user.groups.add(Group.objects.get(name="viewer"))
    client.force_login(user)
    return client


def words(row: Model) -> list[str]:
    return [f"{moment.who} {moment.words}".strip() for moment in timeline_pages.told(row).moments]


def queries(row: Model) -> int:
    fresh = type(row)._default_manager.get(pk=row.pk)
    with CaptureQueriesContext(connection) as asked:
        timeline_pages.told(fresh)
    return len(asked)


def called(row: Model, operation: str, outcome: str = "done", run: Run | None = None, ago: int = 0) -> Call:
    at = clock.now() - timedelta(seconds=ago)
    return Call.objects.create(
        service="etsy", operation=operation, outcome=outcome, subject=subject_of(row), at=at, run=run
    )


def ran(workflow: str = "publisher", **columns: Any) -> Run:
    now = clock.now()
    return Run.objects.create(workflow=workflow, started_at=now - timedelta(minutes=5), lease_until=now, **columns)


def a_listing(design: Sticker | None = None) -> Listing:
    return Listing.objects.create(sticker=design or make_design(), etsy_id=Listing.objects.count() + 1, status="active")


def test_every_kind_of_thing_has_a_timeline_that_its_viewers_see(viewer: Client) -> None:
    rows = make_everything()
    Source.objects.update(asked_at=clock.now())  # of one that was never asked there is nothing to tell
    models: list[type[Model]] = [*LIVES, Run]
    for model in models:
        shown = viewer.get(reverse("timeline", args=[subject_of(rows[model])]))
        assert shown.status_code == 200, model
        assert b"moment-words" in shown.content, model
        page = viewer.get(reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_change", args=[rows[model].pk]))
        assert b"What happened" in page.content, model


def test_nobody_sees_a_timeline_without_seeing_the_thing(client: Client) -> None:
    run = ran()
    client.force_login(User.objects.create_user("nobody", is_staff=True))
    assert client.get(reverse("timeline", args=[subject_of(run)])).status_code == 403


@pytest.mark.parametrize("subject", ["ops.run:0", "ops.run:x", "auth.user:1", "made up"])
def test_what_has_no_timeline_is_not_found(viewer: Client, subject: str) -> None:
    assert viewer.get(reverse("timeline", args=[subject])).status_code == 404


def test_what_jobs_people_and_etsy_did_stands_in_plain_words() -> None:
    listing, run = a_listing(), ran()
    called(listing, "createDraftListing", run=run, ago=40)
    for second in range(10):
        called(listing, "uploadListingImage", run=run, ago=30 - second)
    called(listing, "getListing", run=run, ago=3)
    called(listing, "activateListing", "unclear", run=run, ago=2)
    audit.record("olive", "asked for renewal", listing, "sells well")
    alerts.alert("x", "A listing was changed on Etsy", "look", listing)
    ErrorLog.objects.create(subject=subject_of(listing), workflow="publisher", step="draft", error_type="timeout",
                            error_message="no answer", run=run, created_at=clock.now())  # fmt: skip
    told = words(listing)
    for sentence in (
        "The publisher sent the draft to Etsy", "The publisher sent 10 pictures to Etsy",
        "The publisher put it on sale on Etsy – no answer came", "olive asked to renew the listing",
        "You were told: A listing was changed on Etsy", "The publisher met an error",
    ):  # fmt: skip
        assert sentence in told
    assert not any("how the listing stands" in one for one in told), "looks that went well are passed over"


@pytest.mark.parametrize(("columns", "sentence"), [
    ({"state": "planned"}, "Decided to send the draft to Etsy; it has not left yet"),
    ({"state": "sent"}, "Sent the draft to Etsy, and do not know yet whether it arrived: it is looked for"),
    ({"state": "void"}, "The draft was called off before Etsy had it"),
    ({"state": "done"}, "No answer had come from Etsy; looked whether the draft was there, and found it"),
    ({"state": "done", "sends": 2}, "It was not found at Etsy, so the draft was sent once more"),
])  # fmt: skip
def test_a_promise_that_did_not_go_as_usual_is_told(columns: dict[str, Any], sentence: str) -> None:
    listing, now = a_listing(), clock.now()
    Intent.objects.create(
        kind="etsy_draft", key="k", subject=subject_of(listing), planned_at=now - timedelta(hours=1),
        sent_at=now - timedelta(minutes=50), done_at=now, **columns,
    )  # fmt: skip
    assert sentence in words(listing)


def test_a_promise_kept_at_once_is_told_by_its_call_alone() -> None:
    listing, now = a_listing(), clock.now()
    before = words(listing)
    Intent.objects.create(kind="etsy_draft", key="k", subject=subject_of(listing), planned_at=now, sent_at=now,
                          done_at=now, state="done", sends=1)  # fmt: skip
    assert words(listing) == before


def test_a_designs_timeline_tells_its_prices_with_their_cause_and_its_listings_life() -> None:
    design = make_design()
    listing, offer = a_listing(design), Offer.objects.filter(sticker=design).first()
    offer = offer or Offer.objects.create(
        sticker=design, size="3in", tier="cooling", tier_since=clock.now(), wanted_price="3.49", floor_price="3.49"
    )
    PriceChange.objects.create(offer=offer, old_price="4.49", new_price="3.49", tier="cooling", status="pushed",
                               reason="cooling price, at the floor", shipping_cost=1, floor_price="3.49")  # fmt: skip
    called(listing, "renewListing")
    moments = timeline_pages.told(design).moments
    price = next(moment for moment in moments if moment.kind == "price" and "went from" in moment.words)
    assert price.words == "The price of the 3 inch sticker went from $4.49 to $3.49"
    assert price.why == "because the trend’s age makes it “cooling”, at the floor"
    assert any("renewed the listing on Etsy" in moment.words for moment in moments)


def test_an_orders_timeline_says_who_looked_at_the_customer_and_never_what_they_saw(viewer: Client) -> None:
    order = bench_order()
    privacy.read(order, by="olive", why="wrote to us")
    assert AccessLog.objects.exists()
    shown = viewer.get(reverse("timeline", args=[subject_of(order)])).content.decode()
    assert re.search(r"olive</strong> read the customer’s data", shown)
    assert ADDRESS.name not in shown
    assert "12 Teapot Lane" not in shown


def test_a_run_tells_what_it_touched() -> None:
    run = ran("sticker_generator", status="completed", ended_at=clock.now() + timedelta(minutes=1))
    design = make_design()
    for _ in range(3):
        called(design, "moderations", run=run)
    audit.record("moderation", "approved sticker", design, "harmless")
    told = words(run)
    assert "The sticker generator had the model judge 3 designs" in told
    assert "The moderation approved the design" in told
    assert "The sticker generator did all its work" in told


def test_hundreds_of_moments_are_paged_by_links(viewer: Client) -> None:
    listing = a_listing()
    for number in range(120):
        audit.record("olive", "asked for renewal", listing, f"reason {number} .")
    address, shown = reverse("timeline", args=[subject_of(listing)]), []
    page = viewer.get(address).content.decode()
    for _ in range(5):
        shown += re.findall(r"reason \d+ \.", page)
        if (more := re.search(r'href="([^"]+)">Earlier', page)) is None:
            break
        page = viewer.get(more[1]).content.decode()
    assert sorted(shown) == sorted(f"reason {number} ." for number in range(120))
    assert "Newest" in page


def test_a_timeline_costs_as_many_queries_for_much_as_for_little() -> None:
    few, many = a_listing(), a_listing()
    for listing, times in ((few, 1), (many, 30)):
        for number in range(times):
            called(listing, "uploadListingImage", run=ran(f"job {listing.pk}", status="failed"), ago=number)
            audit.record("olive", "asked for renewal", listing)
            alerts.alert(f"{listing.pk} {number}", "look", "look", listing)
    assert queries(few) == queries(many) <= 16
    assert queries(few.sticker) == queries(many.sticker) <= 16
    assert queries(few.sticker.trend) == queries(many.sticker.trend) <= 16
    assert queries(ran("a")) <= 8


@pytest.mark.parametrize("before", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-13-45T00:00", "x"])
def test_an_odd_time_in_the_address_begins_with_the_newest(viewer: Client, before: str) -> None:
    topic = Trend.objects.create(topic="owl", topic_normalized="owl", status="discovered")
    for row in (ran(), topic):
        shown = viewer.get(reverse("timeline", args=[subject_of(row)]), {"before": before})
        assert shown.status_code == 200
        assert shown.context["timeline_before"] is None
