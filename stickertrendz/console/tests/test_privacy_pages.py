"""A customer's request in the console: found without being named, dated, exported or erased, and answered."""

import base64
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fulfillment import privacy, privacy_export, privacy_requests
from fulfillment.models import AccessLog, Order, PrivacyRequest, Shipment
from fulfillment.tests.making import make_order
from stickertrendz import clock
from stickertrendz.console.tests.test_blocklist_pages import owner
from stickertrendz.ops.models import Alert, AuditEntry, ErrorLog

__all__ = ["owner"]  # the fixture
pytestmark = pytest.mark.django_db
ADD = "/admin/fulfillment/privacyrequest/add/"
PERSONAL = ("Quillon", "Marsh", "Teapot Lane", "87001", "quillon@example.com")


@pytest.fixture(autouse=True)
def own_folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def opened(client: Client, *orders: Order, kind: str = "erase") -> str:
    """The page of a request about these orders, opened in the console."""
    told = {
        "open": "1", "order": [order.pk for order in orders], "kind": kind, "identified": "etsy",
        "received_at": f"{clock.now() - timedelta(minutes=2):%Y-%m-%dT%H:%M}", "found_by": "Name",
    }  # fmt: skip
    location: str = client.post(ADD, told)["Location"]
    return location


def page(client: Client, address: str, told: dict[str, Any] | None = None) -> str:
    answer = client.post(address, told, follow=True) if told else client.get(address, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def named(text: str) -> list[str]:
    return [word for word in PERSONAL if word in text]


@pytest.mark.parametrize(
    "key", [{"name": "quillon marsh"}, {"email": "QUILLON@example.com"}, {"buyer_user_id": "4711471147"}]
)
def test_a_customer_is_looked_for_by_a_form_that_is_posted_and_found_without_being_named(
    owner: Client, key: dict[str, str]
) -> None:
    order = make_order("delivered")
    words = page(owner, ADD, key)
    assert str(order.receipt_id) in words
    assert named(words) == []
    assert str(order.receipt_id) in page(owner, ADD, {"receipt_id": str(order.receipt_id)})
    assert "No order matches" in page(owner, ADD, {"name": "Somebody Else"})
    assert not AccessLog.objects.exists()


def test_a_name_in_an_address_of_a_page_finds_nothing(owner: Client) -> None:
    order = make_order()
    words = page(owner, f"{ADD}?name=Quillon+Marsh")
    assert str(order.receipt_id) not in words


@pytest.mark.parametrize("listed", ["order", "accesslog", "privacyrequest", "shipment", "printjob"])
def test_a_name_searched_in_a_list_is_sent_away_and_numbers_are_searched(owner: Client, listed: str) -> None:
    address = f"/admin/fulfillment/{listed}/"
    for name in ("Quillon Marsh", "Quillon", "quillon@example.com", "12 Teapot Lane"):
        assert owner.get(address, {"q": name}).headers.get("Location") == address
    for number in ("3000000001", "ST-12-3", "SM1003", " 9400 ", ""):
        assert owner.get(address, {"q": number}).status_code == 200
    assert "console/numbers.js" in page(owner, address)


def test_a_request_is_dated_and_due_in_30_days(owner: Client) -> None:
    words = page(owner, opened(owner, make_order("delivered")))
    row = PrivacyRequest.objects.get()
    assert row.due_at - row.received_at == timedelta(days=30)
    assert (row.handled_by, row.identified, row.found_by) == ("owner", "etsy", "Name")
    assert named(words) == []
    assert AuditEntry.objects.get(action="opened a privacy request").detail == {"kind": "erase", "orders": 1}


def test_an_export_has_everything_and_is_logged(owner: Client) -> None:
    order = make_order("shipped")
    Shipment.objects.create(order=order, carrier="usps", tracking_code="9400", shipped_at=clock.now())
    privacy.read(order, by="olive", why="packing slip")
    address = opened(owner, order, kind="export")
    answer = owner.post(address, {"export": "1"})
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    told = json.loads(answer.content)
    [one] = told["orders"]
    assert [asked["number"] for asked in one["privacy_requests"]] == [told["request"]["number"]]
    assert one["receipt_number"] == order.receipt_id
    assert (one["customer"]["name"], one["customer"]["buyer_user_id"]) == ("Quillon Marsh", 4_711_471_147)
    assert one["customer"]["address"]["first_line"] == "12 Teapot Lane"
    assert (one["customer"]["message"], len(one["lines"])) == ("Hello", 1)
    assert one["shipments"][0]["tracking_code"] == "9400"
    assert [look["by"] for look in one["access_log"]] == ["olive", "owner"]
    assert AccessLog.objects.filter(who="owner", why=f"export for privacy request {told['request']['number']}").exists()
    assert "The attached file" in page(owner, address)
    assert PrivacyRequest.objects.get().done_at is not None


def test_an_export_of_many_orders_asks_the_database_as_often_as_one_of_few(owner: Client) -> None:
    def queries(count: int) -> int:
        request = privacy_requests.receive(
            "export", [make_order() for _ in range(count)], by="o", identified="etsy", found_by="",
            received_at=clock.now(),
        )  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            privacy_export.export(request, by="o")
        return len(asked) - count  # each look is logged

    assert queries(2) == queries(6)


def test_what_was_asked_for_is_done_and_nothing_else(owner: Client) -> None:
    order = make_order("delivered")
    erasure, export = opened(owner, order), opened(owner, order, kind="export")
    assert "not for an export" in page(owner, erasure, {"export": "1"})
    assert "not for erasure" in page(owner, export, {"erase": "1", "sure": "on"})
    assert not AccessLog.objects.exists()
    assert Order.objects.filter(purged_at=None).exists()
    assert not PrivacyRequest.objects.exclude(done_at=None).exists()


def test_given_a_request_to_erase_when_it_is_confirmed_then_the_customer_is_gone_and_a_certificate_says_so(
    owner: Client,
) -> None:
    order, other = make_order("delivered"), make_order("delivered", receipt={"name": "Other Person"})
    ErrorLog.objects.create(step="x", error_type="x", error_message="Quillon Marsh called", created_at=clock.now())
    address = opened(owner, order)
    assert "Tick it to go on" in page(owner, address, {"erase": "1"})
    order.refresh_from_db()
    assert order.purged_at is None
    words = page(owner, address, {"erase": "1", "sure": "on"})
    order.refresh_from_db()
    other.refresh_from_db()
    assert (order.customer_sealed, order.name_hash, bool(other.customer_sealed)) == ("", "", True)
    assert ErrorLog.objects.get(step="x").error_message == "[erased] called"
    assert (
        f"We have erased your name, your e-mail address, your postal address and your messages from order {order}"
        in words
    )
    row = PrivacyRequest.objects.get()
    assert row.outcome["orders"] == 1
    certificate = page(owner, f"/admin/fulfillment/privacyrequest/{row.pk}/certificate/")
    assert f"No. {row.pk}, received on" in certificate
    assert str(order) in certificate
    assert named(words + certificate) == []
    page(owner, address, {"answered": "1"})
    row.refresh_from_db()
    assert row.answered_at is not None


def test_orders_still_to_be_shipped_are_erased_only_when_told_so(owner: Client) -> None:
    delivered, waiting = make_order("delivered"), make_order("pending_manual")
    address = opened(owner, delivered, waiting)
    assert f"{waiting} still needs the address" in page(owner, address)
    page(owner, address, {"erase": "1", "sure": "on"})
    row = PrivacyRequest.objects.get()
    assert [order.pk for order in Order.objects.filter(purged_at=None)] == [waiting.pk]
    assert row.done_at is None
    assert "Export or erase first" in page(owner, address, {"answered": "1"})
    page(owner, address, {"erase": "1", "sure": "on", "with_unshipped": "on"})
    row.refresh_from_db()
    assert (Order.objects.filter(purged_at=None).count(), row.outcome["orders"], row.done_at is None) == (0, 2, False)


def test_a_request_about_nobody_we_know_is_answered_too(owner: Client) -> None:
    address = opened(owner)
    assert "hold nothing on you" in page(owner, address)
    page(owner, address, {"answered": "1"})
    assert PrivacyRequest.objects.get().answered_at is not None


def test_requests_are_closed_to_those_who_may_not_see_customers() -> None:
    order = make_order("delivered")
    row = privacy_requests.receive(
        "erase", [order], by="olive", identified="etsy", found_by="", received_at=clock.now()
    )
    vera, client = User.objects.create_user("vera", is_staff=True), Client()
    codes = ("view_privacyrequest", "change_privacyrequest", "view_order", "change_order")
    vera.user_permissions.set(Permission.objects.filter(codename__in=codes))
    client.force_login(vera)
    address = f"/admin/fulfillment/privacyrequest/{row.pk}/change/"
    assert client.get(address).status_code == 200
    assert client.get(ADD).status_code == 403
    assert client.post(ADD, {"name": "Quillon Marsh"}).status_code == 403
    assert client.post(address, {"erase": "1", "sure": "on"}).status_code == 403
    assert client.post(address, {"export": "1"}).status_code == 403
    assert Order.objects.get().purged_at is None


@pytest.mark.parametrize(("days", "words"), [(22, ""), (24, "is due soon"), (31, "is past its date")])
def test_a_request_warns_a_week_before_it_is_due_and_when_it_is_past(days: int, words: str) -> None:
    received = clock.now() - timedelta(days=days)
    privacy_requests.receive("export", [], by="olive", identified="mail", found_by="", received_at=received)
    assert privacy_requests.warn_of_deadlines() == bool(words)
    assert privacy_requests.warn_of_deadlines() == 0, "once a day"
    assert [alert.title for alert in Alert.objects.all()] == [f"A privacy request {words}"] * bool(words)


def test_an_answered_request_warns_no_more() -> None:
    received = clock.now() - timedelta(days=40)
    row = privacy_requests.receive("export", [], by="olive", identified="mail", found_by="", received_at=received)
    privacy_requests.answer(row, by="olive")
    assert privacy_requests.warn_of_deadlines() == 0


def test_ticked_orders_are_erased_by_a_request_of_their_own(owner: Client) -> None:
    orders = [make_order("delivered"), make_order("shipped")]
    keys = [order.pk for order in orders]
    words = page(owner, "/admin/fulfillment/order/", {"action": "erase_customers", "_selected_action": keys})
    assert all(f'name="order" value="{key}"' in words for key in keys)
    assert Order.objects.filter(purged_at=None).count() == 2
    page(owner, opened(owner, *orders), {"erase": "1", "sure": "on"})
    assert Order.objects.filter(purged_at=None).count() == 0
    assert "Erase customer data" in page(owner, "/admin/fulfillment/order/")


def ticked(words: str) -> set[int]:
    return {int(key) for key in re.findall(r'name="order" value="(\d+)" checked', words)}


def test_all_orders_of_the_same_etsy_account_are_found_and_namesakes_are_left_to_a_second_look(
    owner: Client, settings: LazySettings
) -> None:
    asked, other = make_order("delivered"), make_order("delivered")
    settings.FIELD_KEYS = ["new:" + base64.b64encode(b"n" * 32).decode(), *settings.FIELD_KEYS]
    later = make_order("delivered", receipt={"name": "Q. Marsh", "email": "new@example.com"})
    namesake = make_order("delivered", receipt={"buyer_user_id": 99, "email": "another@example.com"})
    guest = make_order("delivered", receipt={"buyer_user_id": None, "email": "", "name": "Nobody Else"})
    assert ticked(page(owner, ADD, {"receipt_id": str(asked.receipt_id)})) == {asked.pk, other.pk, later.pk}
    words = page(owner, ADD, {"email": "quillon@example.com", "name": "Quillon Marsh"})
    assert ticked(words) == {asked.pk, other.pk, later.pk}
    assert f'name="order" value="{namesake.pk}" aria-label' in words
    assert "by name only" in words
    assert str(guest.receipt_id) not in words
    assert ticked(page(owner, ADD, {"name": "Quillon Marsh"})) == set()


def test_a_request_without_an_order_is_opened_only_when_that_is_meant(owner: Client) -> None:
    order = make_order("delivered")
    told = {"listed": order.pk, "kind": "export", "identified": "etsy", "received_at": "2020-01-01T00:00"}
    words = page(owner, ADD, {"open": "1", **told})
    assert "Tick the orders" in words
    assert f'name="order" value="{order.pk}" aria-label' in words
    assert not PrivacyRequest.objects.exists()
    words = page(owner, ADD, {"open": "1", **told, "order": order.pk, "received_at": "soon"})
    assert ticked(words) == {order.pk}
    assert "hold nothing on you" in page(owner, ADD, {"open": "none", **told})


def test_a_request_whose_orders_were_erased_meanwhile_can_be_ended(owner: Client) -> None:
    order = make_order("delivered")
    first, second = opened(owner, order), opened(owner, order)
    page(owner, first, {"erase": "1", "sure": "on"})
    words = page(owner, second)
    assert "Nothing is left to erase" in words
    assert "We have erased" in page(owner, second, {"erase": "1", "sure": "on"})
    page(owner, second, {"answered": "1"})
    assert privacy_requests.open_requests().count() == 1


def test_what_cannot_be_done_now_is_told_and_nothing_is_lost(
    owner: Client, settings: LazySettings, tmp_path: Path
) -> None:
    order = make_order("delivered")
    erasure, export = opened(owner, order), opened(owner, order, kind="export")
    (tmp_path / "file").write_text("no folder")
    settings.MEDIA_ROOT = tmp_path / "file"
    settings.STORAGES = dict(settings.STORAGES)
    assert "Mend the storage" in page(owner, erasure, {"erase": "1", "sure": "on"})
    settings.FIELD_KEYS = ["other:" + base64.b64encode(b"o" * 32).decode()]
    assert "is gone but rows are still sealed with it; put it back" in page(owner, export, {"export": "1"})
    assert "put it back" in page(owner, ADD, {"receipt_id": str(order.receipt_id)})
    assert Order.objects.filter(purged_at=None).count() == 1
    assert not PrivacyRequest.objects.exclude(done_at=None).exists()
