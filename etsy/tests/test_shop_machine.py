"""Whatever happens in whatever order, each design has one listing, the caps hold, and both sides agree in the end."""

import io
from contextlib import ExitStack, suppress
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from PIL import Image

from etsy import renewal, takedown
from etsy.models import Listing, TakedownNotice
from etsy.shelf import ENDED
from etsy.tests import shop_life as life
from stickers import review
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import switches, work
from stickertrendz.ops.models import Switch
from stickertrendz.sandbox.etsy import lifecycle
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests import making
from stickertrendz.tests.staging import START, restore, undone, virtual

JOB = st.sampled_from(life.NAMES)
PUSHING = st.sampled_from(["publisher", "push_changes"])
ROOM = 3
WHICH = st.integers(0, 5)
STALLED = st.sampled_from([timedelta(0), timedelta(0), timedelta(minutes=6), timedelta(minutes=16)])
OPERATIONS = [
    "createDraftListing", "getListing", "getListingsByShop", "uploadListingImage", "getListingImages",
    "updateListingInventory", "getListingInventory", "getListingsInventoryByListingIds", "updateListing",
    "deleteListing", "getListingsByListingIds", "oauth.token",
]  # fmt: skip
FAULTS = ["500", "500_after", "timeout", "timeout_after", "malformed", "truncated", "html", "401", "429"]


class Shop(RuleBasedStateMachine):
    sandbox: Sandbox
    designs = 0

    @initialize()
    def open(self) -> None:
        self.stack = ExitStack()
        self.stack.enter_context(undone())
        self.sandbox.reset()
        restore(self.sandbox, {})
        self.stack.enter_context(virtual(START))
        self.etsy.settings["per_second"] = 1000
        self.hand_fees = 0
        self.consent()
        self.fill()

    @property
    def etsy(self) -> Any:
        return self.sandbox.worlds["etsy"]

    def consent(self) -> None:
        for command in ("etsy_authorize", "etsy_setup"):
            call_command(command, stdout=io.StringIO())

    def fill(self) -> None:
        """With something on sale from the beginning: lives in which nothing is ever approved prove nothing."""
        for _ in range(ROOM):
            self.approve()
        life.run("publisher")
        assert Listing.objects.filter(status="active").count() == ROOM

    def teardown(self) -> None:
        if not hasattr(self, "stack"):
            return
        with self.stack:
            self.recover()
            life.settle(self.sandbox)
            life.check_settled(self.etsy)

    def recover(self) -> None:
        """The trouble is over, and the operator has done what the alerts say."""
        self.sandbox.faults.clear()
        self.etsy.settings.update(per_day=5000, read_lag=0)
        clock.sleep(timedelta(hours=25).total_seconds())
        self.consent()
        for switch in Switch.objects.all():
            switches.clear(switch.name, by="owner", why="over")

    # --- Our jobs, undisturbed, killed, overtaken ------------------------------------------------------------------
    @rule(name=JOB)
    def run(self, name: str) -> None:
        life.run(name)

    @rule(name=PUSHING)
    def run_often(self, name: str) -> None:
        life.run(name)

    @rule(name=PUSHING, what=st.sampled_from(["write", "before", "after"]), nth=st.integers(1, 25))
    def kill(self, name: str, what: str, nth: int) -> None:
        life.run_killed(name, life.Doom(what, nth * 4 if what == "write" else nth))

    @rule(name=PUSHING, other=JOB, nth=st.integers(1, 12), stalled=STALLED)
    def overtake(self, name: str, other: str, nth: int, stalled: timedelta) -> None:
        life.run_overtaken(name, other, nth, stalled)

    # --- The operator ----------------------------------------------------------------------------------------------
    @precondition(lambda self: self.designs < 6)
    @rule()
    def approve(self) -> None:
        self.designs += 1
        making.make_sticker(f"otter number {self.designs}")

    def sticker(self, which: int, **having: Any) -> Sticker | None:
        found = list(Sticker.objects.filter(**having).order_by("pk"))
        return found[which % len(found)] if found else None

    @rule(which=WHICH)
    def archive(self, which: int) -> None:
        if one := self.sticker(which, shelf="wanted"):
            Sticker.objects.filter(pk=one.pk).update(shelf="archived", shelf_since=clock.now())

    @rule(which=WHICH)
    def relist(self, which: int) -> None:
        if one := self.sticker(which, shelf="archived", status="approved"):
            Sticker.objects.filter(pk=one.pk).update(shelf="wanted", shelf_since=clock.now())

    @rule(which=WHICH)
    def sell_out_and_renew(self, which: int) -> None:
        """Both in one step: by chance alone hardly anything ends, is noticed and is still wanted."""
        if on_sale := [one for one in life.owned(self.etsy) if one["state"] == "active"]:
            self.hand_sell_out(on_sale[which % len(on_sale)])
            life.run("sync_stats")
        ended = list(Listing.objects.filter(status__in=ENDED, sticker__shelf="wanted").order_by("pk"))
        if ended:
            renewal.renew(ended[which % len(ended)], by="owner")

    @rule(which=WHICH)
    def reject(self, which: int) -> None:
        if one := self.sticker(which, shelf="wanted", status="approved"):
            review.reject(one, by="owner", why="seen too often")

    @rule(which=WHICH)
    def complain(self, which: int) -> None:
        listings = list(Listing.objects.exclude(etsy_id=None).filter(takedowns=None).order_by("pk"))
        if listings:
            one = listings[which % len(listings)]
            TakedownNotice.objects.create(
                listing=one, status="received", received_at=clock.now(), complainant="A", claim="b"
            )

    @rule(valid=st.booleans())
    def judge(self, valid: bool) -> None:
        for notice in TakedownNotice.objects.filter(status="down"):
            if valid:
                notice.move_to(TakedownNotice.Status.VALID, judged_by="owner")
            else:
                takedown.drop(notice, by="owner", why="a mistake")
                Sticker.objects.filter(pk=notice.listing.sticker_id).update(shelf="wanted", shelf_since=clock.now())

    @rule()
    def retry(self) -> None:
        for row in Listing.objects.parked():
            work.retry(row, by="owner")

    # --- Somebody on Etsy ------------------------------------------------------------------------------------------
    @rule(which=WHICH, what=st.sampled_from(["hide", "show", "delete", "price", "title", "section", "sell out"]))
    def change_by_hand(self, which: int, what: str) -> None:
        if listings := life.owned(self.etsy):
            getattr(self, f"hand_{what.replace(' ', '_')}")(listings[which % len(listings)])

    def hand_hide(self, listing: dict[str, Any]) -> None:
        if listing["state"] == "active":
            lifecycle.move(self.etsy, listing, "inactive")

    def hand_show(self, listing: dict[str, Any]) -> None:
        active = sum(one["state"] == "active" for one in self.etsy.listings.values())
        if listing["state"] == "inactive" and active < ROOM:
            before = life.fees(self.etsy)
            lifecycle.move(self.etsy, listing, "active")
            self.hand_fees += life.fees(self.etsy) - before

    def hand_delete(self, listing: dict[str, Any]) -> None:
        lifecycle.delete(self.etsy, listing)

    def hand_price(self, listing: dict[str, Any]) -> None:
        listing["products"][-1]["offerings"][0]["price"] += 100

    def hand_title(self, listing: dict[str, Any]) -> None:
        listing["title"] = "By hand"

    def hand_section(self, listing: dict[str, Any]) -> None:
        listing["shop_section_id"] = None

    def hand_sell_out(self, listing: dict[str, Any]) -> None:
        if listing["state"] == "active":
            for product in listing["products"]:
                product["offerings"][0]["quantity"] = 0
            lifecycle.enter(self.etsy, listing, "sold_out")

    # --- The world -------------------------------------------------------------------------------------------------
    @rule(operation=st.sampled_from(OPERATIONS), fault=st.sampled_from(FAULTS), times=st.sampled_from([1, 1, 2, 5]))
    def break_etsy(self, operation: str, fault: str, times: int) -> None:
        wait = 600 if fault == "429" and times > 1 else None
        self.sandbox.faults.add(Fault("etsy", operation, fault, times, wait, 0.01))

    @rule(table=st.sampled_from(["access_tokens", "refresh_tokens"]))
    def kill_token(self, table: str) -> None:
        self.etsy.table(table).clear()

    @rule()
    def consent_anew(self) -> None:
        """Refused while the day's calls are used up or Etsy rests."""
        self.sandbox.faults.clear()
        with suppress(CommandError):
            self.consent()

    @rule(per_day=st.sampled_from([20, 5000, 5000]))
    def limit_the_day(self, per_day: int) -> None:
        self.etsy.settings["per_day"] = per_day

    @rule(seconds=st.sampled_from([0, 30, 90]))
    def lag(self, seconds: int) -> None:
        self.etsy.settings["read_lag"] = seconds

    @rule(minutes=st.sampled_from([1, 3, 11, 11, 61, 300, 1500, 6 * 1440, 130 * 1440]))
    def wait(self, minutes: int) -> None:
        clock.sleep(minutes * 60)

    @invariant()
    def holds(self) -> None:
        if hasattr(self, "stack"):
            life.check_always(self.etsy)
            assert life.booked("listings") >= life.fees(self.etsy) - self.hand_fees, "a fee nobody booked"


