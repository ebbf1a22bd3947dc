"""The pages of customer data in headless Chromium: a request from search to certificate, wide and narrow."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from fulfillment.models import AccessLog, Order
from fulfillment.tests.making import make_order
from stickertrendz.console.tests.opening import browser, opened

__all__ = ["browser"]  # the fixture
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [1360, 390])
def test_an_operator_enters_an_address_looks_at_a_customer_and_answers_a_request(
    browser: Browser, live_server: LiveServer, client: Client, width: int, settings: LazySettings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    order = make_order("needs_address", receipt={"address": None})
    page, wrong = opened(browser, live_server, client, width)

    def looks_right(name: str) -> None:
        page.screenshot(path=tmp_path / f"{name}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name

    page.goto(f"{live_server.url}/admin/fulfillment/order/{order.pk}/address/", wait_until="networkidle")
    page.get_by_label("The address as Etsy shows it").fill("Quillon Marsh\n12 Teapot Lane\nDryville, NM 87001\nUSA")
    page.get_by_role("button", name="Fill in the fields").click()
    assert page.get_by_label("City").input_value() == "Dryville"
    looks_right("address")
    page.get_by_role("button", name="Take this address").click()

    page.goto(f"{live_server.url}/admin/fulfillment/order/{order.pk}/customer/", wait_until="networkidle")
    looks_right("why")
    page.get_by_role("button", name="Show the customer’s data").click()
    assert "12 Teapot Lane" in page.get_by_label("Address, to copy").input_value()
    looks_right("customer")
    assert AccessLog.objects.filter(who="owner", why="Packing").exists()

    page.goto(f"{live_server.url}/admin/fulfillment/privacyrequest/", wait_until="networkidle")
    page.locator("#searchbar").fill("Quillon Marsh")
    page.locator("#searchbar").press("Enter")
    assert "Quillon" not in page.url
    page.get_by_role("link", name="A customer asked").click()
    page.get_by_label("Name").fill("Quillon Marsh")
    looks_right("search")
    page.get_by_role("button", name="Find the orders").click()
    assert "Quillon" not in page.url
    page.get_by_label("The customer asks for").select_option("erase")
    page.get_by_role("checkbox", name=f"Order {order}").check()
    looks_right("found")
    page.get_by_role("button", name="Open the request").click()
    looks_right("request")
    for tick in page.locator("form input[type=checkbox]").all():
        tick.check(force=True)
    page.get_by_role("button", name="Erase", exact=True).click()
    assert page.get_by_text("The words to send").is_visible()
    looks_right("answer")
    page.get_by_role("link", name="Certificate to print").click()
    assert page.get_by_role("heading", name="Certificate of erasure").is_visible()
    looks_right("certificate")
    assert Order.objects.get().purged_at is not None
    assert not wrong
