"""The page of search and tags says what it knows, and that it knows too little."""

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.test import Client

from etsy.tests.test_seo import MONDAY, MakeListing, make_listing, noon, shop_of
from stickers.models import Sticker
from stickertrendz.console.tests.test_blocklist_pages import owner, page

__all__ = ["make_listing", "owner"]  # the fixtures
pytestmark = pytest.mark.django_db
LIST = "/admin/etsy/searchweek/"


def seen_on_monday(client: Client) -> str:
    with time_machine.travel(noon(MONDAY)):
        client.force_login(User.objects.create_superuser("owner"))
        return page(client, LIST)


def test_thirty_listings_are_judged_with_a_next_step_for_each(client: Client, make_listing: MakeListing) -> None:
    unbought, _, unseen = shop_of(make_listing, 27)
    shown = seen_on_monday(client)
    assert "<strong>3549</strong> views" in shown
    assert "<strong>3.58</strong> sales per 100 views" in shown
    many, few = shown.split('id="unseen"')
    assert unbought.sticker.number in many.split('id="unbought"')[1]
    assert f"sticker__id__exact={unbought.sticker_id}" in many
    assert unseen.sticker.number in few
    assert "Try tags that are seen more: frog" in few


def test_every_listing_is_there_with_its_sales_per_view(client: Client, make_listing: MakeListing) -> None:
    shop_of(make_listing, 27)
    every = seen_on_monday(client).split("Every listing that counts, most views first: 30")[1]
    assert all(sticker.number in every for sticker in Sticker.objects.all())
    assert "4.00" in every


def test_twenty_nine_listings_are_too_few_to_judge(client: Client, make_listing: MakeListing) -> None:
    shop_of(make_listing, 26)
    shown = seen_on_monday(client)
    assert "Too few data: listings are judged from 30 on, and 29 count so far." in shown
    assert 'id="unbought"' not in shown


def test_the_page_opens_in_a_new_shop_and_a_mail_leads_to_it(owner: Client) -> None:
    assert "Too few data: words count from 3 listings on" in page(owner, LIST)
    assert owner.get(f"{LIST}7/change/").headers["Location"] == LIST


def test_who_may_not_look_sees_no_figures(client: Client) -> None:
    someone = User.objects.create_user("someone", is_staff=True)
    someone.user_permissions.add(*Permission.objects.filter(codename="view_listing"))
    client.force_login(someone)
    assert client.get(LIST).status_code == 403
