"""Setting up a second factor and signing in with it in headless Chromium, in both widths and both colour schemes."""

import base64
import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from stickertrendz import clock
from stickertrendz.console.tests.opening import browser

__all__ = ["browser"]  # the fixture
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a frog asleep in a teacup"


def code(secret: str, steps: int = 0) -> str:
    """What the app on the phone shows; `steps` steps of 30 s from now."""
    at = int(clock.now().timestamp()) + 30 * steps
    return TOTP(base64.b32decode(secret), 6, SHA1(), 30).generate(at).decode()  # noqa: S303


def looked_at(page: Page, name: str, width: int) -> None:
    """Nothing serious for axe-core, nothing sideways; a picture where PICTURES names a folder."""
    page.wait_for_load_state("networkidle")
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    serious = [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
    assert not serious, name


def give_password(page: Page, address: str) -> None:
    page.goto(address + "/admin/login/?next=/admin/ops/run/")
    page.get_by_label("Username").fill("owner")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1360, 390])
def test_a_second_factor_is_set_up_and_then_asked_for(
    browser: Browser, live_server: LiveServer, width: int, scheme: str
) -> None:
    User.objects.create_superuser("owner", password=PASSWORD)
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]
    page, wrong, mark = context.new_page(), list[str](), f"{width}-{scheme}"
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.goto(live_server.url + "/admin/login/")
    looked_at(page, f"login-{mark}", width)
    give_password(page, live_server.url)
    assert page.url.endswith("/admin/ops/run/")

    page.goto(live_server.url + "/admin/account/second-factor/")
    looked_at(page, f"set-up-{mark}", width)
    secret = "".join(page.locator(".secret-key span").all_inner_texts())
    page.get_by_role("textbox", name="Code").fill(code(secret, -1))
    page.get_by_role("button", name="Turn it on").click()
    looked_at(page, f"codes-{mark}", width)
    recovery = page.locator(".recovery-codes li").first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    looked_at(page, f"front-{mark}", width)

    context.clear_cookies()
    give_password(page, live_server.url)
    looked_at(page, f"code-{mark}", width)
    page.get_by_role("textbox", name="Code").fill("000000")
    page.keyboard.press("Enter")
    page.get_by_text("That code is not right").wait_for()
    page.get_by_role("textbox", name="Code").fill(code(secret))
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/ops/run/")  # and for its scripts, which a signed-out browser would be refused

    context.clear_cookies()
    give_password(page, live_server.url)
    page.get_by_role("textbox", name="Code").fill(recovery)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/ops/run/")
    page.goto(live_server.url + "/admin/account/second-factor/")
    looked_at(page, f"standing-{mark}", width)
    assert page.get_by_text("9 recovery codes are left").is_visible()
    assert not wrong
