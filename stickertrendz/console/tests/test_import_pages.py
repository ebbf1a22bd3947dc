"""Etsy's files of sold orders in the console: shown first, taken when agreed, kept nowhere."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from etsy.tests.test_sold_import import ITEMS, ORDERS, file, item_row, order_row
from fulfillment.models import Order
from stickertrendz.console.tests.test_blocklist_pages import owner, page
from stickertrendz.ops.models import AuditEntry

__all__ = ["owner"]  # the fixture
pytestmark = pytest.mark.django_db
PAGE = "/admin/fulfillment/order/import/"


def upload(columns: list[str], *rows: dict[str, Any]) -> SimpleUploadedFile:
    return SimpleUploadedFile("etsy.csv", file(columns, *rows), "text/csv")


def sealed_in(shown: str) -> str:
    return shown.split('name="take" value="')[1].split('"')[0]


def test_the_files_are_shown_first_without_anybodys_data_and_taken_when_agreed(owner: Client) -> None:
    told = {"orders": upload(ORDERS, order_row()), "items": upload(ITEMS, item_row(), item_row(502, 902, Price="free"))}
    shown = page(owner, PAGE, told)
    assert "1, of which 1 not shipped" in shown
    assert "line 3, order 502" in shown
    assert "Teapot" not in shown
    assert "Quillon" not in shown
    assert not Order.objects.exists()
    assert "1 new orders taken" in page(owner, PAGE, {"take": sealed_in(shown)})
    assert Order.objects.get().status == "paid"
    entry = AuditEntry.objects.get(action="imported Etsy's files of sold orders")
    assert (entry.who, entry.detail["counts"]["new"]) == ("owner", 1)


def test_agreeing_twice_takes_nothing_twice(owner: Client) -> None:
    sealed = sealed_in(page(owner, PAGE, {"items": upload(ITEMS, item_row())}))
    page(owner, PAGE, {"take": sealed})
    assert "0 new orders taken" in page(owner, PAGE, {"take": sealed})
    assert Order.objects.count() == 1


@pytest.mark.parametrize("wrong", ["", "x", "k1:gAAAA", "k1:²"])
def test_what_comes_back_damaged_is_refused(owner: Client, wrong: str) -> None:
    assert "choose the files again" in page(owner, PAGE, {"take": wrong})
    assert not Order.objects.exists()


def test_no_file_and_too_large_a_file_are_told(owner: Client) -> None:
    assert "Choose at least one" in page(owner, PAGE, {"x": "1"})
    large = SimpleUploadedFile("etsy.csv", b"x" * 2_500_001, "text/csv")
    assert "import_etsy_orders" in page(owner, PAGE, {"items": large})


def test_the_page_is_never_kept_by_a_browser_and_closed_to_viewers(owner: Client, django_user_model: Any) -> None:
    assert "no-store" in owner.get(PAGE)["Cache-Control"]
    viewer = Client()
    viewer.force_login(django_user_model.objects.create_user("viewer", is_staff=True))
    assert viewer.get(PAGE).status_code == 403
