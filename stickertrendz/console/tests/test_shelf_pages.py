"""The pages of the shelf: what each slot earns, designs taken off by a person, and designs put on sale again."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from fulfillment.tests.making import make_sticker
from pricing.models import StickerDay
from pricing.tests.making import DAY
from pricing.tests.test_relist import archived, seen_again
from pricing.tests.test_slots import on_sale, sell
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.console.tests.test_blocklist_pages import logged_in, owner, page
from stickertrendz.console.tests.test_price_plan_page import asked
from stickertrendz.ops.models import AuditEntry
from trends.shut import shut

__all__ = ["asked", "owner"]  # the fixtures
pytestmark = pytest.mark.django_db
SLOTS, BACK = reverse("admin:pricing_offer_slots"), reverse("admin:pricing_offer_came_back")


def archive_of(sticker: Sticker) -> str:
    return reverse("admin:pricing_offer_archive", args=[sticker.pk])


def relist_of(sticker: Sticker) -> str:
    return reverse("admin:pricing_offer_relist", args=[sticker.pk])


def test_the_weakest_slot_comes_first_with_what_becomes_of_it(owner: Client) -> None:
    good, quiet, young = on_sale(), on_sale(gained=0), on_sale(days=3)
    sell(good, "5.49")
    shown = page(owner, SLOTS)
    assert "<strong>3</strong> on sale, 280 wanted, 300 at most" in shown
    assert "leaves at the next run: no sale and no new view for 14 days" in shown
    assert "stays: less than 14 days on sale" in shown
    assert shown.index(quiet.number) < shown.index(good.number) < shown.index(young.number)
    # 5.49 × 0.9 − 2.43 − 0.20 over 20 days
    assert "11.6 ¢" in shown
    assert "+$2.31" in shown
    assert "may leave</td>" in shown


def test_what_is_not_known_is_not_shown_as_zero(owner: Client) -> None:
    sticker = on_sale(stats=3)
    shown = page(owner, SLOTS)
    assert "stays: views known on too few days" in shown
    assert '<td data-name="New views" class="number">–</td>' in shown
    assert StickerDay.objects.filter(sticker=sticker).count() == 3


def test_a_listing_that_ended_on_etsy_takes_no_slot_and_says_so(owner: Client) -> None:
    on_sale()
    ended = on_sale(days=150, stats=0)
    shown = page(owner, SLOTS)
    assert "<strong>1</strong> on sale, 280 wanted" in shown
    assert "takes no slot: not seen on sale for 3 days" in shown
    assert "takes no slot" in page(owner, archive_of(ended))


def test_an_empty_shelf_says_so(owner: Client) -> None:
    assert "Nothing is on sale yet" in page(owner, SLOTS)


def test_a_design_is_archived_with_a_reason(owner: Client, asked: list[str]) -> None:
    sticker = on_sale()
    assert archive_of(sticker) in page(owner, SLOTS)
    assert "may leave" in page(owner, archive_of(sticker))
    assert 'role="alert"' in page(owner, archive_of(sticker), {"why": ""})
    assert "is archived and taken off Etsy" in page(owner, archive_of(sticker), {"why": "ugly"})
    sticker.refresh_from_db()
    assert (sticker.shelf, sticker.shelf_why) == ("archived", "ugly")
    assert AuditEntry.objects.filter(who="owner", action="archived design", why="ugly").exists()
    assert asked == ["push_changes"]
    assert "nothing was done" in page(owner, archive_of(sticker), {"why": "again"})
    assert "nothing to archive" in page(owner, archive_of(sticker))


def test_came_back_shows_when_and_why_it_left_and_how_strong_the_signal_is(owner: Client) -> None:
    assert "None came back" in page(owner, BACK)
    sticker = archived()
    seen_again(sticker.trend.topic)
    shown = page(owner, BACK)
    assert "1 came back" in shown
    assert "1 post or search, last" in shown
    assert "no sale and no new view for 14 days" in shown
    assert relist_of(sticker) in shown


def test_a_design_is_relisted_with_a_reason_at_prices_shown_before(owner: Client, asked: list[str]) -> None:
    sticker = archived()
    seen_again(sticker.trend.topic)
    asked.clear()
    assert "3″ $3.49 (evergreen), 4″ $4.49 (evergreen)" in page(owner, relist_of(sticker))
    assert 'role="alert"' in page(owner, relist_of(sticker), {"why": ""})
    assert "goes on sale again" in page(owner, relist_of(sticker), {"why": "the meme is back"})
    sticker.refresh_from_db()
    assert sticker.shelf == "wanted"
    assert AuditEntry.objects.filter(who="owner", action="relisted design", why="the meme is back").exists()
    assert "publisher" in asked


def test_a_refusal_is_told_in_words_before_and_after_the_click(owner: Client) -> None:
    sticker = archived()
    shut(sticker.trend, by="ada", why="bad taste")
    shown = page(owner, relist_of(sticker))
    assert "Its topic was shut (bad taste): reopen the topic first." in shown
    assert "Relist it" not in shown
    assert "reopen the topic first" in page(owner, relist_of(sticker), {"why": "still"})
    sticker.refresh_from_db()
    assert sticker.shelf == "archived"


def test_the_design_leads_to_what_fits_its_shelf(owner: Client) -> None:
    sold, gone = on_sale(), archived()
    assert archive_of(sold) in page(owner, reverse("admin:stickers_sticker_change", args=[sold.pk]))
    assert relist_of(gone) in page(owner, reverse("admin:stickers_sticker_change", args=[gone.pk]))


def test_only_who_may_decide_about_designs_moves_them(client: Client) -> None:
    sticker, gone = on_sale(), archived()
    viewer = logged_in(client, "pricing.view_offer", "stickers.view_sticker")
    assert "Archive …" not in page(viewer, SLOTS)
    assert "Relist …" not in page(viewer, BACK)
    for where in (archive_of(sticker), relist_of(gone)):
        assert viewer.get(where).status_code == 403
        assert viewer.post(where, {"why": "no"}).status_code == 403
    assert set(Sticker.objects.values_list("shelf", flat=True)) == {"wanted", "archived"}
    client.force_login(User.objects.create_user("nobody", is_staff=True))
    assert [client.get(where).status_code for where in (SLOTS, BACK)] == [403, 403]


def test_titles_are_shown_as_text(owner: Client) -> None:
    sticker = make_sticker(title="<script>alert(1)</script>", published_at=clock.now() - 20 * DAY)
    for where in (SLOTS, archive_of(sticker)):
        assert "<script>alert(1)" not in page(owner, where)


def test_both_pages_take_the_same_queries_however_many_designs(
    owner: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    found: list[list[int]] = []
    for more in (1, 3):
        for _ in range(more):
            on_sale()
            seen_again(archived().trend.topic)
        found.append([queries(owner, where, django_assert_max_num_queries) for where in (SLOTS, BACK)])
    assert found[0] == found[1]


def queries(owner: Client, where: str, most: Any) -> int:
    with most(40) as told:
        page(owner, where)
    return len(told.captured_queries)