def live_through(sandbox: Sandbox, lives: int, steps: int, *, derandomize: bool) -> None:
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    how = settings(
        max_examples=lives, stateful_step_count=steps, deadline=None, suppress_health_check=checks, database=None,
        derandomize=derandomize, report_multiple_bugs=False, phases=[Phase.generate],
    )  # fmt: skip
    run_state_machine_as_test(type("Life", (Shop,), {"sandbox": sandbox}), settings=how)


def picture(topic: str, rank: int) -> bytes:
    """As long as Etsy wants it, and quick to make and to look at."""
    out = io.BytesIO()
    Image.new("RGB", (2000, 40), (sum(topic.encode()) % 256, 80 * rank, 120)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(autouse=True)
def _small_shop(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "picture", picture)
    settings.JOB_LIST = "etsy.tests.shop_life.JOBS"
    settings.MAX_ACTIVE_LISTINGS = ROOM
    settings.METERS = {**settings.METERS, "listings": {**settings.METERS["listings"], "limit": 4}}


@pytest.mark.timeout(300)
def test_a_shop_lives_through_a_hundred_and_fifty_steps(sandbox: Sandbox, db: None) -> None:
    live_through(sandbox, 5, 30, derandomize=True)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_shop_lives_through_two_thousand_steps(sandbox: Sandbox, db: None) -> None:
    live_through(sandbox, 40, 50, derandomize=False)
