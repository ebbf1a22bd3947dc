"""Every page in headless Chromium, wide and narrow, light and dark: nothing breaks, and everybody can use it."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db.models import Model
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from stickertrendz.ops import switches
from stickertrendz.sandbox.server import Sandbox

from .addresses import NOBODY, addresses
from .front_scenes import busy_day
from .opening import browser, opened
from .scene import make_everything

__all__ = ["browser"]  # the fixture
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Files, parts of pages, and addresses that lead on.
NO_PAGES = (".csv", "/jsi18n/", "/autocomplete/", "/front/", "/search/", "/preview/", "/landed/", "/r/")
# The theme draws these alike for every model, so one model's are looked at.
ALIKE, ALIKE_OF = ("/history/", "/delete/"), "/auth/user/"
WCAG = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
FORMS = ("trends/term/add/", "pricing/override/add/", "pricing/tier/add/", "auth/user/add/")
SEND = "form => { form.noValidate = true; form.requestSubmit(); }"
STILL = "*, *::before, *::after { transition: none !important; animation: none !important; }"
DARK = "document.documentElement.classList.add('dark')"
WIDER = "document.documentElement.scrollWidth > window.innerWidth"


def pages(rows: dict[str, Model]) -> list[str]:
    """The addresses of all that is looked at."""
    urls = {address.url for address in addresses(rows) if address.look != NOBODY}
    own = (url for url in urls if not any(part in url for part in NO_PAGES))
    return sorted(url for url in own if ALIKE_OF in url or not url.endswith(ALIKE))


def barriers(page: Page, part: str, rules: dict[str, Any]) -> list[str]:
    """What keeps people out of this part of the page, seriously: each with what it is and where."""
    found = Axe().run(page, part, {"resultTypes": ["violations"], "runOnly": rules}).response["violations"]
    grave = [rule for rule in found if rule["impact"] in ("serious", "critical")]
    return [f"{rule['id']}: {node['html'][:150]}" for rule in grave for node in rule["nodes"]]


def troubles(page: Page, part: str) -> list[str]:
    """What is wrong with the page as it stands there, first light and then dark."""
    if not page.locator("main").count():
        return ["it has no main part"]
    page.add_style_tag(content=STILL)
    found = barriers(page, part, WCAG)
    page.evaluate(DARK)
    found += [f"in the dark {each}" for each in barriers(page, part, CONTRAST)]
    if page.evaluate(WIDER):
        found.append("it scrolls sideways")
    if page.locator("main h1").count() != 1:
        found.append("it has not one name")
    return found


@pytest.fixture
def rows(sandbox: Sandbox) -> dict[str, Model]:
    """A day on which everything waits for a person, Etsy is halted, and each list has a row."""
    busy_day(1)
    switches.throw("etsy", "the token was refused: connect Etsy again", by="etsy")
    return {model._meta.label_lower: row for model, row in make_everything().items()}


@pytest.mark.parametrize("width", [1360, 390])
def test_every_page_is_whole_and_open_to_everybody(
    browser: Browser, live_server: LiveServer, client: Client, rows: dict[str, Model], width: int
) -> None:
    page, wrong = opened(browser, live_server, client, width)
    found: list[str] = []
    for number, url in enumerate(pages(rows)):
        answer = page.goto(live_server.url + url, wait_until="load")
        assert answer is not None
        if answer.status in (403, 404):  # what even owners may not add, and the certificate of what is not erased yet
            wrong.clear()
            continue
        # What stands around each page is the same everywhere, so it is looked at once.
        found += [f"{url} {each}" for each in [*troubles(page, "main" if number else "body"), *wrong]]
        wrong.clear()
    assert not found, "\n".join(found)


@pytest.mark.parametrize("width", [1360, 390])
@pytest.mark.parametrize(
    "address", ["trends/term/add/", "pricing/override/add/", "pricing/tier/add/", "auth/user/add/"]
)
def test_a_form_with_mistakes_says_so_to_everybody(
    browser: Browser, live_server: LiveServer, client: Client, rows: dict[str, Model], address: str, width: int
) -> None:
    page, wrong = opened(browser, live_server, client, width)
    page.goto(f"{live_server.url}/admin/{address}", wait_until="load")
    with page.expect_navigation(wait_until="load"):
        page.locator("main form[method=post]").first.evaluate(
            "form => { form.noValidate = true; form.requestSubmit(); }"
        )
    assert page.get_by_text("required").count()
    assert not [*troubles(page, "main"), *wrong]
