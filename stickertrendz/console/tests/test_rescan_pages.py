"""Designs that the re-scan took off sale, and the owner's word on them."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from etsy.models import Listing, TakedownNotice
from stickers import rescan
from stickers.models import Exemption, Rescan
from stickertrendz import clock
from stickertrendz.console.tests.test_blocklist_pages import RESCANS, design_page, make_sticker, owner, page, taken_off
from trends import blocklists
from trends.models import Term

__all__ = ["owner"]  # the fixture
pytestmark = pytest.mark.django_db


def test_a_design_taken_off_waits_for_a_decision_and_goes_back_when_exempted(owner: Client) -> None:
    sticker = taken_off()
    assert design_page(sticker) in page(owner, RESCANS)
    shown = page(owner, design_page(sticker))
    term = Term.objects.get(folded="zorblax")
    assert f'name="term" value="{term.pk}"' in shown
    assert 'role="alert"' in page(owner, design_page(sticker), {"exempt": "1", "term": term.pk, "why": ""})
    assert "goes back on sale" in page(owner, design_page(sticker), {"exempt": "1", "term": term.pk, "why": "a name"})
    sticker.refresh_from_db()
    assert (sticker.shelf, sticker.needs_attention) == ("wanted", "")
    given = Exemption.objects.get()
    assert (given.by, given.why) == ("owner", "a name")
    assert "0" not in re.findall(r"Waiting for your decision: (\d)", page(owner, RESCANS))


def test_an_exemption_without_a_ticked_term_leaves_it_off_sale(owner: Client) -> None:
    sticker = taken_off()
    assert "other terms are still found" in page(owner, design_page(sticker), {"exempt": "1", "why": "a name"})
    sticker.refresh_from_db()
    assert sticker.shelf == "withdrawn"


def test_once_the_term_is_retired_the_design_can_be_put_back(owner: Client) -> None:
    sticker = taken_off()
    blocklists.retire(Term.objects.get(folded="zorblax"), by="owner", why="nobody’s name")
    assert "Put it back on sale" in page(owner, design_page(sticker))
    assert "goes back on sale" in page(owner, design_page(sticker), {"back": "1", "why": "the term is retired"})


def test_a_design_with_an_unsettled_complaint_stays_off_sale(owner: Client) -> None:
    sticker = taken_off()
    listing = Listing.objects.create(sticker=sticker, status="inactive", etsy_id=7)
    TakedownNotice.objects.create(listing=listing, status="down", received_at=clock.now(), complainant="Someone")
    told = {"exempt": "1", "term": Term.objects.get(folded="zorblax").pk, "why": "a name"}
    assert "complaint about this design is not settled" in page(owner, design_page(sticker), told)
    sticker.refresh_from_db()
    assert sticker.shelf == "withdrawn"


def test_a_withdrawn_complaint_is_asked_about_and_leaves_the_design_to_the_owner(owner: Client) -> None:
    sticker = make_sticker("Frog Sticker", shelf="withdrawn", shelf_why="complaint by Someone")
    listing = Listing.objects.create(sticker=sticker, status="inactive", etsy_id=7)
    notice = TakedownNotice.objects.create(
        listing=listing, status="down", received_at=clock.now(), complainant="Someone"
    )
    address = reverse("admin:etsy_takedownnotice_changelist")
    told = {"action": "drop_complaints", "_selected_action": notice.pk}
    assert "cannot be taken back" in page(owner, address, told)
    notice.refresh_from_db()
    assert notice.status == "down"
    assert "waits for your word" in page(
        owner, address, {**told, "agreed": "1", "keys": str(notice.pk), "why": "they gave in"}
    )
    notice.refresh_from_db()
    assert (notice.status, notice.judged_by) == ("withdrawn", "owner")
    assert "Put it back on sale" in page(owner, design_page(sticker))
    assert "goes back on sale" in page(owner, design_page(sticker), {"back": "1", "why": "settled"})


def test_only_terms_that_are_found_can_be_exempted(owner: Client) -> None:
    sticker, other = taken_off(), blocklists.add("Quuxley", "trademark", by="ada", why="test")
    page(owner, design_page(sticker), {"exempt": "1", "term": ["x", "²", other.pk], "why": "a name"})
    assert not Exemption.objects.exists()


def test_a_design_taken_off_can_be_rejected(owner: Client) -> None:
    sticker = taken_off()
    page(owner, design_page(sticker), {"reject": "1", "why": "a brand"})
    sticker.refresh_from_db()
    assert (sticker.status, sticker.shelf, sticker.needs_attention) == ("rejected", "withdrawn", "")
    assert not rescan.waiting().exists()


def test_an_exemption_is_withdrawn_with_a_reason(owner: Client) -> None:
    sticker = taken_off()
    rescan.exempt(sticker, Term.objects.get(folded="zorblax"), by="owner", why="a name")
    rescan.put_back(sticker, by="owner", why="a name")
    address = reverse("admin:stickers_exemption_change", args=[Exemption.objects.get().pk])
    assert "the term counts for this design again" in page(owner, address, {"why": "a letter came"})
    sticker.refresh_from_db()
    assert sticker.shelf == "withdrawn"
    assert "was withdrawn already" in page(owner, address, {"why": "again"})


def test_a_search_for_all_terms_can_be_asked_for(owner: Client) -> None:
    assert "being searched for all terms" in page(owner, reverse("admin:stickers_rescan_all"), {})
    assert Rescan.objects.get().asked_by == "owner"
    assert owner.get(reverse("admin:stickers_rescan_all")).status_code == 403
