"""The review desk in headless Chromium: by keys alone, on a phone, without its script, and when the network fails."""

import io
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, Route
from pytest_django.live_server_helper import LiveServer

from stickers import desk
from stickers.models import Size, Sticker
from stickertrendz import clock
from stickertrendz.console.tests.desk_sitting import DESK, flagged
from stickertrendz.console.tests.opening import browser, opened
from stickertrendz.ops import storage

__all__ = ["browser"]  # the fixture
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
COUNT = 10


def drawn(number: int) -> str:
    """The key of a picture that is transparent around a disc, in both storages."""
    sheet, file = Image.new("RGBA", (300, 300)), io.BytesIO()
    ImageDraw.Draw(sheet).ellipse((20, 20, 280, 280), (40 + 20 * number, 120, 90, 255))
    sheet.save(file, "PNG")
    key = storage.key_for("tests", file.getvalue(), "1", "png")
    for where in ("public", "private"):
        storage.keep(where, key, file.getvalue())
    return key


@pytest.fixture
def designs() -> list[Sticker]:
    """The first is the nearest to its deadline."""
    made = []
    for number in range(COUNT):
        key = drawn(number)
        made.append(flagged(f"otter number {number}", 40 - number, thumbnail_key=key, listing_images=[key] * 3))
        Size.objects.filter(sticker=made[-1]).update(print_key=key)
    return made


def at_the_desk(browser: Browser, live_server: LiveServer, client: Client, width: int = 1360) -> tuple[Page, list[str]]:
    page, wrong = opened(browser, live_server, client, width)
    page.goto(live_server.url + DESK, wait_until="networkidle")
    return page, wrong


def shows(page: Page, sticker: Sticker) -> None:
    page.locator(".desk-head").get_by_text(sticker.number).wait_for()
    picture = page.locator(".desk-design")
    picture.evaluate("image => image.decode()")
    assert picture.evaluate("image => image.naturalWidth") == 300


def verdicts() -> list[str]:
    return list(Sticker.objects.order_by("pk").values_list("status", flat=True))


@pytest.mark.parametrize("width", [1360, 390])
def test_ten_designs_are_judged_by_keys_with_one_undo(
    browser: Browser, live_server: LiveServer, client: Client, designs: list[Sticker], width: int
) -> None:
    page, wrong = at_the_desk(browser, live_server, client, width)
    shows(page, designs[0])
    page.keyboard.press("s")
    for number, keys in enumerate(["a", "r1", "r2", "a"], 1):
        shows(page, designs[number])
        for key in keys:
            page.keyboard.press(key)
    shows(page, designs[5])
    page.keyboard.press("u")
    page.locator("#desk-words").get_by_text(f"{designs[4].number} is back: decide again").wait_for()
    shows(page, designs[4])
    page.keyboard.press("r")
    page.keyboard.press("5")
    page.keyboard.type("a sad otter sells badly")  # its letters are no keys
    page.keyboard.press("Enter")
    # What was taken back has two new days, so it would have been the last; the others go on by their deadlines.
    for number, keys in [(5, "a"), (6, "r3"), (7, "r4"), (8, "a"), (9, "a"), (0, "a")]:
        shows(page, designs[number])
        for key in keys:
            page.keyboard.press(key)
    page.get_by_text("Nothing waits for your verdict").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    said = ["approved", "approved", "rejected", "rejected", "rejected", "approved", "rejected", "rejected"]
    assert verdicts() == [*said, "approved", "approved"]
    reasons = Sticker.objects.exclude(reject_reason="").order_by("pk").values_list("reject_reason", flat=True)
    assert list(reasons) == ["trademark", "not safe", "a sad otter sells badly", "poor drawing", "off topic"]
    assert not wrong


def test_pictures_change_their_ground_by_key_and_true_size_is_three_inches(
    browser: Browser, live_server: LiveServer, client: Client, designs: list[Sticker]
) -> None:
    page, wrong = at_the_desk(browser, live_server, client)
    shows(page, designs[0])
    ground, design = page.locator(".desk-ground"), page.locator(".desk-design")

    def colour() -> str:
        return str(ground.evaluate("one => getComputedStyle(one).backgroundColor"))

    assert colour() == "rgb(255, 255, 255)"
    page.keyboard.press("d")
    assert colour() == "rgb(20, 23, 28)"
    page.keyboard.press("l")
    assert page.get_by_alt_text("The same on a laptop").is_visible()
    assert not design.is_visible()
    page.keyboard.press("ArrowRight")
    assert design.evaluate("image => image.getBoundingClientRect().width") == 3 * 96
    page.get_by_label("Size", exact=True).fill("1.25")
    assert design.evaluate("image => image.getBoundingClientRect().width") == 3 * 96 * 1.25
    page.get_by_role("heading", name="Review desk").click()
    page.keyboard.press("s")
    shows(page, designs[1])
    assert design.evaluate("image => image.getBoundingClientRect().width") == 3 * 96 * 1.25, "both are remembered"
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="Keys of the review desk").is_visible()
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    assert set(verdicts()) == {"flagged"}, "no key goes through the help"
    assert not wrong


