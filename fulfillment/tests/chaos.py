"""A shop through bad weeks: buyers who change their minds, a printer that fails, jobs that die, all by one seed."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import time_machine
from django.db import connection

from fulfillment import bench, orders
from fulfillment.models import Order, PrintJob, Shipment
from fulfillment.tests import print_books
from fulfillment.tests.making import ADDRESS
from stickertrendz import clock
from stickertrendz.ops import runner, work
from stickertrendz.ops.models import Alert, Run
from stickertrendz.sandbox.etsy import sales
from stickertrendz.sandbox.faults import Fault, Faults
from stickertrendz.sandbox.server import Sandbox

MINUTE, HOUR, DAY = 60, 3600, 86400
PRINTER_FAULTS = (
    "500", "500_after", "503", "timeout", "timeout_after", "late", "twice", "malformed", "truncated", "html", "429",
    "409", "422",
)  # fmt: skip
ETSY_FAULTS = ("500", "500_after", "503", "timeout", "timeout_after", "html", "429")
RATES = {"sticker_mule": (0.20, PRINTER_FAULTS), "etsy": (0.05, ETSY_FAULTS)}
LATEST = 2 * HOUR
AN_HOUR = 100  # orders
DAYS = 24
KILLED_RUNS = 0.5
WRITES = 2000.0  # a killed run dies before one of its first few writes or hundreds of them, if it makes so many


class Killed(BaseException):
    """The process is dead: nothing is written any more."""


class Weather(Faults):
    """Strikes requests of the printer, and a few of Etsy's, with whatever the seed says."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.chance = Random(f"weather {seed}")
        self.met: Counter[str] = Counter()

    def take(self, service: str, operation: str) -> Fault | None:
        rate, kinds = RATES.get(service, (0.0, ()))
        if self.chance.random() >= rate:
            return None
        kind = self.chance.choice(kinds)
        self.met[f"{service} {kind}"] += 1
        late = self.chance.choice((MINUTE, 5 * MINUTE, HOUR, LATEST))
        return Fault(service, operation, kind, retry_after=1 if kind == "429" else None, seconds=0, late=late)


@dataclass
class Story:
    """What happens to one order, by seconds since the beginning; each deed is done once and may find nothing to do."""

    number: int
    begins: float
    chance: Random
    receipt: dict[str, Any] = field(default_factory=dict)

    def deeds(self, shop: "Shop") -> Iterator[tuple[float, Callable[[], None]]]:
        begins, pick = self.begins, self.chance.random
        late_address, unpaid = pick() < 0.10, pick() < 0.06
        yield begins, lambda: self.buy(shop, address=not late_address, paid=not unpaid)
        if unpaid:
            yield begins + (1 + 9 * pick()) * HOUR, lambda: self.pay(shop)
        if late_address:
            give = self.chance.choice((self.give_on_etsy, self.give_by_hand, self.cancel))
            yield begins + (2 + 18 * pick()) * HOUR, lambda: give(shop)
            yield begins + 3 * DAY, lambda: self.give_by_hand(shop)
        if pick() < 0.20:
            after = self.chance.choice((5, 40, 61, 75, 90, 150, 240, 600, 2400)) * MINUTE
            yield begins + after, lambda: self.cancel(shop)
        if pick() < 0.08:
            how = self.chance.choice(("part", "full"))
            yield begins + 30 * pick() * HOUR, lambda: self.cancel(shop, how)
        if pick() < 0.04:
            yield begins + (1 + 3 * pick()) * HOUR, lambda: self.call_off_at_the_printer(shop)

    def buy(self, shop: "Shop", *, address: bool, paid: bool) -> None:
        first, *more = [
            self.chance.choice(shop.skus) for _ in range(self.chance.choices((1, 2, 3, 4), (5, 3, 1, 1))[0])
        ]
        count = 101 if self.chance.random() < 0.01 else self.chance.choice((1, 1, 2, 3))
        self.receipt = sales.buy(shop.etsy, sku=first, count=count, address=address, paid=False)
        for sku in dict.fromkeys(more):
            sales.add_line(shop.etsy, self.receipt, sku=sku)
        if self.chance.random() < 0.06:
            self.receipt["lines"][-1].update(sku="SOMEBODY-ELSES", listing_id=1)
        if paid:
            self.pay(shop)

    def pay(self, shop: "Shop") -> None:
        if self.receipt["paid_at"] is None and self.receipt["status"] == "open":
            sales.pay(shop.etsy, self.receipt)

    def give_on_etsy(self, shop: "Shop") -> None:
        self.receipt.update(address=True, updated=shop.etsy.now())

    def give_by_hand(self, shop: "Shop") -> None:
        order = Order.objects.filter(receipt_id=self.receipt["receipt_id"], status=Order.Status.NEEDS_ADDRESS).first()
        if order:
            orders.give_address(order, ADDRESS, by="olive")

    def cancel(self, shop: "Shop", refund: str | None = None) -> None:
        if self.receipt["status"] not in ("canceled", "fully refunded"):
            sales.cancel(shop.etsy, self.receipt, refund)

    def call_off_at_the_printer(self, shop: "Shop") -> None:
        for line in self.receipt["lines"]:
            for sent in shop.printer.by_external_id(f"ST-{line['transaction_id']}-1"):
                if shop.printer.show(sent)["status"] in ("received", "printing"):
                    sent["cancelled"] = "cancelled"


