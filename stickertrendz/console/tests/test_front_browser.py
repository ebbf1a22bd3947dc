"""The open front page in headless Chromium: it renews itself without a new page and says when it cannot."""

import os
import shutil
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.console.tests.front_scenes import busy_day, sold

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TASKS = "#front-needs li"


@pytest.fixture
def page(live_server: LiveServer, client: Client) -> Iterator[Page]:
    """The front page of a busy day, at a clock that the test moves."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Chromium is not installed; on Debian: apt-get install chromium")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright runs an event loop in this thread
    busy_day(1)
    client.force_login(User.objects.create_superuser("owner"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(viewport={"width": 1360, "height": 600})
        value = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])
        page = context.new_page()
        page.clock.install()
        page.goto(f"{live_server.url}/admin/", wait_until="networkidle")
        yield page
        browser.close()


def minute(page: Page) -> None:
    with page.expect_response("**/admin/front/"):
        page.clock.run_for(60_500)


def test_it_renews_what_changed_and_leaves_focus_scroll_open_parts_and_other_cards_alone(page: Page) -> None:
    page.locator("#front-jobs summary").click()
    page.evaluate("document.getElementById('front-progress').dataset.mine = 'same'")
    verdict = page.locator(TASKS, has_text="waits for your verdict").locator("a")
    verdict.focus()
    page.evaluate("window.scrollTo(0, 120)")
    Sticker.objects.filter(status="flagged").update(status="approved")
    sold(clock.now(), status="needs_address")
    before = page.locator(TASKS).count()
    minute(page)
    page.locator(TASKS, has_text="2 orders without an address").wait_for()
    assert page.locator(TASKS).count() == before - 1
    assert page.evaluate("document.activeElement.closest('#front-needs') !== null")
    assert page.evaluate("window.scrollY") == 120
    assert page.evaluate("document.getElementById('front-jobs').open")
    assert page.evaluate("document.getElementById('front-progress').dataset.mine") == "same"


def test_the_reader_hears_only_of_a_new_headline(page: Page) -> None:
    minute(page)
    assert page.locator("#front-spoken").text_content() == ""
    Sticker.objects.filter(status="flagged").update(status="approved")
    minute(page)
    page.wait_for_function("document.getElementById('front-spoken').textContent.startsWith('20 things need you')")


def test_figures_that_cannot_be_renewed_are_marked_as_old_until_they_can(page: Page) -> None:
    page.route("**/admin/front/", lambda route: route.abort())
    page.clock.run_for(60_500)
    page.get_by_text("The shop cannot be reached; it is tried again each minute.").wait_for()
    assert page.locator("#front.stale").count() == 1
    page.unroute("**/admin/front/")
    minute(page)
    page.locator("#front-trouble").wait_for(state="hidden")
    assert page.locator("#front.stale").count() == 0


def test_a_hidden_tab_asks_for_nothing_and_a_shown_one_at_once(page: Page) -> None:
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/admin/front/" in request.url else None)
    hide = "Object.defineProperty(document, 'hidden', {value: %s, configurable: true});"
    hide += "document.dispatchEvent(new Event('visibilitychange'))"
    page.evaluate(hide % "true")
    page.clock.run_for(300_000)
    assert asked == []
    with page.expect_response("**/admin/front/"):
        page.evaluate(hide % "false")
        page.clock.run_for(100)


def test_who_was_signed_out_is_told_so(page: Page) -> None:
    page.context.clear_cookies()
    page.clock.run_for(60_500)
    page.get_by_text("You are not signed in any more").wait_for()