def test_every_key_has_a_button_and_a_thumb_reaches_it(
    browser: Browser, live_server: LiveServer, client: Client, designs: list[Sticker]
) -> None:
    page, wrong = at_the_desk(browser, live_server, client, 390)
    shows(page, designs[0])
    for name in ("Approve", "Reject …", "Skip", "Undo"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert 650 < box["y"] < 844 - box["height"]
    page.get_by_role("button", name="Reject …").click()
    page.get_by_role("button", name="Off topic").click()
    shows(page, designs[1])
    page.get_by_role("button", name="Undo").click()
    shows(page, designs[0])
    page.get_by_role("button", name="Approve").click()
    shows(page, designs[1])
    assert verdicts()[:2] == ["approved", "flagged"]
    assert not wrong


def test_all_at_a_glance_is_walked_through_by_arrows(
    browser: Browser, live_server: LiveServer, client: Client, designs: list[Sticker]
) -> None:
    page, wrong = at_the_desk(browser, live_server, client)
    page.keyboard.press("g")
    page.get_by_role("heading", name="all at a glance").wait_for()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowUp", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    shows(page, designs[2])
    assert not wrong


def test_a_verdict_that_meets_no_network_is_told_and_sent_again(
    browser: Browser, live_server: LiveServer, client: Client, designs: list[Sticker]
) -> None:
    page, _ = at_the_desk(browser, live_server, client)
    shows(page, designs[0])

    def cut(route: Route) -> None:
        route.abort()

    page.route(f"**{DESK}*", cut)
    page.keyboard.press("a")
    page.get_by_text("The shop cannot be reached: “Approve” did not get through yet").wait_for()
    page.get_by_role("button", name="Try again").click()
    assert verdicts()[0] == "flagged"
    page.unroute(f"**{DESK}*", cut)
    page.get_by_role("button", name="Try again").click()
    shows(page, designs[1])
    assert verdicts()[0] == "approved"
    assert not page.get_by_role("alert").is_visible()


def test_an_answer_lost_on_the_way_is_not_given_to_the_next_design(
    browser: Browser, live_server: LiveServer, client: Client, designs: list[Sticker]
) -> None:
    """The verdict got through, but nobody was told: trying again must not approve what comes next."""
    page, _ = at_the_desk(browser, live_server, client)
    shows(page, designs[0])

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route(f"**{DESK}*", lose)
    page.keyboard.press("a")
    page.get_by_text("did not get through yet").wait_for()
    page.unroute(f"**{DESK}*", lose)
    page.get_by_role("button", name="Try again").click()
    page.locator("#desk-words").get_by_text(f"{designs[0].number} was decided meanwhile: approved by owner").wait_for()
    assert verdicts().count("approved") == 1


def test_a_verdict_given_after_the_session_ended_waits_for_signing_in(
    browser: Browser, live_server: LiveServer, client: Client, designs: list[Sticker]
) -> None:
    page, _ = at_the_desk(browser, live_server, client)
    shows(page, designs[0])
    session = client.cookies["sessionid"].value
    page.context.clear_cookies()
    page.keyboard.press("r")
    page.keyboard.press("3")
    page.get_by_text("You are not signed in any more: “Poor drawing” did not get through yet").wait_for()
    assert page.get_by_role("link", name="Sign in, in a new tab").is_visible()
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.get_by_role("button", name="Try again").click()
    shows(page, designs[1])
    assert Sticker.objects.get(pk=designs[0].pk).reject_reason == "poor drawing"


def test_who_looks_on_keeps_the_design_and_who_leaves_frees_it(
    browser: Browser, live_server: LiveServer, client: Client, designs: list[Sticker]
) -> None:
    page, wrong = opened(browser, live_server, client, 1360)
    page.clock.install()
    page.goto(live_server.url + DESK, wait_until="networkidle")
    first = Sticker.objects.get(pk=designs[0].pk).claimed_until
    assert first is not None
    with page.expect_response(lambda answer: answer.request.method == "POST") as renewed:
        page.clock.fast_forward(61_000)
    assert renewed.value.ok
    page.wait_for_function("claim => !location.href.includes(claim)", arg=f"{first:%Y%m%dT%H%M%S%f}")
    held = Sticker.objects.get(pk=designs[0].pk).claimed_until
    assert held is not None
    assert held > first
    page.keyboard.press("a")
    shows(page, designs[1])
    page.reload(wait_until="networkidle")
    shows(page, designs[1])
    page.goto(f"{live_server.url}/admin/stickers/sticker/", wait_until="networkidle")
    assert not Sticker.objects.filter(claimed_until__gt=clock.now()).exists()
    assert verdicts()[0] == "approved"
    assert not wrong


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_the_way_of_who_cannot_see_or_point(
    browser: Browser, live_server: LiveServer, client: Client, designs: list[Sticker], scheme: Literal["light", "dark"]
) -> None:
    page, _ = opened(browser, live_server, client, 1360)
    page.emulate_media(color_scheme=scheme)
    for address in (DESK, f"{DESK}?view=grid"):
        page.goto(live_server.url + address, wait_until="networkidle")
        if "grid" not in address:
            page.keyboard.press("r")
        found = Axe().run(page, context="#content")
        assert not found.violations_count, found.generate_report()


def test_every_button_works_without_the_desks_script(
    browser: Browser, live_server: LiveServer, client: Client, designs: list[Sticker]
) -> None:
    page, _ = opened(browser, live_server, client, 390)
    page.route("**/desk.js", lambda route: route.abort())
    page.goto(live_server.url + DESK)
    shows(page, designs[0])
    page.get_by_role("button", name="Not safe").click()
    shows(page, designs[1])
    page.get_by_label("Other").fill("dull")
    page.get_by_label("Other").press("Enter")
    shows(page, designs[2])
    page.get_by_role("button", name="Skip").click()
    shows(page, designs[3])
    page.get_by_role("button", name="Approve").click()
    shows(page, designs[4])
    page.get_by_role("button", name="Undo").click()
    shows(page, designs[3])
    assert verdicts()[:4] == ["rejected", "rejected", "flagged", "flagged"]
    assert desk.last_decided("owner") == designs[1]
