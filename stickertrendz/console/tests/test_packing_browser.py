"""The bench in headless Chromium, from a new order to the post: by keys, by mouse, and without its script."""

import io
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from django.conf import LazySettings
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from fulfillment.models import Order, PrintJob, Shipment
from stickertrendz.console.tests.benching import bench_order
from stickertrendz.console.tests.opening import browser, opened

__all__ = ["browser"]  # the fixture
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LETTER, LABEL = (612, 792), (288, 432)
CODE = "9400111202555842332669"


@pytest.fixture
def orders(settings: LazySettings) -> list[Order]:
    settings.FULFILLMENT_PROVIDER = "self_usps"
    return [bench_order(None, "3in", "4in", hours=-3), bench_order(hours=5), bench_order(hours=90)]


def saved(page: Page, folder: Path, button: str) -> bytes:
    with page.expect_download() as asked:
        page.get_by_role("button", name=button).click()
    file = folder / asked.value.suggested_filename
    asked.value.save_as(file)
    return file.read_bytes()


def sizes(pdf: bytes) -> list[tuple[int, int]]:
    return [(round(one.get_width()), round(one.get_height())) for one in pypdfium2.PdfDocument(pdf)]


def statuses() -> list[str]:
    """Of the prints, the most urgent first."""
    return list(PrintJob.objects.order_by("item__order__ship_by", "item_id").values_list("status", flat=True))


@pytest.mark.parametrize("width", [1360, 390])
def test_from_a_new_order_to_the_post_by_keys_and_mouse(
    browser: Browser, live_server: LiveServer, client: Client, tmp_path: Path, orders: list[Order], width: int
) -> None:
    page, wrong = opened(browser, live_server, client, width)
    page.goto(f"{live_server.url}/admin/fulfillment/order/bench/")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("#chosen").inner_text() == "1 order, 2 lines"
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("#chosen").inner_text() == "2 orders, 3 lines"

    page.keyboard.press("g")
    page.get_by_text("3 stickers of 2 orders on 1 sheet").wait_for()
    assert page.locator(".sheet-pictures use").count() == 3
    folder = zipfile.ZipFile(io.BytesIO(saved(page, tmp_path, "Save PDF and cut files")))
    pdf, _ = sorted(folder.namelist(), key=len)
    assert sizes(folder.read(pdf)) == [LETTER]
    page.get_by_role("button", name="Printed: all 3 lines").click()
    page.get_by_text("3 lines marked as printed").wait_for()
    assert statuses() == ["printed", "printed", "printed", "sent"]

    page.get_by_label(f"Choose order {orders[0]}").check()
    assert sizes(saved(page, tmp_path, "Packing slips")) == [LETTER]
    assert sizes(saved(page, tmp_path, "Labels 4 × 6″")) == [LABEL]
    page.get_by_role("button", name="Packed", exact=False).click()
    page.get_by_text("2 lines marked as packed").wait_for()

    page.keyboard.press("j")
    page.keyboard.press("s")
    code = page.get_by_label("Tracking code")
    code.fill("9400 1112 0255 5842 3326 69")
    page.get_by_role("button", name="Post 1 order").click()
    page.get_by_text("1 order posted").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert (Order.objects.get(pk=orders[0].pk).status, Shipment.objects.get().tracking_code) == ("shipped", CODE)
    assert statuses() == ["shipped", "shipped", "printed", "sent"]
    assert not wrong


def test_keys_do_nothing_while_one_types_and_help_tells_them(
    browser: Browser, live_server: LiveServer, client: Client, orders: list[Order]
) -> None:
    page, wrong = opened(browser, live_server, client, 1360)
    page.goto(f"{live_server.url}/admin/fulfillment/order/bench/")
    page.get_by_label("First free label on the sheet").focus()
    for key in "jxp":
        page.keyboard.press(key)
    assert page.locator("#chosen").inner_text() == "nothing yet"
    page.get_by_role("heading", name="Bench").click()
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="Keys of the bench").is_visible()
    page.keyboard.press("p")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    assert page.locator("#chosen").inner_text() == "3 orders, 4 lines"
    page.get_by_label(f"Choose order {orders[1]}").uncheck()
    assert page.locator("#chosen").inner_text() == "2 orders, 3 lines"
    posted: list[str] = []
    page.on("request", lambda asked: posted.append(asked.url) if asked.method == "POST" else None)
    page.get_by_label("For", exact=True).select_option("due")
    page.get_by_label("For", exact=True).focus()
    page.keyboard.press("p")
    page.reload()
    assert not posted
    assert statuses() == ["sent"] * 4
    assert not wrong


def test_every_button_works_without_the_benchs_script(
    browser: Browser, live_server: LiveServer, client: Client, orders: list[Order]
) -> None:
    page, _ = opened(browser, live_server, client, 1360)
    page.route("**/bench.js", lambda route: route.abort())
    page.goto(f"{live_server.url}/admin/fulfillment/order/bench/")
    page.get_by_label(f"Choose order {orders[2]}").check()
    page.get_by_role("button", name="Printed").click()
    page.get_by_text("1 line marked as printed").wait_for()
    page.get_by_label("For", exact=True).select_option("all")
    page.get_by_role("button", name="Post …").click()
    page.get_by_role("button", name="Post 3 orders").click()
    page.get_by_text("3 orders posted").wait_for()
    assert statuses() == ["shipped"] * 4
