"""What the operator does in lists: verdicts, and another try for what was parked."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from stickers.models import Generation, Sticker
from stickertrendz.ops.models import AuditEntry
from trends.models import Trend

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "admin:stickers_sticker_changelist"


def make_sticker(**columns: object) -> Sticker:
    trend = Trend.objects.create(topic="frog", topic_normalized="frog", status="processing")
    made = Generation.objects.create(
        trend=trend, variant=1, prompt="a frog", model_version="v", seed=1, status="passed"
    )
    return Sticker.objects.create(trend=trend, generation=made, **{"title": "Frog", "status": "flagged", **columns})


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("owner"))
    return client


def ask(client: Client, action: str, *stickers: Sticker) -> str:
    """The action as chosen in the list: the page that asks, or what was done at once."""
    data = {"action": action, "_selected_action": [one.pk for one in stickers]}
    return client.post(reverse(LIST), data, follow=True).content.decode()


def decide(client: Client, verdict: str, *stickers: Sticker, why: str = "seen") -> str:
    """The button of the page that asks."""
    keys = ",".join(str(one.pk) for one in stickers)
    agreed = {"select_across": "1", "keys": keys, "agreed": "1", "_selected_action": [stickers[0].pk]}
    page = client.post(reverse(LIST), {"action": verdict, **agreed, "why": why}, follow=True).content.decode()
    for one in stickers:
        one.refresh_from_db()
    return page


def test_an_approved_design_is_wanted_on_sale_and_the_audit_says_by_whom(owner: Client) -> None:
    sticker = make_sticker()
    assert "Approve designs: 1 done." in decide(owner, "approve", sticker)
    assert (sticker.status, sticker.shelf, sticker.reviewed_by) == ("approved", "wanted", "owner")
    assert AuditEntry.objects.get(action="approved sticker").who == "owner"


def test_a_rejected_design_can_be_approved_after_all(owner: Client) -> None:
    sticker = make_sticker()
    decide(owner, "reject", sticker)
    assert (sticker.status, sticker.shelf) == ("rejected", "none")
    decide(owner, "approve", sticker)
    assert sticker.shelf == "wanted"


def test_a_withdrawn_design_is_not_relisted_by_a_verdict(owner: Client) -> None:
    sticker = make_sticker(status="rejected", shelf="withdrawn", shelf_why="a complaint")
    assert "withdrawn from sale (a complaint)" in decide(owner, "approve", sticker)
    assert (sticker.status, sticker.shelf) == ("rejected", "withdrawn")


def test_a_parked_row_is_tried_again_when_a_person_says_so(owner: Client) -> None:
    sticker = make_sticker(status="pending", needs_attention="look", attempts=3)
    assert not Sticker.objects.due("pending").exists()
    ask(owner, "try_again", sticker)
    assert not Sticker.objects.due("pending").exists(), "it asks first"
    agreed = {"agreed": "1", "keys": str(sticker.pk), "select_across": "1"}
    owner.post(reverse(LIST), {"action": "try_again", "_selected_action": sticker.pk, **agreed})
    assert Sticker.objects.due("pending").get().asked_by == "owner"


def test_whoever_may_only_look_cannot_decide(client: Client) -> None:
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_sticker"))
    client.force_login(viewer)
    sticker = make_sticker()
    ask(client, "approve", sticker)
    decide(client, "approve", sticker)
    assert sticker.status == "flagged"
