"""Every page in headless Chromium, wide and narrow, light and dark: nothing breaks, and everybody can use it."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db.models import Model
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from fulfillment.models import PrivacyRequest
from stickertrendz import clock
from stickertrendz.ops import switches
from stickertrendz.sandbox.server import Sandbox

from .addresses import NOBODY, addresses
from .front_scenes import busy_day
from .opening import browser, opened
from .scene import make_everything

__all__ = ["browser"]  # the fixture
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]
# Files, parts of pages, and addresses that lead on.
NO_PAGES = (".csv", "/jsi18n/", "/autocomplete/", "/front/", "/search/", "/preview/", "/landed/", "/r/")
# The theme draws these alike for every model, so one model's are looked at.
ALIKE, ALIKE_OF = ("/history/", "/delete/"), "/auth/user/"
# Of rows that only jobs write, not even owners may add or delete any.
REFUSED = ("/add/", "/delete/")
FORMS = ("trends/term/add/", "pricing/override/add/", "pricing/tier/add/", "auth/user/add/")
WIDE, NARROW = {"width": 1360, "height": 844}, {"width": 390, "height": 844}

BARRIERS = """async ([part, rules]) => {
    const found = await axe.run(part, {resultTypes: ["violations"], runOnly: rules});
    const grave = found.violations.filter(rule => ["serious", "critical"].includes(rule.impact));
    return grave.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 150)}`));
}"""
WCAG = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
STILL = "*, *::before, *::after { transition: none !important; animation: none !important; }"
LOOK = "dark => document.documentElement.classList.toggle('dark', dark)"
WIDER = "document.documentElement.scrollWidth > window.innerWidth"
SEND = "form => { form.noValidate = true; form.requestSubmit(); }"


def pages(rows: dict[str, Model]) -> list[str]:
    """The addresses of all that is looked at."""
    urls = {address.url for address in addresses(rows) if address.look != NOBODY}
    own = (url for url in urls if not any(part in url for part in NO_PAGES))
    return sorted(url for url in own if ALIKE_OF in url or not url.endswith(ALIKE))


def troubles(page: Page, part: str = "main") -> list[str]:
    """What is wrong with the page as it stands there: light and dark on a desk, and dark on a phone."""
    if page.locator("main").count() != 1 or page.locator("main h1").count() != 1:
        return ["it has not one main part with one name"]
    page.add_style_tag(content=STILL)
    page.evaluate(AXE_SCRIPT)
    found = [*_troubles(page, WIDE, False, part, WCAG), *_troubles(page, WIDE, True, part, CONTRAST)]
    return [*found, *_troubles(page, NARROW, True, part, WCAG)]


def _troubles(page: Page, size: Any, dark: bool, part: str, rules: dict[str, Any]) -> list[str]:
    """What keeps people out of this part of the page seriously, with where; and whether it is too wide."""
    page.set_viewport_size(size)
    page.evaluate(LOOK, dark)
    found = page.evaluate(BARRIERS, [part, rules])
    if page.evaluate(WIDER):
        found.append("it scrolls sideways")
    return [f"at {size['width']} px{', dark' if dark else ''}: {each}" for each in found]


@pytest.fixture
def rows(sandbox: Sandbox, settings: Settings, tmp_path: Path) -> dict[str, Model]:
    """A day on which everything waits for a person, Etsy is halted, and each list has a row."""
    settings.MEDIA_ROOT = tmp_path
    storages["private"].save("made", ContentFile(b"made"))  # what the made rows call their files
    busy_day(1)
    switches.throw("etsy", "the token was refused: connect Etsy again", by="etsy")
    found = {model._meta.label_lower: row for model, row in make_everything().items()}
    PrivacyRequest.objects.update(kind=PrivacyRequest.Kind.ERASE, done_at=clock.now())  # it has a certificate
    return found


def test_every_page_is_whole_and_open_to_everybody(
    browser: Browser, live_server: LiveServer, client: Client, rows: dict[str, Model]
) -> None:
    page, wrong = opened(browser, live_server, client, WIDE["width"])
    found: list[str] = []
    for number, url in enumerate(pages(rows)):
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        answer = page.goto(live_server.url + url, wait_until="load")
        assert answer is not None
        if answer.status == 403 and url.endswith(REFUSED):
            wrong.clear()
            continue
        # What stands around each page is the same everywhere, so it is looked at once.
        here = troubles(page, "main" if number else "body") if answer.ok else [f"answers {answer.status}"]
        found += [f"{url} {each}" for each in [*here, *wrong]]
        wrong.clear()
    assert not found, "\n".join(found)


def test_a_form_with_mistakes_says_so_to_everybody(
    browser: Browser, live_server: LiveServer, client: Client, rows: dict[str, Model]
) -> None:
    page, wrong = opened(browser, live_server, client, WIDE["width"])
    for address in FORMS:
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        page.goto(f"{live_server.url}/admin/{address}", wait_until="load")
        with page.expect_navigation(wait_until="load"):
            page.locator("main form[method=post]").first.evaluate(SEND)
        assert page.get_by_text("required").count(), address
        assert not [*troubles(page), *wrong], address
