"""The operator's word on listings: renewals that cost a fee, and drafts that were lost."""

import pytest
from django.test import Client
from django.urls import reverse

from etsy.models import Listing
from stickertrendz import clock
from stickertrendz.console.tests.test_blocklist_pages import make_sticker, owner
from stickertrendz.ops import intents
from stickertrendz.ops.models import AuditEntry, Intent

__all__ = ["owner"]  # the fixture
pytestmark = pytest.mark.django_db
LISTINGS = reverse("admin:etsy_listing_changelist")


def decide(owner: Client, listing: Listing, action: str, **told: str) -> str:
    agreed = {"agreed": "1", "keys": str(listing.pk), "select_across": "1"} if told else {}
    answer = owner.post(LISTINGS, {"action": action, "_selected_action": [listing.pk], **agreed, **told}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def lost(sends: int = 2) -> Listing:
    listing = Listing.objects.create(sticker=make_sticker(), status="planned", needs_attention="Sent more than once")
    intent = intents.plan("etsy_draft", f"{listing.sticker.number}:{listing.pk}", listing)
    now = clock.now()
    Intent.objects.filter(pk=intent.pk).update(state="sent", sends=sends, sent_at=now, absent_at=now)
    return listing


def test_a_renewal_is_asked_for_with_its_fee_and_written_down(owner: Client) -> None:
    sticker = make_sticker()
    type(sticker).objects.filter(pk=sticker.pk).update(shelf="wanted")
    listing = Listing.objects.create(sticker=sticker, status="expired", etsy_id=5)
    assert "$0.20" in decide(owner, listing, "renew")
    assert Listing.objects.filter(renewal_asked_at=None).exists(), "it asks first"
    assert "The next publisher does it" in decide(owner, listing, "renew", why="sells in winter")
    listing.refresh_from_db()
    assert listing.renewal_asked_at
    assert AuditEntry.objects.filter(action="asked for renewal", who="owner", why="sells in winter").exists()


def test_a_lost_draft_is_sent_again_at_the_operators_word(owner: Client) -> None:
    listing = lost()
    assert "The next publisher does it" in decide(owner, listing, "send_draft_again", why="not there")
    listing.refresh_from_db()
    assert (listing.needs_attention, Intent.objects.get().state) == ("", "planned")
    assert "does not wait" in decide(owner, listing, "send_draft_again", why="again")


def test_a_lost_draft_is_pointed_out_by_its_number(owner: Client) -> None:
    listing = lost()
    assert 'role="alert"' in decide(owner, listing, "point_out_draft", why="seen", etsy_id="none")
    decide(owner, listing, "point_out_draft", why="seen", etsy_id="1900000001")
    assert Intent.objects.get().result == {"told": 1900000001}
