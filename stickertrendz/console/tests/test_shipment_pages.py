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


def test_a_copied_parcel_is_asked_about_then_marked_once(owner: Client, shipment: Shipment) -> None:
    told = {"action": "copied_by_hand", "_selected_action": shipment.pk}
    assert "no program tells it again" in page(owner, LIST, told)
    assert Shipment.objects.get().status == "by_hand", "it asks first"
    agreed = {**told, "agreed": "1", "keys": str(shipment.pk)}
    assert "1 done" in page(owner, LIST, agreed)
    assert Shipment.objects.get().status == "told"
    assert AuditEntry.objects.get(action="copied tracking to Etsy by hand").who == "owner"
    assert "Etsy knows of it already" in page(owner, LIST, agreed)


def test_who_may_only_look_marks_nothing(client: Client, django_user_model: Any, shipment: Shipment) -> None:
    viewer = django_user_model.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(*Permission.objects.filter(codename="view_shipment"))
    client.force_login(viewer)
    client.post(LIST, {"action": "copied_by_hand", "_selected_action": shipment.pk})
    assert Shipment.objects.get().status == "by_hand"
