"""Archived designs whose trend came back are offered, and put back by a person where there is room."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fulfillment.tests.making import make_sticker
from pricing import plan, relist
from pricing.models import Offer
from pricing.tests.making import DAY
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import meters
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.models import AuditEntry
from trends import blocklists, merge
from trends.extract import Topic
from trends.models import Signal, Source, Trend
from trends.normalise import stems
from trends.shut import shut

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relist, "wake_publisher", lambda: None)


TREES = ("alder", "birch", "cedar", "elder", "hazel", "larch", "maple", "poplar", "rowan", "willow")


def archived(*, days_ago: int = 5, trend_age: int = 40) -> Sticker:
    sticker = make_sticker(trend_age=trend_age * DAY, published_at=clock.now() - 30 * DAY)
    plan.open_offers(sticker)
    topic = f"teapot {TREES[Trend.objects.count() % len(TREES)]}"
    sticker.trend.topic, sticker.trend.topic_normalized = topic, " ".join(sorted(stems(topic)))
    sticker.trend.save()
    merge.store_keys(sticker.trend)
    Offer.objects.filter(sticker=sticker).update(tier_since=clock.now() - 30 * DAY)
    Sticker.objects.filter(pk=sticker.pk).update(
        shelf="archived", shelf_since=clock.now() - days_ago * DAY, shelf_why="no sale and no new view for 14 days"
    )
    Trend.objects.filter(pk=sticker.trend_id).update(last_seen_at=clock.now() - (days_ago + 1) * DAY)
    sticker.refresh_from_db()
    return sticker


def seen_again(topic: str, *, posted: timedelta = timedelta(hours=2), rank: float = 5.0) -> Trend:
    """A post of that topic is collected and merged, as the trend monitor does it."""
    source, _ = Source.objects.get_or_create(kind="reddit", place="memes")
    now = clock.now()
    number = Signal.objects.count() + 1
    post = Signal.objects.create(
        source=source, native_id=f"t3_{number}", text=topic, created_at=now - posted, observed_at=now
    )
    told = Topic(topic=topic, keywords=tuple(topic.split()), rank=rank, parts={}, signal_ids=())
    merged = merge.merge(told, [post])
    assert merged
    return merged.trend


def test_a_trend_that_is_seen_again_by_newer_posts_offers_its_archived_designs() -> None:
    sticker = archived()
    assert relist.returned() == []
    trend = seen_again(sticker.trend.topic)
    assert trend.pk == sticker.trend_id, "merged into the stored trend"
    [found] = relist.returned()
    assert (found.sticker, found.signals, found.rank) == (sticker, 1, 5.0)
    assert (found.archived_at, found.why) == (sticker.shelf_since, "no sale and no new view for 14 days")
    assert found.seen_at > clock.now() - timedelta(minutes=1)


def test_a_trend_that_never_went_away_and_shows_old_posts_only_offers_nothing() -> None:
    sticker = archived(days_ago=1)
    seen_again(sticker.trend.topic, posted=2 * DAY)
    assert relist.returned() == []


def test_a_return_that_is_over_again_offers_nothing() -> None:
    sticker = archived(days_ago=9)
    seen_again(sticker.trend.topic, posted=5 * DAY)
    Trend.objects.filter(pk=sticker.trend_id).update(last_seen_at=clock.now() - 4 * DAY)
    assert relist.returned() == []


def test_a_new_episode_of_the_trend_offers_the_old_designs_too() -> None:
    sticker = archived(days_ago=61, trend_age=90)
    trend = seen_again(sticker.trend.topic, rank=7.5)
    assert (trend.episode, trend.pk == sticker.trend_id) == (2, False)
    [found] = relist.returned()
    assert (found.sticker, found.signals, found.rank) == (sticker, 1, 7.5)


def test_shut_topics_and_designs_that_are_on_sale_or_withdrawn_are_not_offered() -> None:
    stickers = [archived() for _ in range(4)]
    for sticker in stickers:
        seen_again(sticker.trend.topic)
    shut(stickers[0].trend, by="olive", why="bad taste")
    Sticker.objects.filter(pk=stickers[1].pk).update(shelf="wanted")
    Sticker.objects.filter(pk=stickers[2].pk).update(shelf="withdrawn")
    assert [one.sticker.pk for one in relist.returned()] == [stickers[3].pk]


def test_the_likeliest_come_first_in_a_constant_number_of_queries() -> None:
    assert _queries(1) == _queries(5)
    ranks = [one.rank for one in relist.returned()]
    assert ranks == sorted(ranks, reverse=True)


def _queries(more: int) -> int:
    for number in range(more):
        seen_again(archived().trend.topic, rank=float(number))
    with CaptureQueriesContext(connection) as captured:
        assert relist.returned()
    return len(captured)


def test_relisting_starts_its_time_on_the_shelf_and_at_its_tier_anew_at_the_price_of_its_age() -> None:
    sticker = archived(trend_age=40)
    Offer.objects.filter(sticker=sticker, size="4in").update(tier="just_dropped", wanted_price=Decimal("6.49"))
    relist.relist(sticker, by="olive", why="the meme is back")
    sticker.refresh_from_db()
    assert (sticker.shelf, sticker.shelf_why) == ("wanted", "relisted by olive: the meme is back")
    just_now = clock.now() - timedelta(minutes=1)
    assert sticker.shelf_since > just_now
    for offer in Offer.objects.filter(sticker=sticker):
        assert offer.tier_since > just_now
        assert (offer.tier, offer.wanted_price) == ("evergreen", Decimal("3.49" if offer.size == "3in" else "4.49"))
    entry = AuditEntry.objects.get(action="relisted design")
    assert (entry.who, entry.why) == ("olive", "the meme is back")


def test_relisting_twice_is_refused() -> None:
    sticker = archived()
    relist.relist(sticker, by="olive", why="back")
    with pytest.raises(NeedsPerson, match="is not archived"):
        relist.relist(sticker, by="olive", why="back")


def withdraw(sticker: Sticker, settings: Any) -> None:
    Sticker.objects.filter(pk=sticker.pk).update(shelf="withdrawn", shelf_why="complaint by A")


def reject(sticker: Sticker, settings: Any) -> None:
    Sticker.objects.filter(pk=sticker.pk).update(status="rejected")


def shut_topic(sticker: Sticker, settings: Any) -> None:
    shut(sticker.trend, by="olive", why="complaint by A")


def block(sticker: Sticker, settings: Any) -> None:
    blocklists.add("teapot", "trademark", by="olive", why="sued")


def fill_shop(sticker: Sticker, settings: Any) -> None:
    settings.MAX_ACTIVE_LISTINGS = 1
    make_sticker(published_at=clock.now())


def use_up_listings(sticker: Sticker, settings: Any) -> None:
    meters.spend("listings", settings.MAX_LISTINGS_PER_DAY, clock.now())


def use_up_fees(sticker: Sticker, settings: Any) -> None:
    meters.spend("listing_fees", 39_900_000, clock.now())


@pytest.mark.parametrize(
    ("hinder", "words"),
    [
        (withdraw, "was withdrawn .complaint by A."),
        (reject, "is not archived"),
        (shut_topic, "Its topic was shut .complaint by A.: reopen the topic first"),
        (block, "The blocklists find “teapot”"),
        (fill_shop, "1 of 1 listings are on sale: archive one first"),
        (use_up_listings, "listings published today"),
        (use_up_fees, "listing fees of the month"),
    ],
)
def test_what_stands_in_the_way_is_told_and_nothing_changes(hinder: Any, words: str, settings: Any) -> None:
    sticker = archived()
    assert relist.refusal(sticker) == ""
    hinder(sticker, settings)
    before = Sticker.objects.values_list("shelf", "shelf_since", "status").get(pk=sticker.pk)
    with pytest.raises(NeedsPerson, match=words):
        relist.relist(sticker, by="olive", why="back")
    assert Sticker.objects.values_list("shelf", "shelf_since", "status").get(pk=sticker.pk) == before


def test_a_listing_that_ended_on_etsy_leaves_room_to_relist(settings: Any) -> None:
    sticker, long_ago = archived(), clock.now() - 150 * DAY
    fill_shop(sticker, settings)
    assert relist.refusal(sticker)
    Sticker.objects.exclude(pk=sticker.pk).update(published_at=long_ago, shelf_since=long_ago)
    assert relist.refusal(sticker) == ""


def test_somebody_faster_keeps_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    sticker = archived()
    monkeypatch.setattr(relist, "refusal", lambda one: "")
    withdraw(sticker, None)
    with pytest.raises(NeedsPerson, match="changed by somebody else meanwhile"):
        relist.relist(sticker, by="olive", why="back")
    assert not AuditEntry.objects.exists()