class Shop:
    """Lives through the stories; `skus` are on sale."""

    def __init__(self, sandbox: Sandbox, traveller: time_machine.Traveller, skus: list[str], seed: int) -> None:
        self.sandbox, self.traveller, self.skus = sandbox, traveller, skus
        self.etsy: Any = sandbox.worlds["etsy"]
        self.printer: Any = sandbox.worlds["sticker_mule"]
        self.weather = Weather(seed)
        self.chance = Random(f"shop {seed}")
        self.stories: list[Story] = []
        self.kills = 0
        self.parked: Counter[str] = Counter()

    def live(self, count: int, seed: int) -> None:
        """All stories from beginning to end; afterwards the weather is calm for a day."""
        chances = [Random(f"story {seed} {number}") for number in range(count)]
        self.stories = [
            Story(no, chance.random() * count * HOUR / AN_HOUR, chance) for no, chance in enumerate(chances)
        ]
        todo = sorted(
            ((when, story.number, deed) for story in self.stories for when, deed in story.deeds(self)),
            key=lambda one: one[:2],
        )
        begin, days = clock.now(), 0
        for moment in _moments(count * HOUR / AN_HOUR):
            self.traveller.shift(max(0.0, moment - (clock.now() - begin).total_seconds()))
            while todo and todo[0][0] <= moment:
                todo.pop(0)[2]()
            self.run("order_sync")
            if moment >= days * DAY:
                days += 1
                self.run("watch_deliveries")
                self.operator()

    def run(self, job: str) -> None:
        """As the queue does: once more while rows are left over; or the run dies somewhere."""
        dies = self.chance.random() < KILLED_RUNS
        left, nth = 1, int(WRITES ** self.chance.random()) if dies else 0
        with dying_before_write(nth) as wound:
            try:
                while left:
                    left = runner.run_job(job)[1]
            except Killed:
                assert wound["dead"]
                self.kills += 1

    def operator(self) -> None:
        """Once a day: packs what is on the bench, notes why rows are parked, and has them tried again."""
        for order in Order.objects.filter(status=Order.Status.PENDING_MANUAL):
            bench.mark_shipped(order, by="olive")
        for model in (Order, PrintJob, Shipment):
            for row in model.objects.parked():
                self.parked[f"{model.__name__}: {_plain(row.needs_attention)}"] += 1
                work.retry(row, by="olive")

    def table(self) -> str:
        """What became of all orders, and through what."""
        ended = Counter(Run.objects.values_list("status", flat=True)) + Counter(killed=self.kills)
        blocks = {
            "faults met": self.weather.met,
            "parked, and tried again by a person": self.parked,
            "alerts": Counter(_plain(title) for title in Alert.objects.values_list("title", flat=True)),
            "runs": ended,
        }
        return "\n".join(
            [print_books.table(self.printer), *(f"{name}\n{_list(what)}" for name, what in blocks.items())]
        )

    def broken(self) -> list[str]:
        """What speaks against the promise; empty when it was kept."""
        known = set(Order.objects.values_list("receipt_id", flat=True))
        lost = [f"receipt {number} never came in" for number in self.etsy.receipts if number not in known]
        orders, jobs = Order.objects.exclude(status__in=FINAL), PrintJob.objects.exclude(status__in=ENDED)
        open_still = [f"{row} is still {row.status}" for row in orders if not _parked(row)]
        open_still += [f"{job} is still {job.status}" for job in jobs if not _parked(job.item.order)]
        hanging = [f"{row} never ended" for row in Run.objects.filter(status="running", lease_until__lt=clock.now())]
        return lost + print_books.broken(self.printer) + open_still + hanging


FINAL = ("delivered", "cancelled", "refunded")
ENDED = ("shipped", "cancelled", "failed")


def _parked(order: Order) -> bool:
    return bool(order.needs_attention) or PrintJob.objects.parked().filter(item__order=order).exists()


def _plain(words: str) -> str:
    return re.sub(r"\d+", "N", words.partition(" (request")[0])[:110]


def _list(counts: Counter[str]) -> str:
    return "\n".join(f"  {count:5}  {name}" for name, count in sorted(counts.items(), key=lambda one: -one[1]))


def _moments(arrivals: float) -> Iterator[float]:
    """When the jobs run: closely while orders come and are sent, then only to see them delivered."""
    moment = 0.0
    for until, apart in ((arrivals + 3 * HOUR, 15 * MINUTE), (2 * DAY, 6 * HOUR), (DAYS * DAY, 2 * DAY)):
        while moment < until:
            yield moment
            moment += apart


@contextmanager
def dying_before_write(nth: int) -> Iterator[dict[str, Any]]:
    """The process is dead from its nth change of the database on (0: never): no handler of ours can write any more."""
    state: dict[str, Any] = {"writes": 0, "dead": False}

    def write(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            state["writes"] += 1
            state["dead"] = state["dead"] or state["writes"] == nth
            if state["dead"]:
                raise Killed
        return execute(sql, *rest)

    with connection.execute_wrapper(write):
        yield state
