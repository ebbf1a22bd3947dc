"""What an operator does on a day that is not quiet, in headless Chromium, with the sandbox's Etsy behind it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from playwright.sync_api import Browser, Locator, Page
from pytest_django.live_server_helper import LiveServer

from etsy.models import Listing, TakedownNotice
from etsy.tests.conftest import MakeSticker, _settings, changes, live, make_sticker, shop, world
from pricing import plan
from pricing.models import Offer, Override
from stickertrendz import clock
from stickertrendz.console.tests.opening import browser, opened
from stickertrendz.ops import switches
from stickertrendz.ops.models import AuditEntry, Switch
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.making import empty_tables
from trends.models import Term

__all__ = ["_settings", "browser", "make_sticker", "shop", "world"]  # the fixtures
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sandbox(live_sandbox: Sandbox, transactional_db: None) -> Sandbox:
    """In real time, as the browser lives in it."""
    empty_tables()
    return live_sandbox


@pytest.fixture
def on_sale(shop: Any, make_sticker: MakeSticker, settings: LazySettings) -> Listing:
    settings.JOB_LIST = "stickertrendz.schedule.JOBS"
    plan.open_offers(make_sticker())
    run_job("publisher")
    return Listing.objects.get(status="active")


class Operator:
    """Works on a page of the console as the words on it lead."""

    def __init__(self, page: Page, host: str) -> None:
        self.page, self.host = page, host

    def goes(self, address: str) -> None:
        self.page.goto(self.host + address)

    def follows(self, name: str) -> None:
        self.page.get_by_role("link", name=name).first.click()

    def presses(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click()

    def tells(self, label: str, words: str) -> None:
        self.page.get_by_label(label).locator("visible=true").first.fill(words)

    def reads(self, words: str) -> None:
        """On a page that does not stand out sideways."""
        self.page.get_by_text(words).locator("visible=true").first.wait_for()
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    def card(self, heading: str) -> Locator:
        return self.page.locator("section", has=self.page.get_by_role("heading", name=heading))


@pytest.fixture(params=[1360, 390], ids=["desktop", "phone"])
def operator(
    request: pytest.FixtureRequest, shop: Any, browser: Browser, live_server: LiveServer, client: Client
) -> Iterator[Operator]:
    """At the end nothing went wrong on any page."""
    page, wrong = opened(browser, live_server, client, request.param)
    page.set_default_timeout(15_000)
    yield Operator(page, live_server.url)
    page.context.close()
    assert not wrong


def test_a_complaint_is_recorded_taken_off_etsy_judged_and_its_words_blocked(
    operator: Operator, on_sale: Listing, world: Any
) -> None:
    operator.goes("/admin/etsy/takedownnotice/")
    operator.follows("Record a notice")
    operator.tells("Listing", str(on_sale.etsy_id))
    operator.tells("Received", f"{clock.now():%Y-%m-%dT%H:%M}")
    operator.tells("Complainant", "Frog Inc")
    operator.tells("What they claim", "Our frog")
    operator.presses("Show the listing")
    operator.reads("Look-alikes: 0")
    assert not TakedownNotice.objects.exists()
    operator.presses("Record it and take it down")
    operator.reads("being taken off Etsy now")
    changes()
    assert not live(world)

    operator.page.reload()
    judge = operator.card("The claim is valid")
    judge.get_by_label("Why").fill("It is theirs")
    judge.get_by_role("button", name="Preview").click()
    operator.reads("What it would hit now")
    assert not Term.objects.filter(text="mushroom frog").exists()
    operator.presses("Valid: delete it and block the term")
    operator.reads("the listing is being deleted")
    changes()
    assert not world.listings
    assert TakedownNotice.objects.get().status == "valid"
    assert Term.objects.filter(text="mushroom frog", retired_at=None).exists()


def prices(world: Any) -> dict[str, int]:
    """What Etsy asks for each size, in cents."""
    products = live(world)[0]["products"]
    return {one["sku"][-1]: one["offerings"][0]["price"] for one in products}


def test_a_price_is_fixed_reaches_etsy_and_is_put_back(operator: Operator, on_sale: Listing, world: Any) -> None:
    before, offer = prices(world), Offer.objects.get(size="3in")
    operator.goes(f"/admin/pricing/offer/{offer.pk}/change/")
    operator.follows("Fix its price")
    operator.tells("Price in dollars", "7.99")
    operator.tells("Why", "a gift shop asked")
    operator.presses("Show what it would change")
    operator.reads("$7.99")
    assert not Override.objects.exists()
    operator.presses("Make this override")
    operator.reads("It is in force")
    run_job("pricing_engine")
    changes()
    assert prices(world) == {**before, "3": 799}

    operator.goes(f"/admin/pricing/offer/{offer.pk}/change/")
    operator.follows(f"Put back ${offer.wanted_price}")
    operator.tells("Why", "they have enough")
    operator.presses("Put 1 price back")
    changes()
    assert prices(world) == before


def test_publishing_is_halted_with_a_reason_and_goes_on_when_the_switch_is_cleared(
    operator: Operator, on_sale: Listing, make_sticker: MakeSticker, world: Any
) -> None:
    plan.open_offers(make_sticker("sleepy otter"))
    operator.goes("/admin/ops/switch/add/")
    operator.page.get_by_label("Name").select_option(Switch.Name.PUBLISHING)
    operator.tells("Reason", "I am away")
    operator.page.get_by_role("button", name="Save", exact=True).click()
    operator.goes("/admin/")
    operator.reads("I am away")
    run_job("publisher")
    assert len(live(world)) == 1

    operator.goes("/admin/ops/switch/")
    operator.page.locator("input.action-select").check()
    operator.page.locator("select[name=action]").select_option("clear")
    operator.presses("Run")
    operator.reads("goes on with the next run")
    assert switches.thrown(Switch.Name.PUBLISHING)
    operator.tells("Why", "I am back")
    operator.presses("Clear")
    operator.reads("The next runs take up what waited")
    run_job("publisher")
    assert len(live(world)) == 2
    assert AuditEntry.objects.filter(who="owner", action="cleared switch", why="I am back").exists()
