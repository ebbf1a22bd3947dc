"""A customer is shown for a reason, to those who may see it, and looks are logged; an address is entered by hand."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from fulfillment import privacy, privacy_erasure
from fulfillment.models import AccessLog, Order
from fulfillment.tests.making import ADDRESS, make_order
from stickertrendz.console.tests.test_blocklist_pages import owner
from stickertrendz.ops.models import AuditEntry

__all__ = ["owner"]  # the fixture
pytestmark = pytest.mark.django_db
BLOCK = "Quillon Marsh\n12 Teapot Lane\nApt 4\nDryville, New Mexico 87001-4242\nUnited States"
FIELDS = {
    "name": "Quillon Marsh", "first_line": "12 Teapot Lane", "second_line": "Apt 4", "city": "Dryville",
    "state": "new mexico", "zip": "87001-4242", "take": "1",
}  # fmt: skip


def page_of(order: Order, what: str) -> str:
    return f"/admin/fulfillment/order/{order.pk}/{what}/"


def viewer(*permissions: str) -> Client:
    user = User.objects.create_user("vera", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def gated() -> Order:
    """An order whose address Etsy does not tell."""
    return make_order("needs_address", receipt={"address": None})


def test_the_customer_is_shown_only_after_a_reason_and_the_look_is_logged(owner: Client) -> None:
    order = make_order()
    asked = owner.get(page_of(order, "customer"))
    assert ADDRESS.first_line not in asked.content.decode()
    assert not AccessLog.objects.exists()
    shown = owner.post(page_of(order, "customer"), {"why": "question"})
    words = shown.content.decode()
    assert "Quillon Marsh\n12 Teapot Lane\nDryville, NM 87001-4242</textarea>" in words
    assert "quillon@example.com" in words
    assert "no-store" in shown["Cache-Control"]
    assert AccessLog.objects.values_list("order", "who", "why").get() == (order.pk, "owner", "Question of the buyer")


@pytest.mark.parametrize("why", ["", "because Quillon Marsh wants it"])
def test_no_reason_and_one_of_ones_own_show_nothing(owner: Client, why: str) -> None:
    order = make_order()
    assert ADDRESS.first_line not in owner.post(page_of(order, "customer"), {"why": why}).content.decode()
    assert not AccessLog.objects.exists()


def test_only_those_who_may_see_customers_come_in(gated: Order) -> None:
    client = viewer("view_order", "change_order")
    for what in ("customer", "address"):
        assert client.get(page_of(gated, what)).status_code == 403
        assert client.post(page_of(gated, what), {"why": "packing", **FIELDS}).status_code == 403
    assert not AccessLog.objects.exists()
    assert Client().get(page_of(gated, "customer")).status_code == 302


def test_to_enter_an_address_one_must_be_allowed_to_change_orders(gated: Order) -> None:
    client = viewer("view_order", "see_customer")
    assert client.get(page_of(gated, "customer")).status_code == 200
    assert client.post(page_of(gated, "address"), FIELDS).status_code == 403


def test_an_erased_customer_shows_as_erased(owner: Client, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    order = make_order()
    privacy_erasure.purge([order], by="olive", why="asked")
    words = owner.post(page_of(order, "customer"), {"why": "packing"}).content.decode()
    assert "was erased on" in words
    assert "textarea" not in words


def test_given_a_pasted_block_when_it_is_read_then_the_fields_are_a_preview_and_nothing_is_kept(
    owner: Client, gated: Order
) -> None:
    before = Order.objects.values().get()
    assert '<textarea name="block"' in owner.get(page_of(gated, "address")).content.decode()
    answer = owner.post(page_of(gated, "address"), {"block": BLOCK, "read": "1"})
    words = answer.content.decode()
    for value in ("12 Teapot Lane", "Apt 4", "Dryville", "NM", "87001-4242"):
        assert f'value="{value}"' in words
    assert "no-store" in answer["Cache-Control"]
    assert Order.objects.values().get() == before


def test_given_an_order_without_address_when_one_is_entered_then_it_is_paid_and_readable(
    owner: Client, gated: Order
) -> None:
    answer = owner.post(page_of(gated, "address"), FIELDS)
    assert answer["Location"] == f"/admin/fulfillment/order/{gated.pk}/change/"
    gated.refresh_from_db()
    assert gated.status == "paid"
    given = privacy.unsealed(gated).address
    assert given == privacy.Address("Quillon Marsh", "12 Teapot Lane", "Apt 4", "Dryville", "NM", "87001-4242", "US")
    assert AuditEntry.objects.get(action="entered address").who == "owner"
    assert AccessLog.objects.get().who == "owner"
    assert list(privacy.find(buyer_user_id=4_711_471_147)) == [gated]


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [("state", "Ontario", "no such state"), ("zip", "M5V", "five digits"), ("city", "", "required")],
)
def test_an_address_that_no_parcel_reaches_is_refused_field_by_field(
    owner: Client, gated: Order, field: str, value: str, why: str
) -> None:
    words = owner.post(page_of(gated, "address"), {**FIELDS, field: value}).content.decode()
    assert why in words
    gated.refresh_from_db()
    assert gated.status == "needs_address"


def test_a_block_of_another_country_is_refused(owner: Client, gated: Order) -> None:
    told = {"block": BLOCK.replace("United States", "Canada"), "read": "1"}
    assert "not the United States" in owner.post(page_of(gated, "address"), told).content.decode()


@pytest.mark.parametrize("status", ["paid", "shipped", "cancelled"])
def test_an_order_that_waits_for_no_address_takes_none(owner: Client, status: str) -> None:
    order = make_order(status)
    sealed = order.customer_sealed
    assert "waits for no address" in owner.post(page_of(order, "address"), FIELDS).content.decode()
    order.refresh_from_db()
    assert (order.status, order.customer_sealed) == (status, sealed)
