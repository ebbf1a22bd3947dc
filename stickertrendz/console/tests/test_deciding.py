"""The page that asks before a list's action: what it shows, what it does on agreement, and the one message after it."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from etsy.models import Listing
from stickers.models import Sticker
from stickertrendz.console import deciding
from stickertrendz.console.tests.test_blocklist_pages import make_sticker, owner
from stickertrendz.ops.models import AuditEntry
from trends.models import Trend

__all__ = ["owner"]  # the fixture
pytestmark = pytest.mark.django_db
TRENDS, LISTINGS = reverse("admin:trends_trend_changelist"), reverse("admin:etsy_listing_changelist")


def make_trends(count: int, why: str = "The model did not answer.") -> list[Trend]:
    return Trend.objects.bulk_create(
        Trend(topic=f"toad {n}", topic_normalized=f"toad {n}", status="discovered", needs_attention=why)
        for n in range(count)
    )


def look(client: Client, action: str, rows: list[Any], address: str = TRENDS, **more: str) -> str:
    answer = client.post(address, {"action": action, "_selected_action": [row.pk for row in rows], **more})
    return re.sub(r"\s+", " ", answer.content.decode())


def agree(client: Client, action: str, rows: list[Any], address: str = TRENDS, **told: str) -> str:
    keys = ",".join(str(row.pk) for row in rows)
    data = {"action": action, "_selected_action": rows[0].pk, "select_across": "1", "keys": keys, "agreed": "1", **told}
    return re.sub(r"\s+", " ", client.post(address, data, follow=True).content.decode())


def test_it_shows_what_happens_to_each_row_and_which_are_left_out_and_does_nothing_yet(owner: Client) -> None:
    parked, free = make_trends(1)[0], Trend.objects.create(topic="owl", topic_normalized="owl", status="discovered")
    shown = look(owner, "try_again", [parked, free])
    assert "parked because: The model did not answer." in shown
    assert "Left out: 1" in shown
    assert "it is not parked" in shown
    assert Trend.objects.parked().count() == 1


def test_once_agreed_to_one_message_counts_what_was_done_and_why_the_rest_was_left_out(owner: Client) -> None:
    parked = make_trends(2)
    free = Trend.objects.create(topic="owl", topic_normalized="owl", status="discovered")
    shown = agree(owner, "try_again", [*parked, free])
    assert "Try parked rows again: 2 done, 1 left out: it is not parked" in shown
    assert not Trend.objects.parked().exists()
    assert AuditEntry.objects.filter(action="asked for another try", who="owner").count() == 2


def test_only_the_rows_that_were_shown_are_touched_though_more_came_since(owner: Client) -> None:
    *shown, later = make_trends(3)
    agree(owner, "try_again", shown)
    assert Trend.objects.parked().get() == later


def test_rows_that_left_the_list_meanwhile_are_told_of(owner: Client) -> None:
    first, gone = make_trends(2)
    Trend.objects.filter(pk=gone.pk).delete()
    assert "1 done, 1 left out: it is no longer in this list" in agree(owner, "try_again", [first, gone])


def test_all_three_thousand_rows_of_a_list_are_shown_in_a_few_queries_and_sent_back_as_one_field(
    owner: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rows = make_trends(3_000)
    with django_assert_max_num_queries(25):
        shown = look(owner, "try_again", rows[:1], select_across="1")
    assert "Try again: 3,000" in shown
    assert shown.count('data-name="What happens"') == deciding.SHOWN
    keys = re.search(r'name="keys" value="([\d,]+)"', shown)
    assert keys
    assert len(keys[1].split(",")) == 3_000
    assert "300 done" in agree(owner, "try_again", rows[:300])
    assert Trend.objects.parked().count() == 2_700


def test_more_rows_than_fields_of_a_form_are_usually_taken_can_be_ticked(owner: Client) -> None:
    rows = make_trends(1_200)
    assert "Try again: 1,200" in look(owner, "try_again", rows)


def test_more_than_can_be_done_at_once_is_said_clearly(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    listings = [Listing.objects.create(sticker=make_sticker(), status="planned", needs_attention="lost") for _ in "ab"]
    shown = look(owner, "point_out_draft", listings, LISTINGS)
    assert "1 at a time: 1 more is chosen" in shown
    monkeypatch.setattr(deciding, "SECONDS", -1)
    rows = make_trends(2)
    assert "0 done, 2 not reached in time: choose them again" in agree(owner, "try_again", rows)
    assert Trend.objects.parked().count() == 2


def test_where_nothing_can_be_done_there_is_nothing_to_agree_to(owner: Client) -> None:
    sticker = make_sticker()
    listing = Listing.objects.create(sticker=sticker, status="active", etsy_id=5)
    shown = look(owner, "renew", [listing], LISTINGS)
    assert "nothing to agree to" in shown
    assert "neither expired nor sold out" in shown
    assert '<button class="console-button">' not in shown


def test_a_missing_reason_is_asked_for_and_nothing_is_done(owner: Client) -> None:
    sticker = make_sticker()
    Sticker.objects.filter(pk=sticker.pk).update(shelf="wanted")
    listing = Listing.objects.create(sticker=sticker, status="expired", etsy_id=5)
    assert 'role="alert"' in agree(owner, "renew", [listing], LISTINGS, why="")
    assert not Listing.objects.exclude(renewal_asked_at=None).exists()
