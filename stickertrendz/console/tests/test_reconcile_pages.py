"""The page of differences: compared by the job, mended only after asking."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from etsy.models import Difference
from stickertrendz.console.tests.test_blocklist_pages import owner, page
from stickertrendz.ops import queue
from stickertrendz.ops.models import AuditEntry

__all__ = ["owner"]  # the fixture
pytestmark = pytest.mark.django_db
LIST = "/admin/etsy/difference/"


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    jobs: list[str] = []
    monkeypatch.setattr(queue, "enqueue", jobs.append)
    return jobs


def make(kind: str = "title", mend: str = "send") -> Difference:
    return Difference.objects.create(kind=kind, about="ST-000007", key=7, here="A frog", there="Hello", mend=mend)


def test_the_comparison_is_asked_for_by_button_and_done_by_the_job(owner: Client, asked: list[str]) -> None:
    assert "Nothing was compared yet" in page(owner, LIST)
    assert "is being compared" in page(owner, reverse("admin:etsy_difference_compare"), {"now": "1"})
    assert asked == ["reconcile"]
    assert AuditEntry.objects.get(action="asked for a comparison with Etsy").who == "owner"


def test_a_mend_is_shown_first_and_asked_for_with_a_name(owner: Client, asked: list[str]) -> None:
    row, other = make(), make("order unknown there", "")
    told = {"action": "mend_chosen", "_selected_action": [row.pk, other.pk]}
    shown = page(owner, LIST, told)
    assert "Send ours again" in shown
    assert "1 of the chosen has no mend and stays as it is" in shown
    assert asked == []
    assert "1 are being mended" in page(owner, LIST, {**told, "agreed": "1"})
    assert (asked, Difference.objects.get(pk=row.pk).asked_by) == (["reconcile"], "owner")
    assert Difference.objects.get(pk=other.pk).asked_by == ""


def test_what_has_no_mend_is_not_asked_about(owner: Client, asked: list[str]) -> None:
    row = make("order unknown there", "")
    assert "None of these has a mend" in page(owner, LIST, {"action": "mend_chosen", "_selected_action": row.pk})
    assert asked == []


def test_only_who_may_change_listings_may_compare_or_mend(client: Client, django_user_model: Any) -> None:
    viewer = django_user_model.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(*Permission.objects.filter(codename="view_difference"))
    client.force_login(viewer)
    assert "Compare now" not in page(client, LIST)
    assert client.post(reverse("admin:etsy_difference_compare")).status_code == 403
