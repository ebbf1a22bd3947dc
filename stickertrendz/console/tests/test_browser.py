"""The console in headless Chromium: no script errors, nothing asked of another host, no sideways scrolling."""

import os
import shutil
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = (
    "/admin/", "/admin/stickers/sticker/", "/admin/trends/source/", "/admin/ops/run/", "/admin/etsy/listing/",
    "/admin/trends/term/", "/admin/trends/term/add/", "/admin/trends/term/import/", "/admin/stickers/rescan/",
    "/admin/trends/term/test/?text=t4ylor+sw1ft+frog", "/admin/trends/blockedtopic/",
    "/admin/etsy/token/", "/admin/etsy/setupobject/",
    "/admin/stickers/sample/", "/admin/etsy/difference/", "/admin/fulfillment/order/import/",
    "/admin/etsy/takedownnotice/add/", "/admin/etsy/recall/add/", "/admin/etsy/searchweek/",
    "/admin/pricing/offer/plan/", "/admin/pricing/offer/slots/", "/admin/pricing/offer/came-back/",
    "/admin/fulfillment/order/", "/admin/fulfillment/order/bench/", "/admin/fulfillment/order/bench/post/",
    "/admin/pricing/override/add/", "/admin/pricing/override/", "/admin/pricing/offer/",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Chromium is not installed; on Debian: apt-get install chromium")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright runs an event loop in this thread
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])


def opened(browser: Browser, live_server: LiveServer, client: Client, width: int) -> tuple[Page, list[str]]:
    """A logged-in page of that width, and what went wrong on it."""
    client.force_login(User.objects.create_superuser("owner"))
    context = browser.new_context(viewport={"width": width, "height": 844})
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page, wrong = context.new_page(), list[str]()
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "request", lambda asked: None if asked.url.startswith((live_server.url, "data:")) else wrong.append(asked.url)
    )
    return page, wrong


@pytest.mark.parametrize("width", [1360, 390])
def test_pages_load_without_errors_or_outside_requests(
    browser: Browser, live_server: LiveServer, client: Client, width: int
) -> None:
    page, wrong = opened(browser, live_server, client, width)
    for address in PAGES:
        page.goto(live_server.url + address, wait_until="networkidle")
        assert page.get_by_text("nothing here is real").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not wrong
