"""A shop's life for the stateful test: jobs that are killed or overtaken midway, hands on Etsy, and what must hold."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import F, Sum

from etsy import words
from etsy.adapters import wire
from etsy.models import Listing, TakedownNotice
from pricing.models import Offer
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import log, runner, work
from stickertrendz.ops.joblist import Job
from stickertrendz.ops.models import Intent, Meter

JOBS = [
    Job("publisher", "etsy.jobs.publisher", "*/10 * * * *", "test", "publishing"),
    Job("push_changes", "etsy.jobs.push_changes", "*/10 * * * *", "test", "etsy"),
    Job("sync_stats", "etsy.stats.sync_stats", "0 8 * * *", "test", "etsy"),
    Job("pricing_engine", "pricing.jobs.pricing_engine", "0 6 * * *", "test", "pricing"),
]
NAMES = [job.name for job in JOBS]
ROUNDS = 40
SETTLED = 3  # rounds in a row that send no change
WRITES = ("INSERT", "UPDATE", "DELETE")
READING = ("get", "oauth")


class Killed(BaseException):
    """The process is gone: nothing it does afterwards reaches the database or Etsy."""


class Doom:
    """Ends the process before its nth write, or before or after its nth request."""

    def __init__(self, what: str, nth: int) -> None:
        self.what, self.left, self.dead = what, nth, False

    def strike(self, what: str) -> None:
        if what == self.what:
            self.left -= 1
        self.dead = self.dead or self.left <= 0
        if self.dead:
            raise Killed

    def write(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith(WRITES):
            self.strike("write")
        return execute(sql, *rest)


@contextmanager
def around_requests(before: Callable[[], None], after: Callable[[], None]) -> Iterator[None]:
    real = wire.exchange

    def exchange(*args: Any) -> Any:
        before()
        answer = real(*args)
        after()
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wire, "exchange", exchange)
        yield


def run(name: str) -> None:
    runner.run_job(name)


def run_killed(name: str, doom: Doom) -> None:
    requests = around_requests(lambda: doom.strike("before"), lambda: doom.strike("after"))
    with requests, connection.execute_wrapper(doom.write):
        try:
            run(name)
        except Killed:
            log.pending().clear()


def run_overtaken(name: str, other: str, nth: int, stalled: timedelta) -> None:
    """In its nth request another worker's run begins and ends; the first one goes on with what it knew."""
    left = [nth]

    def overtake() -> None:
        left[0] -= 1
        if left[0] == 0:
            if stalled:
                clock.sleep(stalled.total_seconds())
            run(other)

    with around_requests(lambda: None, overtake):
        run(name)


def ours(world: Any) -> list[dict[str, Any]]:
    return [one for one in world.listings.values() if words.number_in(one["description"])]


def owned(world: Any) -> list[dict[str, Any]]:
    """Listings there that belong to a row here."""
    known = set(Listing.objects.exclude(etsy_id=None).values_list("etsy_id", flat=True))
    return [one for one in ours(world) if one["listing_id"] in known]


def check_always(world: Any) -> None:
    shown = Counter(words.number_in(one["description"]) for one in ours(world) if one["state"] != "draft")
    assert all(count == 1 for count in shown.values()), f"on Etsy twice: {shown}"
    known = set(Listing.objects.exclude(etsy_id=None).values_list("etsy_id", flat=True))
    active = [one["listing_id"] for one in world.listings.values() if one["state"] == "active"]
    assert set(active) <= known, "on sale, but of no row here"
    assert len(active) <= settings.MAX_ACTIVE_LISTINGS
    for meter in Meter.objects.filter(name__in=["listings", "listing_fees"]):
        assert meter.used + meter.reserved >= 0, f"{meter} since {meter.window} is below zero"
    assert booked("listing_fees") == booked("listings") * 200_000
    for row in Listing.objects.parked():
        assert "did not foresee" not in row.needs_attention, row.needs_attention


def booked(meter: str) -> int:
    sums = Meter.objects.filter(name=meter).aggregate(used=Sum("used"), held=Sum("reserved"))
    return (sums["used"] or 0) + (sums["held"] or 0)


def fees(world: Any) -> int:
    return sum(entry["kind"].startswith(("listing", "renew")) for entry in world.table("ledger").values())


def settle(sandbox: Any) -> None:
    """No more faults: jobs run as scheduled until none changes anything on Etsy any more; parked rows are retried."""
    calm = 0
    for _ in range(ROUNDS):
        for model in (Listing, TakedownNotice):
            for row in model.objects.parked():
                work.retry(row, by="owner")
        clock.sleep(timedelta(hours=3).total_seconds())
        sandbox.forget_calls()
        for name in ("publisher", "push_changes", "sync_stats"):
            run(name)
        calm = calm + 1 if all(call["operation"].startswith(READING) for call in sandbox.calls()) else 0
        if calm == SETTLED:
            return
    raise AssertionError("the shop never settles")


def check_settled(world: Any) -> None:
    check_always(world)
    there = {one["listing_id"]: one for one in ours(world)}
    rows = {row.etsy_id: row for row in Listing.objects.exclude(etsy_id=None).exclude(status="deleted")}
    assert set(there) == set(rows), "a listing or draft without a row, or a row without a listing"
    assert not Listing.objects.parked().exists(), [row.needs_attention for row in Listing.objects.parked()]
    for etsy_id, row in rows.items():
        assert (row.status, row.state_seen) == (there[etsy_id]["state"],) * 2
        if row.renewal_asked_at and row.sticker.shelf == Sticker.Shelf.WANTED:
            assert _full(world), "paid for with the operator's word, room is there, and it is not on sale"
        if row.status in ("active", "inactive"):
            assert (row.status == "active") == (row.sticker.shelf == Sticker.Shelf.WANTED), "neither side is right"
    if len(rows) and not _full(world):
        waiting = Sticker.objects.filter(shelf="wanted", status="approved").exclude(listings__in=rows.values())
        assert not waiting.exists(), "wanted, room is there, and nothing is on sale"
    for offer in Offer.objects.filter(sticker__listings__in=[row for row in rows.values() if row.status == "active"]):
        [shown] = [p for one in there.values() for p in one["products"] if p["sku"] == str(offer)]
        assert offer.pushed_price is not None
        assert int(offer.pushed_price * 100) == shown["offerings"][0]["price"], "the price here is not the one there"
    on_sale = Offer.objects.filter(sticker__listings__in=[row for row in rows.values() if row.status == "active"])
    assert not on_sale.exclude(pushed_price=F("wanted_price")).exists()
    assert not Intent.objects.filter(state="sent").exists()


def _full(world: Any) -> bool:
    active = [one for one in world.listings.values() if one["state"] == "active"]
    return len(active) >= int(settings.MAX_ACTIVE_LISTINGS)
