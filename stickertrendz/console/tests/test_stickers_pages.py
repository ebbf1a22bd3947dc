"""The pages of designs: what the list and one design show, how they are found, and verdicts on many at once."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_q.models import OrmQ

from etsy.models import Listing
from fulfillment.models import Order, OrderItem
from pricing.models import Offer, Tier
from stickers import review
from stickers.models import Generation, Sticker
from stickertrendz import clock
from stickertrendz.ops.models import AuditEntry
from stickertrendz.tests.making import make_sticker
from trends.tests.make import make_signal, make_source

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "admin:stickers_sticker_changelist"
TOPICS = ("otters holding hands", "sleepy fox", "cozy frog", "grumpy cat")
JUDGED = {"violence": 0.55, "sexual": 0.01, "hate": 0.81}


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("owner"))
    return client


def flagged(topic: str = "sleepy fox", **columns: Any) -> Sticker:
    sticker = make_sticker(topic)
    told = {"status": "flagged", "shelf": "none", "thumbnail_key": sticker.listing_images[0], **columns}
    Sticker.objects.filter(pk=sticker.pk).update(**told)
    sticker.refresh_from_db()
    return sticker


def page(client: Client, sticker: Sticker) -> str:
    return client.get(reverse("admin:stickers_sticker_change", args=[sticker.pk])).content.decode()


def found(client: Client, **asked: str) -> list[str]:
    shown = client.get(reverse(LIST), asked).content.decode()
    return [topic for topic in TOPICS if topic in shown]


def decide(client: Client, verdict: str, stickers: list[Sticker], **form: str) -> str:
    """What the page that asks would send, as the action of the list."""
    keys = ",".join(str(one.pk) for one in stickers)
    agreed = {"select_across": "1", "keys": keys, "agreed": "1", "_selected_action": [stickers[0].pk]}
    return client.post(reverse(LIST), {"action": verdict, **agreed, **form}, follow=True).content.decode()


@pytest.mark.parametrize("written", ["{:d}", "ST-{:06d}", "st-{:06d}", "{:06d}", "ST-{:06d}-3"])
def test_a_design_is_found_by_its_number_however_it_is_written(owner: Client, written: str) -> None:
    wanted, *_ = [flagged(topic) for topic in TOPICS]
    assert found(owner, q=written.format(wanted.pk)) == [TOPICS[0]]


def test_a_design_is_found_by_title_and_by_topic(owner: Client) -> None:
    for topic in TOPICS:
        flagged(topic)
    Sticker.objects.filter(trend__topic=TOPICS[1]).update(title="Vulpine Slumber")
    assert found(owner, q="vulpine") == [TOPICS[1]]
    assert found(owner, q="grumpy") == [TOPICS[3]]
    assert found(owner, q="99999999999999999999") == []


@pytest.mark.parametrize(("band", "expected"), [
    ("harmless", [0]), ("doubtful", [1, 2]), ("refused", [3]), ("none", []), ("nonsense", [0, 1, 2, 3]),
])  # fmt: skip
def test_the_list_is_filtered_by_the_bands_of_moderation(owner: Client, band: str, expected: list[int]) -> None:
    for topic, score in zip(TOPICS, (0.39, 0.4, 0.7, 0.71), strict=True):
        flagged(topic, moderation_score=score)
    assert found(owner, score=band) == [TOPICS[index] for index in expected]


def test_a_parked_design_says_so_in_the_list(owner: Client) -> None:
    flagged(needs_attention="the picture is gone")
    assert "Needs attention" in owner.get(reverse(LIST)).content.decode()
    assert found(owner, parked="yes") == ["sleepy fox"]


def test_the_list_asks_as_many_questions_for_four_designs_as_for_one(owner: Client) -> None:
    counts = []
    for topic in TOPICS:
        flagged(topic)
        with CaptureQueriesContext(connection) as caught:
            owner.get(reverse(LIST))
        counts.append(len(caught))
    assert counts[1] == counts[-1]


def test_a_designs_page_shows_its_scores_against_both_thresholds(owner: Client) -> None:
    shown = page(owner, flagged(moderation_categories=JUDGED))
    assert "From 0.4 a person decides, above 0.7 it is rejected" in shown
    assert shown.count('<line class="mark" x1="40.0"') == shown.count('<line class="mark" x1="70.0"') == len(JUDGED)
    assert shown.index("judged-refused") < shown.index("judged-doubtful") < shown.index("judged-harmless")


def test_a_designs_page_shows_where_it_came_from_and_where_it_went(owner: Client) -> None:
    sticker = flagged(cut_path_key="cut_paths/ab/abc.svg")
    post = make_signal("a fox asleep on a fence", make_source(place="aww"), score=900)
    sticker.trend.signals.add(post)
    check = {"name": "touches_edge", "label": "Pixels on the canvas edge", "number": 3, "limit": "none", "ok": False}
    Generation.objects.filter(pk=sticker.generation_id).update(checks=[check])
    listing = Listing.objects.create(sticker=sticker, status="active", etsy_id=123456)
    offer = Offer.objects.create(
        sticker=sticker, size="3in", tier="trending", tier_since=clock.now(), wanted_price="5.49", floor_price="3.49"
    )
    review.reject(sticker, by="ada", why="too grim")
    shown = page(owner, sticker)
    for row in (post, sticker.trend, sticker.generation, listing, offer):
        assert reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk]) in shown
    for words in (
        "a fox asleep on a fence", "r/aww, 900 points", "Pixels on the canvas edge", "123456", "$5.49", "300 DPI",
        f"prints/{sticker.number}-3in.png", "cut_paths/ab/abc.svg", "ada</strong> rejected the design", "too grim",
        "ground-dark",
        "ground-photo", *sticker.tags,
    ):  # fmt: skip
        assert words in shown


def test_a_designs_page_asks_the_same_number_of_questions_however_much_there_is_to_tell(owner: Client) -> None:
    sticker = flagged()
    page(owner, sticker)  # the first visit of a session asks one more
    counts = []
    for round_no in range(2):
        with CaptureQueriesContext(connection) as caught:
            page(owner, sticker)
        counts.append(len(caught))
        for place in ("aww", "frogs", "cats") if not round_no else ():
            sticker.trend.signals.add(make_signal(f"a fox in {place}", make_source(place=place)))
            AuditEntry.objects.create(who="x", action="y", subject=f"stickers.sticker:{sticker.pk}", at=clock.now())
    assert counts[0] == counts[1]


def test_a_design_that_is_not_there_is_told_kindly(owner: Client) -> None:
    assert owner.get(reverse("admin:stickers_sticker_change", args=[999]), follow=True).status_code == 200


def test_before_many_are_decided_their_pictures_are_shown_and_nothing_is_done(owner: Client) -> None:
    rows = [flagged(topic) for topic in TOPICS[:3]]
    asked = owner.post(reverse(LIST), {"action": "reject", "_selected_action": [one.pk for one in rows]})
    shown = asked.content.decode()
    assert "never goes on sale" in shown
    assert shown.count('class="design"') == 3
    assert set(Sticker.objects.values_list("status", flat=True)) == {"flagged"}


def test_a_rejection_needs_a_reason_which_is_kept(owner: Client) -> None:
    rows = [flagged(topic) for topic in TOPICS[:2]]
    assert "This field is required" in decide(owner, "reject", rows, why=" ")
    assert set(Sticker.objects.values_list("status", flat=True)) == {"flagged"}
    assert "Reject designs: 2 done." in decide(owner, "reject", rows, why="all too grim")
    assert set(Sticker.objects.values_list("status", "reject_reason")) == {("rejected", "all too grim")}
    assert set(AuditEntry.objects.values_list("who", "why")) == {("owner", "all too grim")}


def test_one_message_tells_what_became_of_all(owner: Client) -> None:
    good, done = flagged(TOPICS[0]), flagged(TOPICS[1], status="approved", shelf="wanted")
    shown = decide(owner, "approve", [good, done])
    assert "Approve designs: 1 done, 1 left out: approved already." in shown
    assert Sticker.objects.get(pk=good.pk).status == "approved"


def test_a_rejected_design_is_put_back_into_review_with_two_new_days(owner: Client) -> None:
    sticker = flagged(status="rejected", reject_reason="not reviewed within 48 hours")
    assert 'value="put_back"' in page(owner, sticker)
    assert "Put back into review: 1 done." in decide(owner, "put_back", [sticker], why="I was away")
    before, sticker = sticker.status_since, Sticker.objects.get()
    assert (sticker.status, sticker.reject_reason) == ("flagged", "")
    assert sticker.status_since > before


def test_of_more_than_a_hundred_only_those_shown_are_decided_on(owner: Client) -> None:
    first = flagged()
    drawn = Generation.objects.get()
    for number in range(2, 102):
        drawn.pk, drawn.variant = None, number
        drawn.save()
        Sticker.objects.create(trend=first.trend, generation=drawn, status="flagged")
    everything = {"action": "reject", "_selected_action": [first.pk], "select_across": "1"}
    told = owner.post(reverse(LIST), everything).context
    assert (len(told["goes"]), told["more"]) == (100, 1)


def test_a_verdict_of_a_moment_ago_is_taken_back_by_the_button_in_its_message(owner: Client) -> None:
    sticker = flagged()
    assert 'name="action" value="take_back"' in decide(owner, "approve", [sticker], why="")
    assert "Take back my verdicts: 1 done." in decide(owner, "take_back", [sticker], why="undone at once")
    sticker.refresh_from_db()
    assert (sticker.status, sticker.shelf) == ("flagged", "none")
    decide(owner, "reject", [sticker], why="grim")
    Sticker.objects.update(published_at=clock.now())
    assert "it was on sale already: reject it to take it off" in decide(owner, "take_back", [sticker])


def test_the_verdict_of_somebody_else_is_left_out_before_it_is_taken_back(owner: Client) -> None:
    sticker = flagged(status="approved", shelf="wanted", reviewed_by="ada")
    shown = owner.post(reverse(LIST), {"action": "take_back", "_selected_action": [sticker.pk]}).content.decode()
    assert "the verdict is not yours but that of ada" in shown
    assert "goes back to review" not in shown


def test_who_approves_a_design_of_a_shut_topic_is_told_so_first(owner: Client) -> None:
    sticker = flagged()
    type(sticker.trend).objects.filter(pk=sticker.trend_id).update(shut_why="by ada: too like a brand")
    shown = owner.post(reverse(LIST), {"action": "approve", "_selected_action": [sticker.pk]}).content.decode()
    assert "although its topic was shut by ada: too like a brand" in shown


def test_publishing_now_ends_the_wait_of_its_listing_and_wakes_the_publisher(owner: Client) -> None:
    wanted, other = flagged(TOPICS[0], status="approved", shelf="wanted"), flagged(TOPICS[1])
    later = clock.now() + timedelta(hours=3)
    listing = Listing.objects.create(sticker=wanted, status="planned", not_before=later)
    asked = owner.post(reverse(LIST), {"action": "publish_now", "_selected_action": [wanted.pk, other.pk]})
    assert "$0.20" in asked.content.decode()
    assert not OrmQ.objects.exists(), "asking does nothing"
    told = decide(owner, "publish_now", [wanted, other])
    assert "Publish now: 1 done, 1 left out: not approved and wanted on sale." in told
    listing.refresh_from_db()
    assert (listing.not_before, listing.asked_by) == (None, "owner")
    assert [task.group() for task in OrmQ.objects.all()] == ["job publisher"]
    assert AuditEntry.objects.get(action="asked to publish now").who == "owner"


@pytest.mark.parametrize(("columns", "reason"), [
    ({"status": "active"}, "its listing is active"), ({"status": "expired"}, "its listing is expired"),
    ({"status": "draft", "needs_attention": "a twin"}, "its listing waits for a person: a twin"),
])  # fmt: skip
def test_what_cannot_be_published_now_says_why(owner: Client, columns: dict[str, str], reason: str) -> None:
    sticker = flagged(status="approved", shelf="wanted")
    Listing.objects.create(sticker=sticker, **columns)
    assert reason in decide(owner, "publish_now", [sticker])
    assert not OrmQ.objects.exists()


def test_the_list_tells_what_each_design_sold_and_at_which_tier(owner: Client) -> None:
    sticker = flagged(status="approved", shelf="wanted")
    now, price = clock.now(), Decimal("4.49")
    columns = {"ordered_at": now, "etsy_updated_at": now, "ship_by": now, "total_amount": price}
    for number, (status, refunded) in enumerate((("paid", False), ("paid", True), ("cancelled", False))):
        order = Order.objects.create(receipt_id=number, status=status, **columns)
        OrderItem.objects.create(
            order=order, transaction_id=number, sticker=sticker, size="3in", quantity=2, unit_price=price, sold_at=now,
            refunded=refunded,
        )  # fmt: skip
    Offer.objects.create(
        sticker=sticker, size="3in", tier="just_dropped", tier_since=now, wanted_price="5.49", floor_price="3.49"
    )
    for name, days in (("just_dropped", 0), ("evergreen", 30)):
        Tier.objects.get_or_create(name=name, defaults={"min_days": days, "price_small": price, "price_large": price})
    assert "2 · $8.98" in (shown := owner.get(reverse(LIST)).content.decode())
    assert "just dropped" in shown
    assert found(owner, tier="just_dropped") == ["sleepy fox"]
    assert found(owner, tier="evergreen") == []


def test_every_number_on_a_designs_page_is_the_number_of_rows_it_leads_to(owner: Client) -> None:
    sticker = flagged()
    flagged("another fox of many")
    Listing.objects.create(sticker=sticker, status="active", etsy_id=5)
    shown = page(owner, sticker)
    links = re.findall(r'<a href="([^"]+)"(?: class="none")?><strong>(\d+)</strong> ([^<]+)</a>', shown)
    assert {words for _, _, words in links} >= {"listing", "order lines", "offers", "errors", "audit entries"}
    for address, number, _ in links:
        assert owner.get(address.replace("&amp;", "&")).context["cl"].queryset.count() == int(number), address


def test_who_may_only_look_sees_no_verdict_buttons_and_cannot_decide(client: Client) -> None:
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_sticker"))
    client.force_login(viewer)
    sticker = flagged()
    assert 'value="approve"' not in page(client, sticker)
    decide(client, "approve", [sticker])
    assert Sticker.objects.get().status == "flagged"
