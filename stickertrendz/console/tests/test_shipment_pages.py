"""Tracking that Etsy lets no program tell: copied there by a person, marked here in one click."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from fulfillment import orders
from fulfillment.models import Order, Shipment
from fulfillment.tests.making import make_line, make_receipt
from stickertrendz import clock
from stickertrendz.console.tests.test_blocklist_pages import owner, page
from stickertrendz.ops.models import AuditEntry

__all__ = ["owner"]  # the fixture
pytestmark = pytest.mark.django_db
LIST = "/admin/fulfillment/shipment/"


@pytest.fixture
def shipment() -> Shipment:
    order: Order = orders.take(make_receipt(make_line(None)))[0]
    made: Shipment = Shipment.objects.create(
        order=order, status="by_hand", carrier="USPS", tracking_code="9400", shipped_at=clock.now()
    )
    return made


def test_a_copied_parcel_is_marked_in_one_click_and_once(owner: Client, shipment: Shipment) -> None:
    told = {"action": "copied_by_hand", "_selected_action": shipment.pk}
    assert "1 of 1 count as told to Etsy now" in page(owner, LIST, told)
    assert Shipment.objects.get().status == "told"
    assert AuditEntry.objects.get(action="copied tracking to Etsy by hand").who == "owner"
    assert "cannot go from told to told" in page(owner, LIST, told)


def test_who_may_only_look_marks_nothing(client: Client, django_user_model: Any, shipment: Shipment) -> None:
    viewer = django_user_model.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(*Permission.objects.filter(codename="view_shipment"))
    client.force_login(viewer)
    client.post(LIST, {"action": "copied_by_hand", "_selected_action": shipment.pk})
    assert Shipment.objects.get().status == "by_hand"
